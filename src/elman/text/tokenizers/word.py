"""A token is what stands between blanks, and each line ends with one more."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from elman.text.blanks import between_blanks
from elman.text.tokenizers.base import Tokenizer
from elman.text.vocabulary import Vocabulary, VocabularyBuilder


class WordTokenizer(Tokenizer):
    """Words as the text has them, cut at blanks and tabs; a line break is the token `<eos>`.

    This is the convention of Penn Treebank and WikiText: text that is tokenized already stays as it is,
    and every line, an empty one too, ends with `<eos>`. A no-break space is part of a word, as to KenLM and SRILM.
    """

    unit = "word"
    newline = "<eos>"

    def split(self, text: str) -> Sequence[str]:
        """Return the words, with `<eos>` for each line break."""
        return between_blanks(text.replace("\n", " <eos> "))

    def collect(self, text: str, builder: VocabularyBuilder) -> np.ndarray:
        """Return provisional ids of the words, in compiled code where there is some."""
        ids = builder.encode_words(text, self.newline)
        return super().collect(text, builder) if ids is None else ids

    def encode(self, text: str, vocabulary: Vocabulary) -> np.ndarray:
        """Return the ids of the words, in compiled code where there is some."""
        table = vocabulary.word_table(self.newline)
        return super().encode(text, vocabulary) if table is None else table.encode(text)

    def pieces(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield words with a blank before them, but for the first of a line; `<eos>` breaks the line."""
        blank = ""
        for token in tokens:
            if token == self.newline:
                yield "\n"
            else:
                yield blank + token
            blank = "" if token == self.newline else " "
