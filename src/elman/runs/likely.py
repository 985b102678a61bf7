"""What a data file most likely is: its format, what an example of it has, and the command that learns from it."""

import shlex
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from elman.config import Settings
from elman.data.assignments import typed
from elman.data.columns import is_usual, whole_lines
from elman.data.fields import Field, names_of
from elman.data.layout import has_sentences, is_tagged
from elman.data.measurements import Measurements, measurements
from elman.data.media import MediaReader
from elman.data.mending import mended
from elman.data.numbers import Decimals
from elman.data.readers import READERS, formats, recognize
from elman.data.readers.base import Reader
from elman.data.readers.classes import ClassesReader
from elman.data.readers.labeled import LabeledReader, labels_in_front
from elman.data.sources import head
from elman.errors import DataError
from elman.runs.absent import absent
from elman.runs.fitting import FITS, UNLIKELY, fitting
from elman.runs.learned import FRAMES, LEARNS, SERIES, TAGGED, TEXT_AND_LABELS, WRITTEN
from elman.tasks import TASKS

_DRAWN = ("strokes",)
_OF_ONE_SERIES = ("missing", "gaps", "header")
_LOOKED_AT, _HEARD = 1000, 100
_SURE, _SURER, _TAGGED, SENTENCES = 2, 3, 4, 5


class Candidate(NamedTuple):
    """A format that a file may have, with the fields that it would give.

    Args:
        sure: how much it looks like it: see `Reader.recognizes`.
        reader: of it.
        fields: what it would give.
        options: of the reader that are to be typed.
        notes: why they are.
    """

    sure: int
    reader: Reader
    fields: tuple[Field, ...]
    options: Mapping[str, Any]
    notes: Sequence[str] = ()

    @property
    def task(self) -> str:
        """The task that learns from it."""
        drawn = self.fields == FRAMES and self.reader.config.name in _DRAWN
        return "strokes" if drawn else LEARNS[self.fields].task

    def command(self, names: Sequence[str], task: str = "") -> str:
        """Return the command that trains on files that are so; with a task that is named, instead of the usual one."""
        options = dict(self.options)
        if not _is_found(self, names[0]):
            options = {"name": self.reader.config.name, **options}
        asked = [f"--set {one}" for one in LEARNS[self.fields].options]
        asked += [f"--set {typed(f'reader.{key}', value)}" for key, value in options.items()]
        return " ".join(["elman train", task or self.task, *map(shlex.quote, names), *asked])


class Tried(NamedTuple):
    """How a format read the first examples of a file.

    Args:
        candidate: the format, with the reader that read them.
        fits: how well they are what they are taken for.
        called: what the file calls the columns of fields, where it has names.
    """

    candidate: Candidate
    fits: int
    called: Mapping[str, str]

    @property
    def usual(self) -> bool:
        """Whether the file has the usual names of the fields."""
        return bool(self.called) and all(is_usual(field, column) for field, column in self.called.items())

    @property
    def shown(self) -> str:
        """The format and what an example has, by the names of the file where it has some."""
        name, fields = self.candidate.reader.config.name, self.candidate.reader.fields
        if self.candidate.fields == TAGGED:
            return f"{name} (a word and its tag a line, an empty line after each sentence)"
        return f"{name} ({', '.join(self.called.get(field, field) for field in fields)})"

    @property
    def rank(self) -> tuple[int, int, bool]:
        """The larger, the likelier it is the format that is meant."""
        return self.fits, self.candidate.sure, self.usual


class Likely(NamedTuple):
    """What a file most likely is.

    Args:
        candidate: the format that fits best; None where none does.
        numbers: its columns, where it is a table of numbers that nothing can be learned from as it is.
        refused: why formats that it looks like cannot read it.
        tried: how the candidate read it, where its examples fit.
    """

    candidate: Candidate | None
    numbers: Measurements | None
    refused: Sequence[DataError]
    tried: Tried | None = None


def likely(name: str, settings: Settings | None = None) -> Likely:
    """Return what a file most likely is.

    Args:
        name: of it, or of files side by side with commas between.
        settings: options of the reader that somebody gave.
    """
    path, asked = Path(name), settings or Settings()
    tried, refused = every_try(name, asked)
    best = max(tried, key=lambda one: one.rank, default=None)
    recorded = [error for candidate, error in refused if best is not None and _outranks(candidate, best)]
    if not recorded and not asked.get("reader") and not (best is not None and best.usual):
        recorded = [error] if (error := absent(path, SERIES)) else []
    if recorded:
        return Likely(None, None, recorded)
    if best is not None and (best.fits == FITS or asked.get("reader.name")):
        candidate = best.candidate._replace(notes=[*best.candidate.notes, *_more(best.candidate, refused)])
        return Likely(candidate, None, [error for _, error in refused], best)
    seen = measurements(head(path)) if path.is_file() and not asked.get("reader.columns") else None
    if seen is None:
        return Likely(best.candidate if best and not refused else None, None, [error for _, error in refused])
    if seen.named and not seen.label:
        return _forecast(name, seen, asked.get("reader", {}))
    if not (seen.named and seen.series and seen.label) or seen.changes:
        return Likely(None, seen, [])
    return Likely(_of_numbers("series", SERIES, {**seen.options, **asked.get("reader", {})}), None, [])


def _more(best: Candidate, refused: Sequence[tuple[Candidate, DataError]]) -> list[str]:
    """Return what stands in the way of reading more of a file in the same format, such as labels beside numbers."""
    return [
        f"as {LEARNS[one.fields].answer} (train {one.task}) it cannot be read: {error}"
        for one, error in refused
        if one.reader.config.name == best.reader.config.name and {*best.fields} < {*one.fields}
    ]


def _forecast(name: str, seen: Measurements, options: Mapping[str, Any]) -> Likely:
    """Return how a table of numbers without labels is read to forecast it, with the options that it takes, or why not.

    Args:
        name: of the file.
        seen: its columns.
        options: that somebody gave.
    """
    try:
        taken, notes = mended({**seen.options, **options}, lambda found: trial(_series(found), name))
    except DataError as error:
        return Likely(None, seen, [error])
    return Likely(_series(taken)._replace(notes=notes), None, [])


def _series(options: Mapping[str, Any]) -> Candidate:
    """Return the format of a table of numbers to forecast: one series, unless an option names several."""
    if "series" not in options:
        return _of_numbers("timeline", FRAMES, options)
    return _of_numbers("series", FRAMES, {key: one for key, one in options.items() if key not in _OF_ONE_SERIES})


def _of_numbers(name: str, fields: tuple[Field, ...], options: Mapping[str, Any]) -> Candidate:
    """Return a format of tables of numbers with its options."""
    kind = READERS.get(name)
    built = Settings({"reader": {**options, "name": name}}).build("reader", kind.Config)
    return Candidate(_SURER, kind(built, names_of(fields)), fields, options)


def every_try(name: str, settings: Settings) -> tuple[list[Tried], list[tuple[Candidate, DataError]]]:
    """Return how the formats that a file looks like read its first examples, and why others cannot."""
    tried: list[Tried] = []
    refused: list[tuple[Candidate, DataError]] = []
    for candidate in candidates(Path(name), settings):
        try:
            tried.append(trial(candidate, name))
        except DataError as error:
            refused.append((candidate, error))
    return tried, refused


def _outranks(refused: Candidate, best: Tried) -> bool:
    """Say whether a file is a list of recordings that are there, though one cannot be read, and no table of texts."""
    return isinstance(refused.reader, MediaReader) and refused.sure > best.candidate.sure and not best.usual


def trial(candidate: Candidate, name: str) -> Tried:
    """Return how a format reads the first examples of a file.

    Raises:
        DataError: it does not.
    """
    reader = type(candidate.reader)(candidate.reader.config, candidate.reader.fields)
    most = _HEARD if "frames" in reader.fields else _LOOKED_AT
    examples = list(islice(reader.read(reader.find([name])), most))
    found = Tried(candidate, fitting(examples), reader.called)
    if candidate.fields != WRITTEN or found.usual:
        return found
    prices = all(Decimals().finite(one.fields["target"][0]) is not None for one in examples)
    return found._replace(fits=UNLIKELY) if prices else found


def meanings(names: Sequence[str]) -> dict[str, str]:
    """Return the commands that may train on files, by what these are then; the likeliest as `train`."""
    found = likely(names[0]).candidate
    if found is not None:
        return {"train": found.command(names)}
    written, paths = " ".join(map(shlex.quote, names)), [Path(name) for name in names]
    ways, classify = {"train": f"elman train lm {written}"}, f"elman train classify {written}"
    beginning, fields = head(paths[0]), names_of(TEXT_AND_LABELS)
    together = ClassesReader.recognizes_together(paths, fields)
    if ClassesReader.may_be_classes(paths):
        ways["each file a class"] = f"{classify}{'' if together >= _SURE else ' --set reader.name=classes'}"
    if len(labels_in_front(whole_lines(beginning))) > 1 and LabeledReader.recognizes(paths[0], beginning, fields):
        ways["a label in front"] = f"{classify}{' --set reader.name=labeled' if together else ''}"
    return ways


def candidates(path: Path, settings: Settings) -> list[Candidate]:
    """Return the formats that a file looks like, the likeliest first; with a name that is given, only that."""
    beginning = "" if path.is_dir() else head(path)
    named, options = settings.get("reader.name"), settings.get("reader", {})
    found = []
    for fields in LEARNS:
        for name in [str(named)] if named else formats(fields):
            kind = READERS.get(name)
            if not kind.gives(fields) or not options.keys() <= kind.Config.model_fields.keys():
                continue
            sure = _SURER if named else kind.recognizes(path, beginning, names_of(fields))
            if fields == TAGGED and not named:
                sure = _tagged(name, sure, beginning)
            if sure < _SURE:
                continue
            built = Settings({"reader": {**options, "name": name}}).build("reader", kind.Config)
            found.append(Candidate(sure, kind(built, names_of(fields)), fields, options))
    if any(isinstance(one.reader, MediaReader) for one in found):  # what names recordings that are there is no words
        found = [one for one in found if one.fields != TAGGED]
    return sorted(found, key=lambda one: -one.sure)


def _tagged(name: str, sure: int, beginning: str) -> int:
    """Return how much a file looks like a format of words with tags; columns are nothing else, where they are such."""
    if name == "conllu" and sure >= _SURE:
        return SENTENCES + 1
    if name == "conll":
        return SENTENCES if has_sentences(beginning) else _TAGGED if is_tagged(beginning) else min(sure, 1)
    return sure


def _is_found(candidate: Candidate, name: str) -> bool:
    """Say whether a training finds the format by itself."""
    if "name" in candidate.options:
        return True
    learned, wanted = LEARNS[candidate.fields], Settings()
    for option in learned.options:
        wanted.set_text(option)
    task = TASKS.get(learned.task)
    able = formats(candidate.fields, candidate.options)
    try:
        config = task.settle(wanted.build("task", task.Config), [name], candidate.options)
        found = recognize([name], candidate.fields, able)
        return task.fields(config) == candidate.fields and found == candidate.reader.config.name
    except DataError:
        return False
