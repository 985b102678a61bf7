"""What a tokenizer promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar


class Tokenizer(ABC):
    """Cuts text into tokens and puts tokens together again.

    Lines matter to every level: a line break is a token (`newline`), and it is also what stands before the
    first token of a text, because a text starts where a line starts.
    """

    unit: ClassVar[str]
    """One token in words, singular: `character`, `word`."""

    newline: ClassVar[str] = "\n"
    """The token that ends a line."""

    inventory: ClassVar[Sequence[str] | None] = None
    """All tokens there can be, in the order of their ids, if that is known without data."""

    @abstractmethod
    def split(self, text: str) -> Sequence[str]:
        """Return the tokens of a text. Splitting whole lines one by one gives the same as all at once."""

    @abstractmethod
    def pieces(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield, for each token, the text that it adds to what stands before it, as soon as it is known."""

    def join(self, tokens: Iterable[str]) -> str:
        """Return the text of tokens."""
        return "".join(self.pieces(tokens))
