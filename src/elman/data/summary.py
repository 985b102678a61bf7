"""What data holds in numbers: how many examples or lines, how long, which words and answers, how much of it twice."""

from collections import Counter
from collections.abc import Iterable, Sequence

from elman.data.fields import Field, Kind
from elman.data.parts import Parts
from elman.data.records import Example
from elman.data.running import RunningText
from elman.text.blanks import between_blanks
from elman.text.cutting import looks_tokenized
from elman.text.printed import on_one_line

_SHOWN = 12

Words = Counter[str]
"""How often each word occurs."""


def of_examples(examples: Sequence[Example], fields: Sequence[Field], channels: Sequence[str] = ()) -> dict[str, str]:
    """Return how many examples there are, how long, how often each tag or label occurs, and what the commonest gives.

    Args:
        examples: as a reader gives them.
        fields: what they have, the answer last.
        channels: what the numbers of a frame are called, where that is known.
    """
    *inputs, answered = fields
    lengths: Counter[int] = Counter()
    answers: Counter[str] = Counter()
    words = Words()
    for example in examples:
        found = [word for field in inputs for word in _units(example, field)]
        if inputs[0].kind is not Kind.FRAMES:
            words.update(found)
        lengths[len(found)] += 1
        answer = example.fields[answered.name]
        answers.update([answer] if isinstance(answer, str) else answer or ["(none)"])
    total = sum(answers.values())
    common = ", ".join(
        f"{on_one_line(answer)} {count / total:.1%} ({count:,})" for answer, count in answers.most_common(_SHOWN)
    )
    things = "words" if words else "frames"
    whole = sum(length * count for length, count in lengths.items())
    rows = {
        "examples": f"{len(examples):,}",
        things: f"{whole:,}, {len(words):,} different, {_once(words):,} of them once" if words else f"{whole:,}",
        f"{things} an example": f"median {_median(lengths)}, longest {max(lengths, default=0):,}",
        **({"numbers a frame": f"{len(channels):,}: {', '.join(channels)}"} if channels else {}),
        answered.name: f"{len(answers):,} different: {common}{' ...' if len(answers) > _SHOWN else ''}",
    }
    if answered.kind is not Kind.NUMBER and answers:
        rows["majority"] = f"{answers.most_common(1)[0][1] / total:.1%}, what always the commonest of them reaches"
    return rows


def _units(example: Example, field: Field) -> Sequence[str]:
    value = example.fields[field.name]
    return value.split() if isinstance(value, str) else list(value)


def beside_training(parts: Parts) -> dict[str, str]:
    """Return how much of a validation part stands in training, and how many of its words and labels do not."""
    inputs = [field for field in parts.fields if field.name in parts.inputs]
    both, total = len(parts.shared), len(parts.valid)
    rows = {"also in training": f"{both:,} of {total:,} {parts.things} ({both / max(1, total):.1%})"}
    if inputs[0].kind is not Kind.FRAMES:
        known, asked = (
            Words(word for one in part for field in inputs for word in _units(one, field))
            for part in (parts.train, parts.valid)
        )
        rows["words not in training"] = _not_in(known, asked)
    for field in parts.classes:
        rows[f"{field.name} not in training"] = _not_in(*parts.counts[field.name])
    return rows


def of_text(blocks: Iterable[Example]) -> tuple[dict[str, str], Words]:
    """Return what a running text holds, lines, lengths, characters, words; and its words."""
    lines = characters = longest = 0
    words, alphabet = Words(), Words()
    lengths: Counter[int] = Counter()
    tokenized = None
    for text in (block.fields["text"] for block in blocks):
        tokenized = looks_tokenized(text) if tokenized is None else tokenized
        alphabet.update(text)
        for line in text.removesuffix("\n").split("\n"):
            found = between_blanks(line)
            words.update(found)
            lengths[len(found)] += 1
            longest = max(longest, len(line))
            lines += 1
        characters += len(text)
    rows = {
        "lines": f"{lines:,}, {lengths[0]:,} of them empty",
        "words a line": f"median {_median(lengths)}, longest {max(lengths, default=0):,}",
        "characters": f"{characters:,}, {len(alphabet):,} different, longest line {longest:,}",
        "words": f"{sum(words.values()):,}, {len(words):,} different, {_once(words):,} of them once",
        "frequent": " ".join(on_one_line(word) for word, _ in words.most_common(_SHOWN)),
        "level": "word: punctuation stands apart" if tokenized else "character: running text",
    }
    return rows, words


def beside_text(text: RunningText, known: Words, asked: Words) -> dict[str, str]:
    """Return how much of a validation text stands in training, and how many of its words do not.

    Args:
        text: both parts.
        known: the words of training.
        asked: the words of validation.
    """
    both, lines, _ = text.repeated
    return {
        "also in training": f"{both:,} of {lines:,} lines of 30 characters or more",
        "words not in training": _not_in(known, asked),
    }


def _not_in(known: Words, asked: Words) -> str:
    unseen = [count for one, count in asked.items() if one not in known]
    share = sum(unseen) / max(1, sum(asked.values()))
    return f"{sum(unseen):,} ({share:.1%}), {len(unseen):,} different" if unseen else "none"


def _median(lengths: Counter[int]) -> int:
    half, seen = sum(lengths.values()) / 2, 0
    for length in sorted(lengths):
        seen += lengths[length]
        if seen >= half:
            return length
    return 0


def _once(words: Words) -> int:
    return sum(count == 1 for count in words.values())
