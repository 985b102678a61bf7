"""Dialogues as pairs of turns."""

from pathlib import Path

import pytest

from elman.data.readers.dialogue import DialogueReader
from elman.errors import DataError

WRITTEN = ("source", "target")


def read(path, text, fields=WRITTEN, **options):
    path.write_text(text)
    reader = DialogueReader(DialogueReader.Config(**options), fields)
    return [tuple(example.fields.values()) for example in reader.read([path])], reader


def test_each_turn_is_answered_by_the_next(tmp_path):
    examples, reader = read(tmp_path / "a", "film\tHi\tHello\tBye\n\nmusic\tWho?\n", before=1)
    assert examples == [("Hi", ["Hello"]), ("Hello", ["Bye"])]
    assert reader.skipped == {"empty lines": 1, "dialogues of one turn": 1}


@pytest.mark.parametrize(
    "text",
    [
        '{"turns": ["Hi", "Hello"]}\n',
        '["Hi", "Hello"]\n["Bye"]\n',
        '{"id": 1, "messages": [{"role": "a", "content": "Hi"}, {"role": "b", "content": "Hello"}]}\n',
        '[{"dialog": [{"text": "Hi"}, {"text": "Hello"}]}]',
    ],
)
def test_turns_may_be_lists_in_json(text, tmp_path):
    assert read(tmp_path / "a", text)[0] == [("Hi", ["Hello"])]


def test_the_last_turn_is_answered_only_where_it_stands_alone(tmp_path):
    assert read(tmp_path / "a", "Hi\tHello\tBye\nWho?\n", ("source",))[0] == [("Hi",), ("Hello",), ("Who?",)]


def test_objects_without_turns_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"a:1: no turns: got text, expected a list as one of turns, dialogue, dialog"):
        read(tmp_path / "a", '{"text": "Hi"}\n')
    with pytest.raises(DataError, match=r"a:1: got a turn without words, expected a string, or an object with its tex"):
        read(tmp_path / "a", '{"turns": ["Hi", 3]}\n')


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("a\tHi\tHello\nb\tHi\tHello\tBye\n", 3),
        ("Hi\tHello\nBye\tBye\n", 0),
        ("Hi\tHello\nBye\tBye\tstray\nHi\tHi\n", 0),
        ('{"turns": ["Hi", "Hello"]}\n', 3),
        ('{"source": "Hi", "target": "Hello"}\n', 0),
        ("", 0),
    ],
)
def test_what_it_recognizes(text, sure):
    assert DialogueReader.recognizes(Path("a"), text, WRITTEN) == sure
