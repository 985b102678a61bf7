"""Passages and questions about them: words, and what each word of a passage shares with its question."""

from collections.abc import Mapping, Sequence

import numpy as np

from elman.coders.base import Coded
from elman.coders.words import WordsCoder
from elman.data.column import Column
from elman.data.outlines import Passages
from elman.data.records import Padded
from elman.text.stems import stem

_SIGNS = 3


class PassagesCoder(WordsCoder):
    """Passages and questions of words, as `WordsCoder` has them, with what they share.

    Where a batch has both, the passage has in addition

        passage.signs  (B, T, 3)  for each word x of the passage, against the question q:
                                  1 if q has it as it is written;  w(x) if q has it in whatever case;
                                  w(x) if q has a word with its stem

    and for each further text F, such as an answer to choose, `F.signs`: the same of the passage against F.

    w(x) = -log p(x) / -log p_min, p how frequent a word is in training: a match of a rare word says more. The flags of
    Chen et al. (2017), arXiv:1704.00051, weighted as Weissenborn et al. (2017), arXiv:1703.04816, found worthwhile.
    """

    @property
    def outline(self) -> Passages:
        """The words, characters and shapes, and how many signs there are."""
        told = super().outline
        return Passages(told.names, told.counts, told.marks, told.parts, told.vectors, signs=_SIGNS)

    def encode(self, values: Sequence[Sequence[str]], places: Sequence[str] = ()) -> Column:
        """Return texts as numbers of forms, with the lower case, the stem and the weight of each form.

        Raises:
            DataError: a text is not cut into words.
        """
        column = super().encode(values, places)
        forms = dict.fromkeys(word for text in values for word in text)
        for name, of in (("lower", str.lower), ("stems", stem)):
            keys = [of(form) for form in forms]
            numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
            column = column._replace(of={**column.of, name: np.array([numbers[key] for key in keys], np.int64)})
        return column._replace(of={**column.of, "rarity": self._rarity(column.of["words"])})

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return words and forms of each field, characters and shapes of all their forms, and the signs of passages.

        The first field is the passage, the second the question about it.
        """
        coded = super().batch(column, rows, draw)
        fields = {name: one for name, one in coded.fields.items() if not name.endswith(".matches")}
        names = list(rows)
        passage, *others = (column.padded(some) for some in rows.values())
        for name, other in zip([*names[:1], *names[2:]], others, strict=False):
            fields[f"{name}.signs"] = Padded(_signs(column, passage, other), passage.lengths)
        return Coded(fields, coded.tables)

    def _rarity(self, words: np.ndarray) -> np.ndarray:
        """Return w of each form, 0 to 1."""
        counts = np.maximum(self.words.counts, 1)
        least = max(np.log(counts.sum()), 1e-9)
        return (1 - np.log(counts)[words] / least).astype(np.float32)


def _signs(column: Column, passage: Padded, question: Padded) -> np.ndarray:
    """Return what each word of passages shares with the question of the same row, (B, T, 3); 0 where nothing is."""
    real, asked, found = passage.mask, question.mask, np.zeros((*passage.values.shape, _SIGNS), np.float32)
    mine, its = passage.values[real], question.values[asked]
    rows, others = np.nonzero(real)[0], np.nonzero(asked)[0]
    weight = column.of["rarity"][mine]
    keys = (None, column.of["lower"], column.of["stems"])
    for place, key in enumerate(keys):
        left, right = (one if key is None else key[one] for one in (mine, its))
        size = 1 + max(left.max(initial=0), right.max(initial=0))
        same = np.isin(rows * size + left, others * size + right)
        found[..., place][real] = same if key is None else same * weight
    return found
