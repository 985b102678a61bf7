"""Recordings as files, written byte by byte: what reads them is what is tested."""

import gzip
import struct

import numpy as np


def wav(samples, rate=8000, code=1, bits=16, size=None, extra=b""):
    """Return a WAV file of (n,) or (n, channels) samples, in the bytes of its format.

    Args:
        samples: numbers as the format has them; bytes are taken as they are.
        rate: samples a second.
        code: of the format.
        bits: of a sample.
        size: of the samples, as the file says it; None says the truth.
        extra: behind the format's 16 bytes.
    """
    channels = 1 if isinstance(samples, bytes) or np.ndim(samples) == 1 else np.shape(samples)[1]
    kinds = {8: "u1", 16: "<i2", 32: "<f4" if code == 3 else "<i4", 64: "<f8"}
    data = samples if isinstance(samples, bytes) else np.asarray(samples, kinds[bits]).tobytes()
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def tone(hertz, seconds=0.2, rate=8000, loud=8000):
    """Return samples of a sine, 16 bits."""
    return np.round(loud * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


def write_tones(folder, count=12, names=("high", "low")):
    """Write tones of two kinds with noise, `high_0.wav`; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(3)
    for name, hertz in zip(names, (1800, 300), strict=True):
        for number in range(count):
            sound = tone(hertz + 20 * number, 0.1 + 0.01 * (number % 5))
            noisy = sound + draw.normal(0, 300, len(sound))
            (folder / f"{name}_{number}.wav").write_bytes(wav(noisy.astype(np.int16)))
    return folder


def picture(number, height=12, width=16):
    """Return a bright picture with some ink."""
    found = np.full((height, width), 255, np.uint8)
    found[3 : 3 + number, 4:9] = 40
    return found


def write_idx(folder, pictures, labels, name="train"):
    """Write pictures and their labels as MNIST has them."""
    shape = np.shape(pictures)
    data = struct.pack(">4I", 0x803, *shape) + np.asarray(pictures, np.uint8).tobytes()
    (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(data))
    data = struct.pack(">2I", 0x801, len(labels)) + bytes(labels)
    (folder / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(data))
