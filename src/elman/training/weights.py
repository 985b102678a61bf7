"""Arrays by name in a safetensors file that knows its own checksum."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from elman.errors import CheckpointError

_ENTRY = "elman"


def to_bytes(arrays: Mapping[str, np.ndarray], facts: Mapping[str, str]) -> bytes:
    """Return a safetensors file with a checksum of the numbers and some facts in its header.

    The facts are one entry of the header, as JSON: safetensors writes several in an order that changes from run to
    run, and equal numbers should give equal files.
    """
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return save(whole, metadata={_ENTRY: json.dumps({**facts, "sha256": _checksum(whole)}, sort_keys=True)})


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays and the facts of a file.

    Raises:
        CheckpointError: it is missing, cut off, or not what was written.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {}).get(_ENTRY, "{}"))
        arrays = load(path.read_bytes())
    except FileNotFoundError:
        raise CheckpointError(
            f"{path}: no such file. The run has no saved weights yet, or they were removed."
        ) from None
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path}: not a whole safetensors file: {error}. Restore it from a copy.") from error
    if facts.get("sha256") != _checksum(arrays):
        raise CheckpointError(f"{path}: the numbers do not match their checksum: the file was altered. Restore it.")
    return arrays, facts


def _checksum(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(np.asarray(arrays[name], order="C").tobytes())
    return digest.hexdigest()
