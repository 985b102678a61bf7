"""Sentences as numbers, and the fields of a batch that hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from elman.data.ragged import Ragged
from elman.data.records import Example
from elman.text.lexicon import Lexicon


@dataclass(frozen=True)
class Sentences:
    """Examples of one or two texts each, as numbers.

    Args:
        examples: as the reader gave them.
        forms: of each text, the forms of its words by example; `""` for the only text, or `first_` and `second_`.
        words: the same with ids of words.
        targets: for each head, the targets of each example; the first head comes first. Empty where nobody needs them.
        weights: what the loss of each example counts, (N,); None where all count the same.
    """

    examples: Sequence[Example]
    forms: Mapping[str, Ragged]
    words: Mapping[str, Ragged]
    targets: Mapping[str, Ragged] = field(default_factory=dict)
    weights: np.ndarray | None = None

    @classmethod
    def of(
        cls, examples: Sequence[Example], texts: Mapping[str, Sequence[Sequence[str]]], lexicon: Lexicon
    ) -> "Sentences":
        """Return examples without targets.

        Args:
            examples: as the reader gave them.
            texts: their words.
            lexicon: knows these.
        """
        forms = {name: Ragged.of(map(lexicon.forms, sentences)) for name, sentences in texts.items()}
        words = {name: rows._replace(values=lexicon.word_ids(rows.values)) for name, rows in forms.items()}
        return cls(examples, forms, words)

    @property
    def lengths(self) -> np.ndarray:
        """Words of each example, of all its texts together."""
        return np.sum([rows.lengths for rows in self.forms.values()], axis=0)

    @property
    def widths(self) -> np.ndarray:
        """Words of each text of each example, (texts, N): texts are padded each for itself."""
        return np.stack([rows.lengths for rows in self.forms.values()])


def word_fields(
    sentences: Sentences,
    lexicon: Lexicon,
    rows: np.ndarray,
    forget: float = 0.0,
    draw: np.random.Generator | None = None,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the fields and masks of a batch that a word encoder reads.

    words       (B, T)  ids; `first_words` and `second_words` where an example has two texts, likewise:
    forms       (B, T)  which of the batch's different forms
    characters  (U, C)  of each of those, padded
    shapes      (U)     of each of those
    matches     (B, T)  of two texts: 1 where the word occurs in the other text too

    Args:
        sentences: all of them.
        lexicon: knows their words.
        rows: which go into the batch.
        forget: probability that a word that occurs once in training is read as `<unk>`, so that `<unk>` is learned.
        draw: decides which.
    """
    fields, masks, padded = {}, {}, {}
    for name, forms in sentences.forms.items():
        padded[name], masks[f"{name}words"] = forms.padded(rows)
    real = [padded[name][masks[f"{name}words"]] for name in padded]
    different, index = np.unique(np.concatenate(real), return_inverse=True)
    ends = np.cumsum([len(one) for one in real])
    for name, places in zip(padded, np.split(index, ends[:-1]), strict=True):
        mask = masks[f"{name}words"]
        words, forms_of = np.zeros(mask.shape, np.int64), np.zeros(mask.shape, np.int64)
        words[mask] = lexicon.word_ids(padded[name][mask])
        if forget and draw is not None:
            words[(lexicon.words.counts[words] == 1) & (draw.random(words.shape) < forget)] = 0
        forms_of[mask] = places
        fields[f"{name}words"], fields[f"{name}forms"] = words, forms_of
    if len(padded) == 2:
        _add_matches(fields, masks, list(padded))
    fields["characters"], masks["characters"] = lexicon.spelled(different)
    fields["shapes"] = lexicon.shapes(different)
    return fields, masks


def _add_matches(fields: dict[str, np.ndarray], masks: Mapping[str, np.ndarray], names: Sequence[str]) -> None:
    """Add which words of each of two texts occur in the other; unknown words by their form."""
    first, second = names
    same = fields[f"{first}forms"][:, :, None] == fields[f"{second}forms"][:, None, :]
    words = fields[f"{first}words"][:, :, None]
    same |= (words == fields[f"{second}words"][:, None, :]) & (words != 0)
    same &= masks[f"{first}words"][:, :, None] & masks[f"{second}words"][:, None, :]
    for name, axis in ((first, 2), (second, 1)):
        fields[f"{name}matches"] = same.any(axis).astype(np.int64)
