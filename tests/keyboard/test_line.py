"""The line that is typed, as events and what stands on the screen then."""

import pytest

from elman.keyboard.keys import Keys, Pasted
from elman.keyboard.line import BACKSPACE, CLEAR, ENTER, LEAVE, REMOVE, TAB, Line
from elman.keyboard.told import typed_line
from tests.keyboard.toys import GOLDEN, keyboard_of, of_golden


def pressed(keys, keyboard=None, k=3):
    """Return a line after some keys."""
    line = Line(keyboard or of_golden(), k)
    for key in keys:
        line.press(Pasted(key) if len(key) > 1 else key)
    return line


@pytest.mark.parametrize(
    ("keys", "text", "shown"),
    [
        ("", "", "1 the  2 that  3 on"),
        ("t", "t", "1 the  2 that  3 to"),
        ("th", "th", "1 the  2 that"),
        ("the", "the", ""),
        ("tha", "tha", "1 that"),
        (TAB, "the ", "1 man  2 cat  3 mat"),
        ("2", "that ", "1 the  2 on  3 that"),
        (TAB + "c", "the c", "1 cat"),
        (TAB + "c" + TAB, "the cat ", "1 sat  2 on  3 the"),
        (TAB + "c" + BACKSPACE, "the ", "1 man  2 cat  3 mat"),
        (TAB + BACKSPACE, "the", ""),
        (TAB + BACKSPACE * 2, "th", "1 the  2 that"),
        (BACKSPACE, "", "1 the  2 that  3 on"),
        ("\b", "", "1 the  2 that  3 on"),
        (TAB + CLEAR, "", "1 the  2 that  3 on"),
        ("the3", "the3", ""),
        ("zz" + TAB, "zz", ""),
        ("9", "9", ""),
        ("0", "0", ""),
        ("²", "²", ""),
        ("T", "T", "1 The  2 That  3 To"),
        ("TH" + TAB, "THE ", "1 man  2 cat  3 mat"),
        ("“t" + TAB, "“the ", "1 man  2 cat  3 mat"),
        ("the, c", "the, c", "1 cat"),
        (["\x1b", "\x00", "\x01"], "", "1 the  2 that  3 on"),
        (["the cat\tsat\non "], "the cat sat on ", "1 the  2 on  3 that"),
        (REMOVE, "", "1 that  2 on  3 cat"),
        (REMOVE + "the" + ENTER + "t", "t", "1 the  2 that  3 to"),
        ("zz" + REMOVE, "zz", ""),
    ],
)
def test_keys_give_a_line_and_suggestions(keys, text, shown):
    assert pressed(keys).screen(80) == (text, shown)


def test_a_taken_word_brings_its_blank_which_a_second_one_and_signs_take_up():
    assert pressed(TAB + " ").text == "the "
    assert pressed(TAB + "  ").text == "the  "
    assert pressed(TAB + ".").text == "the."
    assert pressed("the .").text == "the ."
    assert pressed(TAB + BACKSPACE + " ").text == "the "


def test_the_golden_line_takes_as_many_keys_as_were_counted():
    line, keys = Line(of_golden(), 3), 0
    for word in GOLDEN["sentence"].split():
        typed = ""
        while word not in [one.word for one in line.suggestions]:
            line.press(word[len(typed)])
            typed, keys = word[: len(typed) + 1], keys + 1
        line.press(str([one.word for one in line.suggestions].index(word) + 1))
        keys += 1
    assert line.text.rstrip() == GOLDEN["sentence"]
    assert keys == GOLDEN["keystrokes"]["k3"]["A"]


def test_enter_ends_a_line_and_learns_its_unknown_words():
    line = Line(of_golden())
    assert [line.press(key) for key in "the gnu"] == [None] * 7
    assert line.press(ENTER) == "the gnu"
    assert line.text == ""
    line.press("g")
    assert line.screen(80) == ("g", "1 gnu")
    line.press(REMOVE)
    assert line.screen(80) == ("g", "")


def test_a_word_that_was_corrected_before_the_end_is_not_learned():
    line = pressed("gnx" + BACKSPACE + "u " + ENTER)
    line.press("g")
    assert [one.word for one in line.suggestions] == ["gnu"]


def test_ctrl_c_and_ctrl_d_leave():
    assert pressed(LEAVE).has_left
    assert pressed("the\x03").has_left
    assert not pressed("the").has_left


def test_the_model_makes_one_step_a_word_and_none_a_key():
    keyboard = of_golden()
    pressed("the cat sat", keyboard)
    assert keyboard._stepper.steps == 3  # the start, and two words that are finished
    before = keyboard._stepper.steps
    pressed("the cat sa" + BACKSPACE * 3 + "s", keyboard)
    assert keyboard._stepper.steps == before + 3


def test_a_line_that_is_longer_than_the_screen_shows_its_end():
    line = pressed("the cat sat on the mat that")
    assert line.screen(10)[0] == " mat that"
    assert pressed("t").screen(10)[1] == "1 the  2 "


def test_signs_are_read_if_the_model_has_them():
    rows = [[0, 0, 0.5, 0.3, 0.2]] * 5
    rows[4] = [0, 0, 0.1, 0.7, 0.2]
    line = pressed("aa, ", keyboard_of(["aa", "ab", ","], rows))
    assert line.screen(80)[1] == "1 ab  2 aa"


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ([b"ab\t\r"], ["a", "b", "\t", "\r"]),
        (["é".encode()[:1], "é".encode()[1:]], ["é"]),
        ([b"\xff"], ["�"]),
        ([b"a\x1b[Ab\x1bOPc\x1b[1;5Cd"], ["a", "b", "c", "d"]),
        ([b"a\x1b", b"[", b"A", b"b"], ["a", "b"]),
        ([b"\x1bx"], ["x"]),
        ([b"\x1b", b"O", b"k"], ["O", "k"]),
        ([b"\x1b[200~in 1850\x1b[201~x"], ["in 1850", "x"]),
        ([b"\x1b[200~in", b" 18\x1b[20", b"1~x"], ["in 18", "x"]),
        ([b"\x1b[200~\x1b[201~"], []),
    ],
)
def test_bytes_of_a_terminal_as_keys(given, keys):
    decoder = Keys()
    assert [key for part in given for key in decoder.feed(part)] == keys


def test_a_line_that_is_there_is_told_with_what_would_have_been_suggested():
    keyboard = of_golden()
    line = Line(keyboard, 1)
    found = typed_line(keyboard, line, "the Mat, gnu o", 1)
    assert [(one.word, one.known, one.letters, one.suggestions[0].word) for one in found.words] == [
        ("the", True, 0, "the"),
        ("Mat", True, None, "man"),  # "ma" is "man"
        ("gnu", False, None, "the"),
        ("o", False, None, "the"),
    ]
    assert [one.word for one in found.next] == ["on"]
    again = typed_line(keyboard, line, "gnu", 1)
    assert [(one.word, one.known, one.letters) for one in again.words] == [("gnu", True, 1)]
    assert found.facts()["words"][1]["suggestions"][0]["word"] == "man"
    assert typed_line(keyboard, line, "", 1).words == []


@pytest.mark.parametrize("text", ["2", "\n", "\t", "x"])
def test_a_pasted_text_of_one_character_is_no_key(text):
    [key] = Keys().feed(f"\x1b[200~{text}\x1b[201~".encode())
    line = Line(of_golden(), 3)
    assert line.press(key) is None
    assert line.text == (text if text.isprintable() else " ")
