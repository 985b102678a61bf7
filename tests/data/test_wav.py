"""WAV files of every kind against values worked out apart, and what is wrong with a file told in one line."""

import struct
from contextlib import suppress

import numpy as np
import pytest

from elman.data.wav import A_LAW, MU_LAW, read_wav
from elman.errors import DataError
from tests.recordings import tone, wav


def read(folder, data):
    path = folder / "a.wav"
    path.write_bytes(data)
    return read_wav(path)


def test_mu_law_of_the_goldens():
    # G5, equal to audioop for all 256: 00, 0F, 10, 7F, 80, D5, FE.
    assert MU_LAW[[0x00, 0x0F, 0x10, 0x7F, 0x80, 0xD5, 0xFE]].tolist() == [-32124, -16764, -15996, 0, 32124, 716, 8]
    assert (MU_LAW[:128] == -MU_LAW[128:]).all()
    assert (np.diff(MU_LAW[:128].astype(int)) > 0).all()


def test_a_law_is_that_of_the_standard():
    # ITU-T G.711: the smallest steps are 16 of 16 bits around 0, the largest 1024.
    assert A_LAW[[0xD5, 0x55, 0xD4, 0xAA, 0x2A]].tolist() == [8, -8, 24, 32256, -32256]
    assert len(np.unique(A_LAW)) == 256


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (wav([0, 1, -32768, 32767]), [0, 1, -32768, 32767]),
        (wav(bytes([0, 128, 255]), bits=8), [-32768, 0, 32512]),
        (wav(bytes([0, 0, 0x80, 0, 0x34, 0x12]), bits=24), [-32768, 0x1234]),
        (wav([1 << 16, -(1 << 31)], bits=32), [1, -32768]),
        (wav([0.5, -1.0], code=3, bits=32), [16384, -32768]),
        (wav([0.25], code=3, bits=64), [8192]),
        (wav(bytes([0x00, 0xFE]), code=7, bits=8), [-32124, 8]),
        (wav(bytes([0xD5]), code=6, bits=8), [8]),
        (wav([7, 8], code=0xFFFE, extra=struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)), [7, 8]),
    ],
    ids=["16", "8 without sign", "24", "32", "float", "double", "mu-law", "A-law", "extensible"],
)
def test_every_format_gives_units_of_16_bits(data, expected, tmp_path):
    sound = read(tmp_path, data)
    assert sound.samples[:, 0].tolist() == expected
    assert sound.rate == 8000
    assert not sound.remark


def test_channels_stay_apart(tmp_path):
    assert read(tmp_path, wav([[1, 2], [3, 4]])).samples.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 1000])
def test_what_says_another_size_is_read_as_far_as_it_goes_and_told(size, tmp_path):
    sound = read(tmp_path, wav([1, 2, 3], size=size))
    assert sound.samples[:, 0].tolist() == [1, 2, 3]
    assert sound.remark == f"a.wav: says {size:,} bytes of samples, 6 are there: read so far"


def test_half_a_sample_at_the_end_is_none(tmp_path):
    assert read(tmp_path, wav(b"\1\0\2", size=3)).samples[:, 0].tolist() == [1]


def test_other_chunks_are_passed_over(tmp_path):
    whole = wav([5])
    assert read(tmp_path, whole[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + whole[12:]).samples.tolist() == [[5]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"ID3\4 and so on",
            r"no WAV file: it begins with b'ID3\\x04', expected b'RIFF'\. What is read: \.wav",
        ),
        (wav([1], code=85), r"WAV format 85 with 16 bits, 1 channels, 8000 Hz: expected 1 \(whole numbers of 8, 16"),
        (wav([1], rate=0), "WAV format 1 with 16 bits, 1 channels, 0 Hz: expected how many samples there are a second"),
        (wav([1])[:36], r"no samples \(no chunk 'data'\)\. Is it whole\?"),
        (wav([1])[:22], r"what samples are is cut off: got 2 bytes, expected 16"),
        (wav([0.0, np.nan], code=3, bits=32), r"sample 2 \(0\.000 s\) is no finite number\. Mend it"),
        (b"", r"the file is empty\. Record it again, or leave it out\."),
        (b"RIFF\4\0\0\0WAVEdata\2\0\0\0\1\0", r"samples stand before what they are \(the chunk 'fmt '\)"),
    ],
)
def test_what_is_wrong_with_a_file(data, message, tmp_path):
    with pytest.raises(DataError, match=rf"a\.wav: {message}"):
        read(tmp_path, data)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_wav(tmp_path / "none.wav")


def test_hostile_bytes_are_refused_or_read_but_never_fail_otherwise(tmp_path):
    whole, draw = bytearray(wav(tone(440, 0.01))), np.random.default_rng(1)
    for _ in range(300):
        broken = bytearray(whole)
        for place in draw.integers(0, 60, 4):
            broken[place] = draw.integers(256)
        with suppress(DataError):
            read(tmp_path, bytes(broken[: draw.integers(1, len(broken))]))
