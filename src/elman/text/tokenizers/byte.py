"""A token is a byte of the text in UTF-8."""

import codecs
from collections.abc import Iterable, Iterator, Sequence

from elman.text.tokenizers.base import Tokenizer


class ByteTokenizer(Tokenizer):
    """One token a byte: 256 of them whatever the language, and none is ever unknown.

    A byte is written as the character of the same number (Latin-1), so that a vocabulary is text.
    """

    unit = "byte"
    inventory = tuple(map(chr, range(256)))

    def split(self, text: str) -> Sequence[str]:
        """Return the bytes of the text in UTF-8, each as a one-character string."""
        return text.encode("utf-8", errors="surrogatepass").decode("latin-1")

    def pieces(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield a character with its last byte, nothing before; bytes that are not UTF-8 become U+FFFD."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for token in tokens:
            yield decoder.decode(token.encode("latin-1"))
        yield decoder.decode(b"", final=True)
