"""Files that anybody may have written: whatever is in them, reading them ends in one line."""

import gzip
import os
from pathlib import Path

import pytest

from elman.coders.frames import FramesCoder
from elman.config import Settings
from elman.data.readers import READERS
from elman.errors import CheckpointError, ConfigError, DataError, ElmanError
from elman.files.documents import parse_json, parse_json_object, parse_toml, read_bytes
from elman.ngram import arpa
from elman.runs import weights
from elman.runs.formats import check_format
from elman.runs.log import read_events
from elman.text.tokenizers.bpe import BPETokenizer
from elman.text.vocabulary import Vocabulary
from elman.vectors.formats import read_vectors

DIGITS = b"9" * 5000
HOSTILE = {
    "deep": b"[" * 100_000,
    "deep and closed": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "digits": b'{"a": ' + DIGITS + b"}",
    "a key twice": b'{"a": 1, "a": 2}',
    "not UTF-8": b'{"a": "\xff"}',
    "a list": b"[1]",
    "a number": b"7",
    "nothing": b"",
}
TOML = {"deep": b"x = " + b"[" * 5000 + b"]" * 5000, "digits": b"x = " + DIGITS, "not UTF-8": b"x = '\xff'"}
each_hostile = pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())


def safetensors(header):
    return len(header).to_bytes(8, "little") + header


@each_hostile
def test_json_that_is_no_object_is_a_value_error(content):
    with pytest.raises(
        ValueError, match=r"nested too deeply|digits|twice|not UTF-8|expected an object|Expecting value"
    ):
        parse_json_object(content)


def test_what_is_json_is_read():
    assert parse_json(b'{"a": {"b": [1, 2.5, null, "\xc3\xa4"]}}') == {"a": {"b": [1, 2.5, None, "ä"]}}
    assert parse_json("[1]") == [1]
    assert parse_toml(b"[a]\nb = 1") == {"a": {"b": 1}}


@pytest.mark.parametrize("content", TOML.values(), ids=TOML.keys())
def test_a_configuration_that_is_no_toml(tmp_path, content):
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.toml: (not valid TOML|cannot be read as UTF-8 text): ") as caught:
        Settings.read(path)
    assert "\n" not in str(caught.value)


def test_a_value_of_a_thousand_digits_is_a_string():
    settings = Settings()
    settings.set_text(f"training.steps={DIGITS.decode()}")
    assert settings.get("training.steps") == DIGITS.decode()


@each_hostile
def test_the_header_of_weights(tmp_path, content):
    path = tmp_path / "model.safetensors"
    facts = b'{"__metadata__": {"elman": ' + repr(content.decode("latin-1")[:50]).replace("'", '"').encode() + b"}}"
    for header in (content, facts):
        path.write_bytes(safetensors(header))
        with pytest.raises(CheckpointError, match=r"model\.safetensors: not a whole safetensors file: ") as caught:
            weights.read(path)
        assert "\n" not in str(caught.value)


def test_a_header_of_weights_has_a_size(tmp_path):
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.write((200_000_000).to_bytes(8, "little"))
        file.truncate(200_000_010)
    with pytest.raises(CheckpointError, match=r"its header has 200,000,000 bytes, expected at most 100,000,000"):
        weights.read(path)


def test_a_shape_beyond_every_number(tmp_path):
    header = b'{"a": {"dtype": "F32", "shape": [' + b"9" * 40 + b'], "data_offsets": [0, 0]}}'
    (tmp_path / "model.safetensors").write_bytes(safetensors(header))
    with pytest.raises(CheckpointError, match="not a whole safetensors file"):
        weights.read(tmp_path / "model.safetensors")


@each_hostile
def test_a_line_of_the_log(tmp_path, content):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"event": "data"}\n' + content + b"\n")
    events = read_events(path)
    assert next(events)["event"] == "data"
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl:2: not JSON: .* Restore the file\."):
        next(events)


def test_a_line_of_the_log_without_what_is_asked_of_it(tmp_path):
    path = tmp_path / "metrics.jsonl"
    for line in ("{}", '{"event": 5}'):
        path.write_text(line + "\n")
        with pytest.raises(CheckpointError, match=r"metrics\.jsonl:1: (has no 'event'|got 5 as event)"):
            list(read_events(path))
    path.write_text('{"event": "validation"}\n')
    [event] = read_events(path)
    assert event.get("best") is None
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl:1: has no 'best': the line was altered\. Restore"):
        event["best"]


@pytest.mark.parametrize("made", ["-5", "true", "0", "1.0", "'1'"])
def test_the_format_of_a_run_is_a_number(made):
    with pytest.raises(CheckpointError, match=r"no run\.format in it: this is not the configuration of a run"):
        check_format(Settings(parse_toml(f"[run]\nformat = {made}")), "config.toml")


@pytest.mark.parametrize("encoding", ["zip", "rot13", "no such", "", "x" * 3000])
def test_an_encoding_is_one_of_text(encoding):
    settings = Settings({"reader": {"encoding": encoding}})
    [mistake] = settings.mistakes("reader", READERS.get("text").Config)
    assert "Set reader.encoding to one of text that Python knows, such as utf-8." in mistake
    assert len(mistake) < 300


@each_hostile
def test_the_scale_of_frames(tmp_path, content):
    path = tmp_path / "frames.json"
    numbers = b'{"mean": [1' + b"0" * 400 + b'], "deviation": [1], "missing": false}'
    for written in (content, numbers, b'{"mean": [NaN], "deviation": [1.0], "missing": false}'):
        path.write_bytes(written)
        with pytest.raises(CheckpointError, match=r"frames\.json: cannot be read: .*Restore the file\."):
            FramesCoder.load(tmp_path)


@pytest.mark.parametrize("count", ["9" * 30, "9" * 5000, "x", "-1"])
def test_counts_of_a_vocabulary(tmp_path, count):
    path = tmp_path / "tokens.txt"
    path.write_text(f"a\t1\nb\t{count}\n")
    with pytest.raises(
        CheckpointError, match=r"tokens\.txt:2: got .*, expected a token, a tab and its count"
    ) as caught:
        Vocabulary.load(path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("count", ["9" * 5000, "9" * 30, "²", "-1"])
def test_counts_in_the_head_of_arpa(tmp_path, count):
    path = tmp_path / "a.arpa"
    path.write_text(f"\\data\\\nngram 1={count}\n\n\\1-grams:\n")
    with pytest.raises(DataError, match=r"a\.arpa:2: got 'ngram 1=.*, expected ngram 1=COUNT") as caught:
        arpa.read(path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2), }",
        b"1 2 {",
        b"{'descr': '|O', 'fortran_order': False, 'shape': (1, 2), }",
        b"(" * 1000,
    ],
)
def test_the_header_of_an_array(tmp_path, header):
    path = tmp_path / "a.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    path.with_suffix(".words.txt").write_text("x\n")
    with pytest.raises(DataError, match=r"a\.npy: cannot be read: "):
        read_vectors(path)


def test_the_width_of_binary_vectors(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"1 99999999999999999\nw \x00\x01\x02\x03")
    with pytest.raises(
        DataError, match=r"a\.bin: got vectors of 99,999,999,999,999,999 numbers, expected at most 1,000,000"
    ):
        read_vectors(path)


@pytest.mark.parametrize("cut", [slice(None), slice(None, -9), slice(None, -14)])
def test_a_broken_gzip_file_that_is_not_utf8_either(tmp_path, cut):
    packed = bytearray(gzip.compress(b"some text \xff\nmore\n" * 5))
    packed[-6] ^= 1
    path = tmp_path / "a.txt.gz"
    path.write_bytes(bytes(packed)[cut])
    reader = READERS.get("text")
    with pytest.raises(DataError, match=r"a\.txt\.gz: not a whole gzip file|a\.txt\.gz:1: not utf-8"):
        list(reader(reader.Config(), ("text",)).read([path]))


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
@pytest.mark.parametrize(
    "read",
    [
        Vocabulary.load,
        Settings.read,
        lambda path: list(read_events(path)),
        weights.read,
        lambda path: FramesCoder.load(path.parent, path.stem),
        lambda path: BPETokenizer.load(path.parent),
    ],
)
def test_a_pipe_in_place_of_a_file_of_a_run_is_not_waited_for(tmp_path, read):
    path = tmp_path / "merges.txt"
    os.mkfifo(path)
    (tmp_path / "merges.json").symlink_to(path)
    with pytest.raises(ElmanError, match="not a regular file"):
        read(path)
    with pytest.raises(OSError, match="not a regular file"):
        read_bytes(path)
    with pytest.raises(OSError, match="not a regular file"):
        read_bytes(Path(os.devnull))
