"""What is learned from what: the fields that an example of each kind of file has, and the task they are good for."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from elman.data.fields import Field, Kind

LABELS = Field("labels", Kind.LABELS)
TEXT_AND_LABELS, SERIES = (Field("text", Kind.TEXT), LABELS), (Field("frames", Kind.FRAMES), LABELS)
FRAMES = (Field("frames", Kind.FRAMES),)
_CAPTIONS = (*FRAMES, Field("target", Kind.TEXTS))
TAGGED = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))
LABELED_FRAMES = (*FRAMES, Field("tags", Kind.TAGS))
_QUESTIONS = (Field("story", Kind.STORY), Field("question", Kind.TEXT), Field("answer", Kind.LABEL))
_SPANS = (Field("passage", Kind.TEXT), Field("question", Kind.TEXT), Field("golds", Kind.SPANS))
_CHOICES = (*_SPANS[:2], Field("choices", Kind.CHOICES), Field("answer", Kind.LABEL))
WRITTEN = (Field("source", Kind.TEXT), Field("target", Kind.TEXTS))
_TEXTS = (Field("first", Kind.TEXT), Field("second", Kind.TEXT))


class Learned(NamedTuple):
    """What is learned from examples with some fields.

    Args:
        task: its name.
        answer: what an example gives to learn, for people.
        row: what a line of a file is then.
        options: of the task that are to be typed.
    """

    task: str
    answer: str
    row: str
    options: Sequence[str] = ()


LEARNS: Mapping[tuple[Field, ...], Learned] = {
    TAGGED: Learned("tag", "a tag for each word", "a word with its tag"),
    TEXT_AND_LABELS: Learned("classify", "a label for each text", "a text"),
    (*_TEXTS, Field("label", Kind.LABEL)): Learned("pair", "a label for each pair of texts", "a pair of texts"),
    (*_TEXTS, Field("score", Kind.NUMBER)): Learned(
        "pair", "a grade for each pair of texts", "a pair of texts", ("task.target=score",)
    ),
    LABELED_FRAMES: Learned("tag", "a label for each row of numbers", "a row with its label"),
    SERIES: Learned("classify", "a label for each series of numbers", "a step of a series"),
    _CAPTIONS: Learned("caption", "texts for each picture", "a picture"),
    (*FRAMES, Field("text", Kind.TEXT)): Learned("ctc", "a text for each recording", "a recording"),
    _QUESTIONS: Learned("memory", "an answer to each question about a story", "a line of a story"),
    _SPANS: Learned("qa", "a piece of each passage that answers a question", "a question"),
    _CHOICES: Learned("qa", "the one of four answers to a question about a passage that is right", "a question"),
    FRAMES: Learned("forecast", "numbers over time", "a step of a series"),
    (Field("steps", Kind.VECTORS), Field("bits", Kind.VECTORS)): Learned(
        "transduce", "bits for the steps of each sequence", "a sequence"
    ),
    WRITTEN: Learned("seq2seq", "a text for each text", "two texts"),
}
"""What each kind of file is good for: the only place that says so."""
