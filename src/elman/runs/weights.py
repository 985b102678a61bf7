"""Arrays by name in a safetensors file that knows its own checksum, written piece by piece and mapped into memory."""

import hashlib
import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from elman.errors import CheckpointError
from elman.files.documents import parse_json_object
from elman.native.checksum import checksum

_ENTRY = "elman"
_MOST_HEADER = 100_000_000  # as the format has it
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
_WEIGHTS = (np.float32, np.float64, np.int32, np.int64, np.uint32, np.uint64)
_LOGS = ("log_probs", "backoffs")
_NAMES = {np.dtype(dtype): name for name, dtype in _TYPES.items()}


def to_bytes(arrays: Mapping[str, np.ndarray], facts: Mapping[str, str]) -> bytes:
    """Return a safetensors file: see `parts`."""
    return b"".join(parts(arrays, facts))


def parts(arrays: Mapping[str, np.ndarray], facts: Mapping[str, str], known: str = "") -> Iterator[bytes | memoryview]:
    """Yield a safetensors file with a checksum of the numbers and some facts in its header, without a copy of it all.

    The facts are one entry of the header, as JSON. Equal numbers give equal files. Wider types come first, so that
    each array starts where its type may be mapped.

    Args:
        arrays: by name.
        facts: strings by name.
        known: the checksum of the arrays, if it is known already.

    Source: the format of https://github.com/huggingface/safetensors: the length of the header in eight bytes, the
    header as JSON, the arrays.
    """
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    names = sorted(whole, key=lambda name: (-whole[name].itemsize, name))
    header: dict[str, Any] = {
        "__metadata__": {_ENTRY: json.dumps({**facts, "checksum": known or checksum_of(whole)}, sort_keys=True)}
    }
    place = 0
    for name in names:
        array = whole[name]
        header[name] = {
            "dtype": _NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [place, place + array.nbytes],
        }
        place += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    for name in names:
        yield whole[name].reshape(-1).view(np.uint8).data


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays, mapped from the file and not to be written to, and the facts.

    Raises:
        CheckpointError: it is missing, cut off, or not what was written.
    """
    arrays, facts = _mapped(path)
    if not _is_whole(arrays, facts):
        raise CheckpointError(f"{path}: the numbers do not match their checksum: the file was altered. Restore it.")
    return arrays, facts


def read_facts(path: Path) -> dict[str, str]:
    """Return the facts alone, without a look at the numbers.

    Raises:
        CheckpointError: it is missing or cut off.
    """
    return _mapped(path)[1]


def check_numbers(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Refuse weights that nothing can be computed with; only a log-probability may be -inf.

    Raises:
        CheckpointError: some are not finite, or of a type that no model has.
    """
    for name, array in arrays.items():
        if array.dtype not in _WEIGHTS:
            raise CheckpointError(f"{path}: weight {name!r}: got {array.dtype}, which no model has. Restore the file.")
        if array.dtype.kind != "f":
            continue
        lowest = array.min(initial=0.0)  # a number that is none, if there is one
        highest = array.max(initial=0.0)
        if not np.isfinite(highest) or np.isnan(lowest) or (np.isinf(lowest) and not name.endswith(_LOGS)):
            raise CheckpointError(
                f"{path}: weight {name!r} has numbers that are not finite: nothing can be computed with it. Restore "
                "the file, or train anew with a lower --learning-rate."
            )


def _mapped(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("not a regular file")
        data = np.memmap(path, np.uint8, "r") if found.st_size else np.empty(0, np.uint8)
        arrays, facts = _parse(data)
    except FileNotFoundError:
        raise CheckpointError(
            f"{path}: no such file. The run has no saved weights yet, or they were removed."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise CheckpointError(f"{path}: not a whole safetensors file: {error}. Restore it from a copy.") from error
    return arrays, facts


def _parse(data: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return arrays and facts of a file.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, OverflowError: it is no such file.
    """
    length = int.from_bytes(data[:8].tobytes(), "little")
    if len(data) < 8 or length > len(data) - 8:
        raise ValueError(f"its header of {length} bytes is not all there")
    if length > _MOST_HEADER:
        raise ValueError(f"its header has {length:,} bytes, expected at most {_MOST_HEADER:,}")
    header = parse_json_object(data[8 : 8 + length].tobytes())
    body = data[8 + length :]
    facts = parse_json_object(header.pop("__metadata__", {}).get(_ENTRY, "{}"))
    arrays, covered = {}, 0
    for name, entry in header.items():
        dtype, (first, stop) = np.dtype(_TYPES[entry["dtype"]]), entry["data_offsets"]
        if not 0 <= first <= stop <= len(body):
            raise ValueError(f"array {name!r} is not all there")
        arrays[name] = body[first:stop].view(dtype).reshape(entry["shape"])
        covered += stop - first
    if covered != len(body):
        raise ValueError(f"its arrays take {covered} bytes, and {len(body)} are there")
    return arrays, facts


def _is_whole(arrays: Mapping[str, np.ndarray], facts: Mapping[str, str]) -> bool:
    if "sha256" in facts:  # as runs were written at first
        digest = hashlib.sha256()
        for name in sorted(arrays):
            digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
            digest.update(arrays[name].tobytes())
        return facts["sha256"] == digest.hexdigest()
    return facts.get("checksum") == checksum_of(arrays)


def checksum_of(arrays: Mapping[str, np.ndarray]) -> str:
    """Return one checksum of the names, types, shapes and numbers of arrays."""
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    lines = [f"{name} {whole[name].dtype} {whole[name].shape} {checksum(whole[name])}" for name in sorted(whole)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
