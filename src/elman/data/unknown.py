"""How much of what a validation part gives training does not have, before a task has read it."""

from collections.abc import Iterator, Sequence

from elman.data.fields import Field
from elman.data.parts import Parts
from elman.data.records import Example
from elman.text.cutting import CHARACTERS, cut_text, stand_apart, why_characters
from elman.text.spelling import Spelling


def unknown_word_share(parts: Parts) -> float:
    """Return which share of the words of validation training does not have, 0 to 1.

    They are cut and looked up as a task does where nobody says otherwise; of texts that look like names, they are
    characters.
    """
    inputs = [field for field in parts.fields if field.name in parts.inputs and not field.kind.numeric]
    how = _cut([example.fields[inputs[0].name] for example in parts.train], len(inputs)) if inputs else ""
    known = set(_words(parts.train, inputs, how))
    asked = list(_words(parts.valid, inputs, how))
    return sum(word not in known for word in asked) / max(1, len(asked))


def _cut(first: Sequence[str | Sequence[str]], inputs: int) -> str:
    """Return how texts are cut, by those of the first input; what is cut already needs no answer."""
    texts = [text for text in first if isinstance(text, str)]
    if inputs == 1 and why_characters(texts):
        return CHARACTERS
    return "blanks" if stand_apart(texts) else "simple"


def _words(examples: Sequence[Example], inputs: Sequence[Field], how: str) -> Iterator[str]:
    spelling = Spelling()
    for example in examples:
        for field in inputs:
            value = example.fields[field.name]
            yield from map(spelling.of, cut_text(value, how) if isinstance(value, str) else value)
