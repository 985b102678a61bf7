"""What a data file most likely is: its format, what an example of it has, and the command that learns from it."""

import shlex
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from elman.config import Settings
from elman.data.clocks import is_moment
from elman.data.columns import is_usual
from elman.data.fields import Field, Kind, names_of
from elman.data.layout import is_tagged
from elman.data.measurements import Measurements, measurements, typed
from elman.data.numbers import Decimals
from elman.data.readers import READERS, formats, recognize
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.sources import head, matches
from elman.errors import DataError

LABELS = Field("labels", Kind.LABELS)
TEXT_AND_LABELS, SERIES = (Field("text", Kind.TEXT), LABELS), (Field("frames", Kind.FRAMES), LABELS)
_FRAMES, _DRAWN = (Field("frames", Kind.FRAMES),), ("strokes",)
_CAPTIONS = (*_FRAMES, Field("target", Kind.TEXTS))
_TEXTS = (Field("first", Kind.TEXT), Field("second", Kind.TEXT))
_LEARNS: Mapping[tuple[Field, ...], str] = {
    (Field("words", Kind.WORDS), Field("tags", Kind.TAGS)): "tag",
    TEXT_AND_LABELS: "classify",
    (*_TEXTS, Field("label", Kind.LABEL)): "pair",
    (*_TEXTS, Field("score", Kind.NUMBER)): "pair --set task.target=score",
    SERIES: "classify",
    _CAPTIONS: "caption",
    (*_FRAMES, Field("text", Kind.TEXT)): "ctc",
    _FRAMES: "forecast",
    (Field("source", Kind.TEXT), Field("target", Kind.TEXTS)): "seq2seq",
}
_LOOKED_AT = 100
_FEWEST, _MOST_LABELS = 10, 3
_SURE, _SURER = 2, 3


class Candidate(NamedTuple):
    """A format that a file may have, with the fields that it would give.

    Args:
        sure: how much it looks like it: see `Reader.recognizes`.
        reader: of it.
        fields: what it would give.
        options: of the reader that are to be typed.
    """

    sure: int
    reader: Reader
    fields: tuple[Field, ...]
    options: Mapping[str, Any]

    def command(self, names: Sequence[str]) -> str:
        """Return the command that trains on files that are so."""
        alone = self.fields == _FRAMES and self.reader.config.name in _DRAWN
        task, *rest = ["strokes"] if alone else _LEARNS[self.fields].split(" ", 1)
        options = dict(self.options)
        if not _is_found(self, names[0]):
            options = {"name": self.reader.config.name, **options}
        asked = [*rest, *(f"--set {typed(f'reader.{key}', value)}" for key, value in options.items())]
        return " ".join(["elman train", task, *map(shlex.quote, names), *asked])


class Likely(NamedTuple):
    """What a file most likely is.

    Args:
        candidate: the format that fits best; None where none does.
        numbers: its columns, where it is a table of numbers that nothing can be learned from as it is.
        refused: why formats that it looks like cannot read it.
    """

    candidate: Candidate | None
    numbers: Measurements | None
    refused: Sequence[DataError]


def likely(name: str, settings: Settings | None = None) -> Likely:
    """Return what a file most likely is.

    Args:
        name: of it, or of files side by side with commas between.
        settings: options of the reader that somebody gave.
    """
    path, asked = Path(name), settings or Settings()
    refused, tried = [], []
    for candidate in candidates(path, asked):
        try:
            trial = type(candidate.reader)(candidate.reader.config, candidate.reader.fields)
            examples = list(islice(trial.read(trial.find([name])), _LOOKED_AT))
        except DataError as error:
            refused.append(error)
            continue
        usual = bool(trial.called) and all(is_usual(field, column) for field, column in trial.called.items())
        tried.append((_fits(examples), candidate.sure, usual, candidate))
    best = max(tried, key=lambda one: one[:3], default=None)
    if best is not None and (best[0] or asked.get("reader.name")):
        return Likely(best[-1], None, refused)
    seen = measurements(head(path)) if path.is_file() and not asked.get("reader.columns") else None
    if seen is None:
        return Likely(best[-1] if best and not refused else None, None, refused)
    if not (seen.named and seen.series and seen.label) or seen.changes:
        return Likely(None, seen, [])
    options = {**seen.options, **asked.get("reader", {})}
    kind = READERS.get("series")
    built = Settings({"reader": {**options, "name": "series"}}).build("reader", kind.Config)
    return Likely(Candidate(_SURER, kind(built, names_of(SERIES)), SERIES, options), None, [])


def proposed(names: Sequence[str]) -> str:
    """Return the command that most likely trains on files: on running text where they look like nothing else."""
    found = likely(names[0]).candidate
    return found.command(names) if found else f"elman train lm {' '.join(map(shlex.quote, names))}"


def are_there(name: str) -> bool:
    """Say whether a name leads to files: one, those of a glob, or some side by side with commas between."""
    return bool(matches(name)) or ("," in name and all(map(matches, name.split(","))))


def candidates(path: Path, settings: Settings) -> list[Candidate]:
    """Return the formats that a file looks like, the likeliest first; with a name that is given, only that."""
    beginning = "" if path.is_dir() else head(path)
    named, options = settings.get("reader.name"), settings.get("reader", {})
    found = []
    for fields in _LEARNS:
        for name in [str(named)] if named else formats(fields):
            kind = READERS.get(name)
            if not kind.gives(fields) or not options.keys() <= kind.Config.model_fields.keys():
                continue
            sure = _SURER if named else kind.recognizes(path, beginning, names_of(fields))
            if name == "conll" and not named:
                sure = _SURER + 1 if is_tagged(beginning) else min(sure, 1)
            if sure < _SURE:
                continue
            built = Settings({"reader": {**options, "name": name}}).build("reader", kind.Config)
            found.append(Candidate(sure, kind(built, names_of(fields)), fields, options))
    return sorted(found, key=lambda one: -one.sure)


def _is_found(candidate: Candidate, name: str) -> bool:
    """Say whether a training finds the format by itself."""
    if "name" in candidate.options:
        return True
    if candidate.fields in (SERIES, TEXT_AND_LABELS):
        from elman.tasks.classify import Classification

        config = Classification.settle(Classification.Config(), [name], candidate.options)
        if Classification.fields(config) != candidate.fields:
            return False
    able = formats(candidate.fields, candidate.options)
    try:
        return recognize([name], candidate.fields, able) == candidate.reader.config.name
    except DataError:
        return False


def _fits(examples: Sequence[Example]) -> bool:
    """Say whether examples are what they are taken for.

    Texts are no numbers, scores are and do not count the rows, labels come again and are few at a time, tags are no
    words of the texts, and captions are several: a single text of a picture is what is written there.
    """
    captions = [len(one.fields["target"]) > 1 for one in examples if {"frames", "target"} <= one.fields.keys()]
    if captions and not any(captions):
        return False
    for field in ("text", "first", "second", "source"):
        texts = [one.fields[field] for one in examples if field in one.fields]
        if texts and 2 * sum(is_moment(text) or Decimals().finite(text) is not None for text in texts) > len(texts):
            return False
    scores = [Decimals().finite(one.fields["score"]) for one in examples if "score" in one.fields]
    known = [score for score in scores if score is not None]
    if 2 * len(known) < len(scores) or (len(known) > 1 and {b - a for a, b in pairwise(known)} == {1}):
        return False
    tags, words = ({word for one in examples for word in one.fields.get(field, ())} for field in ("tags", "words"))
    if tags and 2 * len(tags & words) > len(tags):
        return False
    many = [len(one.fields["labels"]) > _MOST_LABELS for one in examples if "labels" in one.fields]
    if 2 * sum(many) > len(many):
        return False
    labels = [str(one.fields[field]) for one in examples for field in ("label", "labels") if field in one.fields]
    return len(labels) < _FEWEST or 2 * len(set(labels)) <= len(labels)
