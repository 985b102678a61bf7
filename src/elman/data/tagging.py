"""Tags as files write them: the styles of span tags, tags that are none, and numbers that stand for names."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import Literal

from pydantic import Field

from elman import config as configuration
from elman.data.records import Example
from elman.errors import DataError, quoted
from elman.text.printed import counted
from elman.text.schemes import OUTSIDE

_SENTENCES_TO_GUESS = 1000
_MOST = 0.9
_SHOWN = 3

_NO_SPAN = ("", OUTSIDE, "o", "0", "-", "_")
"""How files write that a word is in no span."""

_STYLES = {
    "B-X": re.compile(r"([BIESLUM])(?:-(.*))?"),
    "B_X": re.compile(r"([BIESLUM])_(.+)"),
    "X-B": re.compile(r"(?P<kind>.+)-(?P<prefix>[BIESLUM])"),
    "X_B": re.compile(r"(?P<kind>.+)_(?P<prefix>[BIESLUM])"),
}

Style = Literal["auto", "none", "B-X", "B_X", "X-B", "X_B"]


class TagOptions(configuration.Config):
    """Options of formats with tags."""

    tags: list[str] = Field(
        [], description='The names of tags that the file has as numbers from 0, such as ["O", "B-PER", "I-PER"].'
    )
    tag_style: Style = Field(
        "auto", description="How span tags are written: B-PER, B_PER, PER-B or PER_B; none: tags are no spans."
    )


def without_tag(where: str, word: str, others: int) -> DataError:
    """Return what to say of a word with an empty tag, the first of several."""
    more = f"; so it is with {counted(others, 'further words')}" if others else ""
    each = "each a tag" if others else "it a tag"
    return DataError(f"{where}: the word {word!r} has an empty tag, expected one{more}. Give {each}, such as O.")


class TagStyle:
    """Reads the tags of examples, from one file after the other: what the first sentences decide holds for all.

    Span tags become such as B-PER. Where most tags are span tags, those that are none are read as O, counted and told.

    Args:
        options: of the format.
        say: tells a remark.
    """

    def __init__(self, options: TagOptions, say: Callable[[str], None]) -> None:
        self.style: Style = options.tag_style
        self._names = options.tags
        self._say = say

    def read(self, examples: Iterator[Example]) -> Iterator[Example]:
        """Yield the examples of one file with their tags as they are meant.

        Raises:
            DataError: a tag is empty, or a number that has no name.
        """
        strays: Counter[str] = Counter()
        places: dict[str, str] = {}
        count = 0
        for example in self._settled(map(self._named, _with_tags(examples))):
            tags = example.fields["tags"]
            count += len(tags)
            if self.style == "none":
                yield example
                continue
            written = [_written(tag, self.style) for tag in tags]
            for tag, read in zip(tags, written, strict=True):
                if read is None:
                    strays[tag] += 1
                    places.setdefault(tag, example.where)
            yield replace(example, fields={**example.fields, "tags": [tag or OUTSIDE for tag in written]})
        if strays:
            shown = ", ".join(
                f"{tag!r} {many:,} times, first in {places[tag]}" for tag, many in strays.most_common(_SHOWN)
            )
            more = f", and {len(strays) - _SHOWN:,} others" if len(strays) > _SHOWN else ""
            self._say(
                f"tags: {sum(strays.values()):,} of {count:,} are no span tags and read as O: {shown}{more}. Mend "
                "them, or set reader.tag_style=none if tags mark no spans"
            )

    def _named(self, example: Example) -> Example:
        """Return an example with names for tags that are numbers, where there are names."""
        tags = example.fields["tags"]
        if not self._names:
            return example
        wrong = next((tag for tag in tags if not tag.isdecimal() or int(tag) >= len(self._names)), None)
        if wrong is not None:
            raise DataError(
                f"{example.where}: got the tag {quoted(wrong)}, expected a number from 0 to {len(self._names) - 1}, "
                "since reader.tags names so many. Name them all, or leave reader.tags out."
            )
        return replace(example, fields={**example.fields, "tags": [self._names[int(tag)] for tag in tags]})

    def _settled(self, examples: Iterator[Example]) -> Iterator[Example]:
        """Decide how tags are written, and yield the examples."""
        if self.style == "none":
            return examples
        first = list(islice(examples, _SENTENCES_TO_GUESS))
        counts = Counter(tag for example in first for tag in example.fields["tags"])
        if self.style != "auto":
            self._check(first, counts)
            return chain(first, examples)
        self.style = _guess(counts)
        if self.style not in ("none", "B-X"):
            tag = next(tag for tag in counts if tag not in _NO_SPAN and _written(tag, self.style))
            self._say(
                f"tags: {tag} is read as {_written(tag, self.style)}, guessed; --set reader.tag_style=none keeps it"
            )
        if counts and all(tag.isdecimal() for tag in counts):
            names = json.dumps([OUTSIDE, "B-PER", "I-PER"])
            self._say(
                f"tags: numbers without names, each tag for itself; if they are spans, name them in their order, such "
                f"as --set reader.tags='{names}'"
            )
        return chain(first, examples)

    def _check(self, examples: Sequence[Example], counts: Counter[str]) -> None:
        """Refuse a file most of whose tags are no span tags, where others had some: it is another file than meant.

        Raises:
            DataError: so it is.
        """
        spans = {tag: count for tag, count in counts.items() if tag not in _NO_SPAN}
        strays = {tag: count for tag, count in spans.items() if _written(tag, self.style) is None}
        if 2 * sum(strays.values()) > sum(spans.values()):
            usual = {"B-X": "B-PER", "B_X": "B_PER", "X-B": "PER-B", "X_B": "PER_B"}[self.style]
            most = quoted(max(strays, key=lambda tag: strays[tag]))
            raise DataError(
                f"{examples[0].where}: got {most} and others as tags, expected span tags such as {usual}, as in the "
                "training files. Is it the right file, and the right column?"
            )


def _with_tags(examples: Iterator[Example]) -> Iterator[Example]:
    """Yield examples all of whose words have a tag.

    Raises:
        DataError: one has none; the message counts the others that have none either.
    """
    for example in examples:
        tags = example.fields["tags"]
        if not all(tags):
            others = list(tags).count("") - 1
            with suppress(DataError):  # what else is wrong comes once this is mended
                others += sum(list(one.fields["tags"]).count("") for one in examples)
            word = example.fields["words"][tags.index("")] if "words" in example.fields else ""
            raise without_tag(example.where, word, others)
        yield example


def _guess(counts: Counter[str]) -> Style:
    """Return the style that most tags are written in that do not say that there is no span."""
    spans = {tag: count for tag, count in counts.items() if tag not in _NO_SPAN}
    for style in _STYLES:
        fit = {tag: count for tag, count in spans.items() if _STYLES[style].fullmatch(tag)}
        plain = style == "B-X" or (OUTSIDE in counts and any(_prefix(tag, style) in "BSU" for tag in fit))
        if fit and plain and sum(fit.values()) >= _MOST * sum(spans.values()):
            return style  # type: ignore[return-value]
    return "none"


def _prefix(tag: str, style: str) -> str:
    found = _STYLES[style].fullmatch(tag)
    return "" if found is None else found[found.re.groupindex.get("prefix", 1)]


def _written(tag: str, style: str) -> str | None:
    """Return a tag as B-PER, or O; None for one that is no span tag."""
    found = _STYLES[style].fullmatch(tag)
    if found is None:
        return tag if tag == OUTSIDE else None
    if style == "B-X":
        return tag
    kind, prefix = found.group("kind", "prefix") if style.startswith("X") else found.group(2, 1)
    return f"{prefix}-{kind}"
