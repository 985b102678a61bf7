"""How well examples are what they are taken for."""

from collections.abc import Sequence
from itertools import pairwise

from elman.data.clocks import is_moment
from elman.data.guessing import WORDS_OF_A_NAME
from elman.data.numbers import Decimals
from elman.data.records import Example

NONSENSE, UNLIKELY, FITS = 0, 1, 2
_FEWEST, _MOST_LABELS = 10, 3


def fitting(examples: Sequence[Example]) -> int:
    """Say how well examples are what they are taken for.

    Returns:
        NONSENSE: texts are numbers, scores are none or count the rows, tags are words of the texts, most words have
        blanks in them, or most pictures have no several captions: a single text of one is what is written there.
        UNLIKELY: labels are many at a time, hardly one comes again, or most are sentences. Else FITS.
    """
    captions = [len({*one.fields["target"]}) > 1 for one in examples if {"frames", "target"} <= one.fields.keys()]
    if 2 * sum(captions) < len(captions):
        return NONSENSE
    for field in ("text", "first", "second", "source"):
        texts = [one.fields[field] for one in examples if field in one.fields]
        if texts and 2 * sum(is_moment(text) or Decimals().finite(text) is not None for text in texts) > len(texts):
            return NONSENSE
    scores = [Decimals().finite(one.fields["score"]) for one in examples if "score" in one.fields]
    known = [score for score in scores if score is not None]
    if 2 * len(known) < len(scores) or (len(known) > 1 and {b - a for a, b in pairwise(known)} == {1}):
        return NONSENSE
    tags, words = ({word for one in examples for word in one.fields.get(field, ())} for field in ("tags", "words"))
    if (tags and 2 * len(tags & words) > len(tags)) or 2 * sum(" " in word for word in words) > len(words) > 0:
        return NONSENSE
    many = [len(one.fields["labels"]) > _MOST_LABELS for one in examples if "labels" in one.fields]
    if 2 * sum(many) > len(many):
        return UNLIKELY
    values = [one.fields[field] for one in examples for field in ("label", "labels") if field in one.fields]
    answers = [(value,) if isinstance(value, str) else tuple(value) for value in values]
    sentences = sum(any(len(label.split()) > WORDS_OF_A_NAME for label in answer) for answer in answers)
    few = 2 * len(set(answers)) <= len(answers) and 2 * sentences <= len(answers)
    return FITS if few or len(answers) < _FEWEST else UNLIKELY
