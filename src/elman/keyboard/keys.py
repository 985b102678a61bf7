"""Bytes of a terminal as keys."""

import codecs
import re

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
"""What makes a terminal say that text is pasted, and what ends that."""

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])")
_MAYBE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")


class Pasted(str):
    """A text that was pasted, however short it is."""

    __slots__ = ()


class Keys:
    """Makes keys of what a terminal sends: characters, control characters, and pasted texts as wholes.

    Arrows, Esc and other keys that send sequences are passed over. What is cut within a character or a sequence waits
    for its rest.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting = ""

    def feed(self, given: bytes) -> list[str]:
        """Return the keys of what was sent."""
        text, keys = self._decoder.decode(given), list[str]()
        if self._waiting != "\x1b" or text[:1] in ("", "["):  # else that was Esc, and this is typed behind it
            text = self._waiting + text
        self._waiting = ""
        while text:
            if text.startswith(_BEGIN):
                pasted, end, rest = text[len(_BEGIN) :].partition(_END)
                if not end:
                    self._waiting = text
                    break
                keys += [Pasted(pasted)] if pasted else []
                text = rest
            elif found := _SEQUENCE.match(text):
                text = text[found.end() :]
            elif _MAYBE.match(text):
                self._waiting = text
                break
            else:
                keys += [text[0]] if text[0] != "\x1b" else []
                text = text[1:]
        return keys
