"""What keys make of a line that is typed: letters, words that are taken, and what stands on the screen."""

import re
from collections.abc import Sequence
from typing import Any

from elman.keyboard.base import Keyboard, Suggestion
from elman.keyboard.keys import Pasted
from elman.text.printed import on_one_line

ENTER, TAB, BACKSPACE, LEAVE = "\r", "\t", "\x7f", "\x04"
CLEAR, REMOVE = "\x15", "\x18"
"""Ctrl-U clears the line, Ctrl-X removes the first suggestion for the session."""

_AROUND = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
_CLOSING = ".,;:!?)"


class Line:
    """A line that is being typed, and what is suggested to whoever types it.

    A word that was taken brings its blank. A sign that closes takes that blank back, and a blank typed behind it is
    not a second one. Words that the model does not know are learned when the line ends: only then is it what was meant.

    Args:
        keyboard: suggests.
        k: how many words.
    """

    def __init__(self, keyboard: Keyboard, k: int = 3) -> None:
        self._keyboard, self._k = keyboard, k
        self._read: list[tuple[str, Any]] = [("", keyboard.begin())]
        self._brought = False
        self.text, self.has_left = "", False
        self.suggestions: Sequence[Suggestion] = ()
        self._suggest()

    def press(self, key: str) -> str | None:
        """Take a key: a character, a control character, or a pasted text. Returns the line if that ends it.

        What means nothing changes nothing.
        """
        if isinstance(key, Pasted):
            self.write(self.text + "".join(one if one.isprintable() else " " for one in key))
            return None
        if key in (ENTER, "\n"):
            return self._end()
        if key in (LEAVE, "\x03"):
            self.has_left = True
        elif key in (BACKSPACE, "\b"):
            self.write(self.text[:-1])
        elif key == CLEAR:
            self.write("")
        elif key == TAB or (key.isdecimal() and key.isascii() and 1 <= int(key) <= len(self.suggestions)):
            self._take(0 if key == TAB else int(key) - 1)
        elif key == REMOVE and self.suggestions:
            self._keyboard.own.remove(self.suggestions[0].word)
            self._suggest()
        elif key.isprintable():
            self._type(key)
        return None

    def screen(self, width: int) -> tuple[str, str]:
        """Return the end of the line and what is suggested, each as much as fits a width."""
        shown = "  ".join(f"{number} {on_one_line(one.word)}" for number, one in enumerate(self.suggestions, start=1))
        room = max(1, width - 1)
        return self.text[-room:], shown[:room]

    @property
    def beginning(self) -> Any:
        """What is known before the first word of the line."""
        return self._read[0][1]

    @property
    def letters(self) -> str:
        """What is typed of the word so far, without signs before it such as a quotation mark."""
        return _unfinished(self.text)[1]

    def _type(self, key: str) -> None:
        if self._brought and key == " ":
            self._brought = False
        elif self._brought and key in _CLOSING:
            self.write(self.text[:-1] + key)
        else:
            self.write(self.text + key)

    def _take(self, number: int) -> None:
        if number < len(self.suggestions):
            start = len(self.text) - len(self.letters)
            self.write(f"{self.text[:start]}{self.suggestions[number].word} ")
            self._brought = True

    def write(self, text: str) -> None:
        """Replace what stands in the line."""
        self.text, self._brought = text, False
        self._suggest()

    def _end(self) -> str:
        """Learn from the line, and begin the next one."""
        ended = self.text
        context = self._reach(ended.split(" "))
        for piece in ended.split():
            for word in parts(self._keyboard, piece):
                self._keyboard.own.typed(word, self._keyboard.knows(word))
        self._read = [("", self._keyboard.after_line(context))]
        self.write("")
        return ended

    def _suggest(self) -> None:
        before, letters = _unfinished(self.text)
        self.suggestions = self._keyboard.suggestions(self._reach(before), letters, self._k)

    def _reach(self, pieces: Sequence[str]) -> Any:
        """Return what is known after some pieces of text; the model reads what it has not read yet."""
        words = [word for piece in pieces for word in parts(self._keyboard, piece)]
        same = 0
        while same < min(len(words), len(self._read) - 1) and self._read[same + 1][0] == words[same]:
            same += 1
        del self._read[same + 1 :]
        for word in words[same:]:
            self._read.append((word, self._keyboard.after(self._read[-1][1], word)))
        return self._read[-1][1]


def parts(keyboard: Keyboard, piece: str) -> list[str]:
    """Return what the model reads of a piece of text between blanks: itself, or a word and the signs around it.

    Signs that the model does not have are left out.
    """
    if keyboard.reads(piece):
        return [piece]
    found = _AROUND.fullmatch(piece)
    before, word, behind = found.groups() if found else ("", piece, "")
    words = [*before, *([word] if word else []), *behind]
    return [one for one in words if one == word or keyboard.reads(one)]


def _unfinished(text: str) -> tuple[list[str], str]:
    """Return the pieces of a text that are finished, and the letters of the word behind them."""
    *pieces, last = text.split(" ")
    letters = last.lstrip('"“„‘«»([{<¿¡-—*_')
    return [*pieces, last[: len(last) - len(letters)]], letters
