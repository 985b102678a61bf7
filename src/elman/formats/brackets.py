"""Brackets of three kinds, each closed by its own."""

from elman.formats.base import Format

_CLOSES = {")": "(", "]": "[", "}": "{"}


class Brackets(Format):
    """Text in which every (, [ and { is closed by its own kind, the last one that was opened first."""

    def fault(self, text: str) -> str:
        """Return whether a bracket is open at the end, closes nothing, or closes another kind."""
        opened: list[str] = []
        for sign in text:
            if sign in "([{":
                opened.append(sign)
            elif sign in _CLOSES:
                if not opened:
                    return "closes nothing"
                if opened.pop() != _CLOSES[sign]:
                    return "closes another kind"
        return "open at the end" if opened else ""
