"""What each check of running text finds, to the word, and that it is silent where nothing is wrong."""

from itertools import chain

import pytest

from elman.checks import CHECKS, findings, refusal, shortened
from elman.data.records import Example
from elman.data.running import RunningText
from tests.checks.making import running

LINES = [f"It was the best of times number {i}, it was the worst.\n" for i in range(50)]
TEXT = "".join(LINES)


def found(name, data):
    return list(CHECKS.get(name)().find(data))


def test_lines_of_validation_that_are_in_training():
    assert found("repeated_lines", running(TEXT, "A new line that is long enough for it.\n" + "".join(LINES[:5]))) == [
        "validation: 5 of 6 lines of 30 characters or more (83.3%) are in training too, first b:2: scores come out too "
        "good. Take them out of one part."
    ]
    assert found("repeated_lines", running("".join(chain(LINES, LINES[:9])), held_out=0.15)) == [
        "validation: 9 of 9 lines of 30 characters or more (100.0%) are in training too, first a:51: scores come out "
        "too good. Take them out of one part."
    ]
    assert not found("repeated_lines", running(TEXT, held_out=0.1))
    assert not found("repeated_lines", running("short\n" * 90, "short\n" * 9))
    assert not found("repeated_lines", running(""))


def test_nothing_is_said_of_a_held_out_end_that_is_not_read(monkeypatch):
    blocks = [Example({"text": "".join(LINES)}, f"a:{1 + 50 * number}") for number in range(3)]
    data = [RunningText(lambda: blocks, held_out=0.4) for _ in range(3)]
    assert data[0].repeated == (60, 60, "a:91")
    size = len(TEXT)
    monkeypatch.setattr("elman.data.running._MOST_CHARACTERS", 2 * size)  # passed within the last block
    assert data[1].repeated == (60, 60, "a:91")
    monkeypatch.setattr("elman.data.running._MOST_CHARACTERS", 2 * size - 1)  # passed before it
    assert data[2].repeated == (0, 0, "")
    assert not found("repeated_lines", data[2])
    files = RunningText(lambda: blocks, lambda: blocks[:1])  # what is read of training is training
    assert files.repeated == (50, 50, "a:1")


def test_what_nothing_is_wrong_with_is_read_once():
    read = []

    def part(name, text):
        return lambda: read.append(name) or [Example({"text": text}, f"{name}:1")]

    assert findings(RunningText(part("a", TEXT), part("b", "A line that is in no other text of these.\n"))) == []
    assert read == ["a", "b"]


def test_letters_that_were_misread_and_signs_that_nobody_sees():
    assert found("misread_letters", running(f"{TEXT}so\ufffd\n", "\ufffd")) == [
        "texts: U+FFFD 2 times, first in a:51: a letter that could not be read when the file was made. Make it again "
        "with the right encoding."
    ]
    assert found("invisible", running(f"{TEXT}\n\0so\n")) == [
        "texts: control characters (U+0000 1 time), first in a:52. Take them out: a word with one is another word."
    ]
    assert not found("invisible", running(TEXT * 40 + "\ufeff"))  # one sign in so much text


@pytest.mark.parametrize(
    ("level", "mend"), [("word", "--level bpe or character knows all of them"), ("character", "More text helps")]
)
def test_tokens_that_training_does_not_have(level, mend):
    assert found("unknown_tokens", running(TEXT, TEXT, unknown=0.4, level=level)) == [
        f"validation: 40% of the tokens are unknown to training, and perplexity counts them as one easy token. {mend}."
    ]
    assert not found("unknown_tokens", running(TEXT, TEXT, unknown=0.29))


def test_what_weighs_most_comes_first_and_many_are_shortened():
    said = findings(running(f"{TEXT}\0\ufffd\n", TEXT))
    assert [text.split(":")[0] + text.split(":")[1][:8] for text in said] == [
        "validation 50 of 5",
        "texts U+FFFD ",
        "texts control",
    ]
    assert shortened(said, "look") == said
    assert shortened(list("abcdefghij"), "look") == [*"abcdefg", "and 3 more about the data: look"]
    assert refusal(list("abcdefghij"), "look").lines == tuple("abcdefghij")
    assert refusal(list("abcdefghijk"), "look").lines == (*"abcdefghi", "and 2 more about the data: look")
