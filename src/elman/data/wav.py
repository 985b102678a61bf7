"""WAV files: whole numbers of any width, floats, A-law and µ-law, in the units of 16 bits."""

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.errors import DataError

_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_UNKNOWN = (0, 0xFFFFFFFF)
"""Sizes that say nothing: who wrote to a pipe did not know them."""


class Sound(NamedTuple):
    """What a sound file has.

    Args:
        samples: (n, channels), in units of 16 bits: ±32768 is as loud as it can be.
        rate: samples a second.
        remark: what to tell of the file; empty where it is whole.
    """

    samples: np.ndarray
    rate: int
    remark: str = ""


class _Format(NamedTuple):
    code: int
    channels: int
    rate: int
    bits: int


def read_wav(path: Path) -> Sound:
    """Return what a WAV file has; of one that ends early, what is there.

    Raises:
        DataError: it is none, cannot be read, or has samples of a kind that is not known here.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from error
    if not data:
        raise DataError(f"{path}: the file is empty. Record it again, or leave it out.")
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise DataError(
            f"{path}: no WAV file: it begins with {data[:4]!r}, expected b'RIFF'. What is read: .wav, .flac, .ogg; "
            "convert others: ffmpeg -i IN OUT.wav"
        )
    form, place = None, 12
    while place + 8 <= len(data):
        name, size = data[place : place + 4], struct.unpack_from("<I", data, place + 4)[0]
        begin = place + 8
        if name == b"fmt ":
            form = _format(data[begin : begin + size], path)
        elif name == b"data":
            if form is None:
                raise DataError(f"{path}: samples stand before what they are (the chunk 'fmt '). Write it anew.")
            rest = len(data) - begin
            unknown = size in _UNKNOWN or size > rest
            whole = data[begin : begin + (rest if unknown else size)]
            remark = f"{path.name}: says {size:,} bytes of samples, {rest:,} are there: read so far" if unknown else ""
            return Sound(_samples(whole, form, path), form.rate, remark if rest or size else "")
        place = begin + size + size % 2
    raise DataError(f"{path}: no samples (no chunk 'data'). Is it whole?")


def _format(chunk: bytes, path: Path) -> _Format:
    if len(chunk) < 16:
        raise DataError(f"{path}: what samples are is cut off: got {len(chunk)} bytes, expected 16. Is it whole?")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if code == _EXTENSIBLE and len(chunk) >= 26:
        (code,) = struct.unpack_from("<H", chunk, 24)
    known = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64), _A_LAW: (8,), _MU_LAW: (8,)}
    if not rate:
        raise DataError(
            f"{path}: WAV format {code} with {bits} bits, {channels} channels, 0 Hz: expected how many samples "
            "there are a second. Is it whole? Write it anew with its rate: ffmpeg -f s16le -ar 8000 -i IN OUT.wav"
        )
    if bits not in known.get(code, ()) or not channels:
        raise DataError(
            f"{path}: WAV format {code} with {bits} bits, {channels} channels, {rate} Hz: expected 1 (whole numbers of "
            "8, 16, 24 or 32 bits), 3 (floats), 6 (A-law) or 7 (µ-law). Convert it: ffmpeg -i IN -c:a pcm_s16le OUT.wav"
        )
    return _Format(code, channels, rate, bits)


def _samples(data: bytes, form: _Format, path: Path) -> np.ndarray:
    frame = form.channels * form.bits // 8
    data = data[: len(data) // frame * frame]
    if form.code in (_A_LAW, _MU_LAW):
        found = (A_LAW if form.code == _A_LAW else MU_LAW)[np.frombuffer(data, np.uint8)]
    elif form.code == _FLOAT:
        found = np.frombuffer(data, f"<f{form.bits // 8}").astype(np.float64) * 32768.0
    elif form.bits == 16:
        found = np.frombuffer(data, "<i2")
    else:
        found = _whole(data, form.bits)
    found = found.reshape(-1, form.channels)
    if form.code == _FLOAT and not np.isfinite(found).all():
        place = int(np.argwhere(~np.isfinite(found))[0, 0])
        raise DataError(
            f"{path}: sample {place + 1:,} ({place / form.rate:.3f} s) is no finite number. Mend it, or leave it out."
        )
    return found


def _whole(data: bytes, bits: int) -> np.ndarray:
    """Return whole numbers of 8 bits without a sign, or of 24 or 32, in units of 16 bits."""
    if bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128.0) * 256.0
    if bits == 32:
        return np.frombuffer(data, "<i4") / 65536.0
    parts = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.int32)
    whole = (parts[:, 0] << 8) | (parts[:, 1] << 16) | (parts[:, 2] << 24)
    return whole / 65536.0


def _mu_law() -> np.ndarray:
    byte = ~np.arange(256) & 0xFF
    size = ((((byte & 15) << 3) + 132) << ((byte >> 4) & 7)) - 132
    return np.where(byte & 128, -size, size).astype(np.int16)


def _a_law() -> np.ndarray:
    byte = np.arange(256) ^ 0x55
    segment, size = (byte >> 4) & 7, ((byte & 15) << 4) + 8
    size = np.where(segment > 0, (size + 256) << np.maximum(segment - 1, 0), size)
    return np.where(byte & 128, size, -size).astype(np.int16)


MU_LAW = _mu_law()
"""The sample of each byte of µ-law, ITU-T G.711."""

A_LAW = _a_law()
"""The sample of each byte of A-law, ITU-T G.711."""
