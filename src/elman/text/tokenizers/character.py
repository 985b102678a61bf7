"""A token is a Unicode code point."""

from collections.abc import Iterable, Iterator, Sequence

from elman.text.tokenizers.base import Tokenizer


class CharacterTokenizer(Tokenizer):
    """One token a character, line breaks included: nothing is lost, `join(split(text)) == text`."""

    unit = "character"

    def split(self, text: str) -> Sequence[str]:
        """Return the text itself: a string is a sequence of characters."""
        return text

    def pieces(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield the characters themselves."""
        yield from tokens
