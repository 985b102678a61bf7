"""What data holds in numbers: how many examples or lines, how long, which words and answers, how much of it twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np

from elman.data.columns import read_lines
from elman.data.delimiters import cells_of, delimiter_of
from elman.data.fields import Field, Kind
from elman.data.measurements import is_missing
from elman.data.numbers import finite
from elman.data.parts import Parts
from elman.data.records import Example
from elman.data.running import RunningText
from elman.text.blanks import between_blanks
from elman.text.cutting import looks_tokenized
from elman.text.printed import counted, on_one_line, shortened

_SHOWN = 12
_MOST_NAMED = 20
_ROWS_TO_GUESS = 1000

Words = Counter[str]
"""How often each word occurs."""


def of_examples(examples: Sequence[Example], fields: Sequence[Field], channels: Sequence[str] = ()) -> dict[str, str]:
    """Return how many examples there are, how long, how often each tag or label occurs, and what the commonest gives.

    Args:
        examples: as a reader gives them.
        fields: what they have, the answer last; of one alone, no answer.
        channels: what the numbers of a frame are called, where that is known.
    """
    inputs, answers = fields[: max(1, len(fields) - 1)], fields[1:][-1:]
    lengths: Counter[int] = Counter()
    words = Words()
    for example in examples:
        found = [word for field in inputs for word in _units(example, field)]
        if not inputs[0].kind.numeric:
            words.update(found)
        lengths[len(found)] += 1
    told = [(field.name, of_answers(examples, field)) for field in answers]
    things = "words" if words else "frames"
    whole = sum(length * count for length, count in lengths.items())
    rows = {
        "examples": f"{len(examples):,}",
        things: f"{whole:,}, {len(words):,} different, {_once(words):,} of them once" if words else f"{whole:,}",
        f"{things} an example": f"median {_median(lengths)}, longest {max(lengths, default=0):,}",
        **({"numbers a frame": f"{len(channels):,}: {_some(channels)}"} if channels else {}),
        **{name: found.shown for name, found in told},
    }
    majority = [found.majority for _, found in told if found.majority]
    return rows | dict(zip(("majority",), majority, strict=False))


def _some(channels: Sequence[str]) -> str:
    """Return the names of channels, of many the first and the last."""
    if len(channels) <= _MOST_NAMED:
        return ", ".join(channels)
    return f"{', '.join(channels[: _MOST_NAMED - 1])}, ... {channels[-1]}"


class AnswersTold(NamedTuple):
    """What is said of the answers of examples.

    Args:
        shown: how many there are, and how often the commonest are given; of numbers, from where to where they go.
        majority: what always the commonest of them reaches; empty where that says nothing, of several labels and of
            numbers.
    """

    shown: str
    majority: str = ""


def of_answers(examples: Sequence[Example], field: Field) -> AnswersTold:
    """Return what is said of a field of examples that is to be predicted: of labels, tags, numbers.

    Where an example may have several labels, shares are of examples, and those that have none are told.
    """
    values = [example.fields[field.name] for example in examples]
    if field.kind is Kind.VECTORS:
        return AnswersTold(_of_bits(values))
    if field.kind is Kind.NUMBER:
        return AnswersTold(_of_numbers(values))
    if field.kind is Kind.SPANS:
        return _of_texts([one.text for value in values for one in value])
    if field.kind in (Kind.TEXT, Kind.TEXTS):
        return _of_texts([one for value in values for one in ([value] if isinstance(value, str) else value)])
    several = field.kind is Kind.LABELS and any(len(value) > 1 for value in values)
    answers = Counter(one for value in values for one in ([value] if isinstance(value, str) else value))
    total = len(values) if several else sum(answers.values())
    common = ", ".join(_share(answer, count, total) for answer, count in answers.most_common(_SHOWN))
    more = " ..." if len(answers) > _SHOWN else ""
    none = sum(not value for value in values) if several else 0
    beside = f"; {_share('none', none, total)}" if none else ""
    shown = f"{len(answers):,} different: {common}{more}{beside}"
    if several or not answers:
        return AnswersTold(shown)
    often = answers.most_common(1)[0][1] / total
    return AnswersTold(shown, f"{often:.1%}, what always the commonest of them reaches")


def _of_texts(texts: Sequence[str]) -> AnswersTold:
    """Return how many texts there are, how long they are, and which is the commonest."""
    lengths = Counter(len(text.split()) for text in texts)
    often = Counter(texts).most_common(1)
    words = f"words: median {_median(lengths)}, longest {max(lengths, default=0):,}"
    shown = f"{counted(len(texts), 'texts')}, {len(set(texts)):,} different, {words}"
    return AnswersTold(shown, f"{_share(*often[0], len(texts))}, what is given most often" if often else "")


def _share(answer: str, count: int, total: int) -> str:
    return f"{shortened(on_one_line(answer))} {count / max(1, total):.1%} ({count:,})"


def _of_bits(values: Sequence[np.ndarray]) -> str:
    """Return how many bits a step has, and at how many steps they are asked."""
    asked = sum(int((~np.isnan(one).any(1)).sum()) for one in values)
    return f"{counted(values[0].shape[1], 'bits')} a step, asked at {asked:,} of {sum(map(len, values)):,} steps"


def _of_numbers(values: Sequence[str]) -> str:
    """Return from where to where numbers go; what is none is left to who reads them as such."""
    numbers = [number for value in values if (number := finite(value)) is not None]
    if not numbers:
        return f"{len(set(values)):,} different, none of them a number"
    return (
        f"from {min(numbers):g} to {max(numbers):g}, mean {mean(numbers):.3g}, {len(set(numbers)):,} different values"
    )


def _units(example: Example, field: Field) -> Sequence[str]:
    value = example.fields[field.name]
    if field.kind in (Kind.STORY, Kind.CHOICES):
        return " ".join(value).split()
    return value.split() if isinstance(value, str) else list(value)


def beside_training(parts: Parts) -> dict[str, str]:
    """Return how much of a validation part stands in training, and how many of its words and labels do not."""
    inputs = [field for field in parts.fields if field.name in parts.inputs]
    both, total = len(parts.shared), len(parts.valid)
    rows = {"also in training": f"{both:,} of {total:,} {parts.things} ({both / max(1, total):.1%})"}
    if not inputs[0].kind.numeric:
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


def missing_numbers(path: Path, numbers: Sequence[str], encoding: str = "utf-8") -> dict[str, int]:
    """Return how many numbers the columns of a table lack that lack some, counted through the whole file."""
    lines = (line for _, line in read_lines(path, encoding) if line.strip())
    first = next(lines, "")
    some, counts = list(islice(lines, _ROWS_TO_GUESS)), Counter[str]()
    delimiter = delimiter_of([first, *some])
    names = cells_of(first, delimiter)
    for line in chain(some, lines):
        there = dict(zip(names, cells_of(line, delimiter), strict=False))
        counts.update(name for name in numbers if is_missing(there.get(name, "")))
    return dict(counts)
