"""Recordings joined to strings: each as often as said, of one speaker each, the same at every reading."""

from collections import Counter

import numpy as np
import pytest

from elman.config import check_table
from elman.data.fields import Field, Kind
from elman.data.readers import READERS, formats
from elman.data.recordings import recording_of
from elman.errors import ConfigError, DataError
from tests.recordings import wav

KIND = READERS.get("joined")
SPEECH = ("frames", "text")


@pytest.fixture
def folder(tmp_path):
    """Ten digits of two speakers: 10 samples of the digit, or of it and 100."""
    for speaker, more in (("theo", 0), ("eve", 100)):
        for digit in range(10):
            (tmp_path / f"{digit}_{speaker}_0.wav").write_bytes(wav(np.full(10, digit + more, np.int16)))
    return tmp_path


def read(folder, **options):
    return list(KIND(KIND.Config(**options), SPEECH).read([folder]))


def test_each_recording_stands_in_as_many_strings_as_said(folder):
    examples = read(folder, times=3, least=2, most=4)
    lengths = [len(one.fields["text"].split()) for one in examples]
    assert max(lengths) == 4
    assert set(lengths[:-1]) >= {2, 3, 4}
    counts = Counter(int(value) for one in examples for value in recording_of(one).values)
    assert counts == {digit + more: 30 for digit in range(10) for more in (0, 100)}
    for one in examples:
        assert [str(int(value) % 100) for value in recording_of(one).values[::10]] == one.fields["text"].split()
        assert recording_of(one).rate == 8000


def test_strings_are_of_one_speaker_where_that_is_said(folder):
    examples = read(folder, together="_([a-z]+)_", most=5)
    assert all(len({value >= 100 for value in recording_of(one).values}) == 1 for one in examples)
    assert all(("eve" in one.where) == (recording_of(one).values[0] >= 100) for one in examples)
    mixed = read(folder, most=5)
    assert any(len({value >= 100 for value in recording_of(one).values}) == 2 for one in mixed)


def test_strings_are_the_same_at_every_reading_and_others_with_another_seed(folder):
    first, again, other = ([one.fields["text"] for one in read(folder, seed=seed)] for seed in (1, 1, 2))
    assert first == again != other


def test_that_strings_have_recordings_in_common_is_told(folder):
    for times, told in ((1, False), (2, True)):
        reader = KIND(KIND.Config(times=times), SPEECH)
        list(reader.read([folder]))
        assert any("each recording stands in 2 strings, so a share" in one for one in reader.remarks) == told


def test_what_is_to_be_answered_is_not_joined(folder):
    reader = KIND(KIND.Config(), ("frames",))
    assert len(list(reader.read([folder]))) == 20
    assert len(list(KIND(KIND.Config(), SPEECH).for_answers().read([folder]))) == 20


def test_it_has_to_be_named(folder):
    assert KIND.recognizes(folder, "", SPEECH) == 0
    fields = [Field("frames", Kind.FRAMES), Field("text", Kind.TEXT)]
    assert "joined" in formats(fields)
    assert "joined" not in formats([fields[0], Field("labels", Kind.LABELS)])


def test_names_in_which_nobody_is_found(folder):
    (folder / "3_42_0.wav").write_bytes(wav(np.zeros(10, np.int16)))
    message = r"3_42_0\.wav: reader\.together: nothing in its name is '_\[a-z\]\+_', expected what says whom it belongs"
    with pytest.raises(DataError, match=message):
        read(folder, together="_[a-z]+_")


def test_recordings_of_two_rates_are_not_joined(folder):
    (folder / "3_eve_1.wav").write_bytes(wav(np.zeros(10, np.int16), rate=16000))
    with pytest.raises(
        DataError, match=r"wav: got \d+,000 samples a second, expected \d+,000 as in .*is joined\. Conv"
    ):
        read(folder, least=21, most=21)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"least": 5, "most": 4}, r"least: got 5 with most 4, expected at most that\."),
        ({"together": "("}, r"together: got '\(', expected a regular expression: missing \)"),
        ({"together": "(a)(b)"}, r"together: got '\(a\)\(b\)', expected at most one pair of parentheses\."),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises(ConfigError, match=message):
        check_table(KIND.Config, options)
