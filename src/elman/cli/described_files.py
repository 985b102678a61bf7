"""What data files hold: sentences with their tags, texts or pairs with their labels, series, or running text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from elman.checks import findings, refusal
from elman.cli.described_folder import by_ending, described_folder
from elman.cli.descriptions import table
from elman.config import Settings
from elman.data.fields import names_of
from elman.data.labels import answered
from elman.data.measurements import Measurements
from elman.data.media import MediaReader
from elman.data.mixed import MixedReader
from elman.data.parts import Parts
from elman.data.readers import READERS, formats
from elman.data.records import Example
from elman.data.running import RunningText
from elman.data.summary import Words, beside_text, beside_training, missing_numbers, of_examples, of_text
from elman.data.unknown import unknown_word_share
from elman.errors import ConfigError, DataError
from elman.runs.learned import SERIES, TEXT_AND_LABELS
from elman.runs.likely import Candidate, candidates, likely, meanings
from elman.runs.unnamed import columns_meant
from elman.tasks.base.cutting import CutText
from elman.tasks.base.framing import Tally, frames_of_files
from elman.text.folding import filled
from elman.text.printed import counted

_SURE = 2
_WRITTEN, _MADE = ("frames", "text"), {"to write by hand": "handwriting", "to draw": "strokes"}
_OFTEN = 10
"""How often texts occur, on average, that may be labels."""

_OF_RUNS = ("config.toml", "metrics.jsonl", "vocabulary")


class Described(NamedTuple):
    """What there is to print of files.

    Args:
        lines: a table for each.
        findings: what is suspicious about them, a sentence each.
    """

    lines: list[str]
    findings: list[str]


def describe_files(names: Sequence[str], valid: Sequence[str] = (), given: Sequence[str] = ()) -> Described:
    """Return what files hold, what learns from them, and what is suspicious about them.

    Args:
        names: of training files, all like the first.
        valid: of validation files, which are held against them.
        given: options of the reader, such as `reader.delimiter=";"`.

    Raises:
        ConfigError: something else than an option of a reader is given, or none has it.
        DataError: a file looks like a format, but cannot be read in it.
    """
    settings = _settings(given)
    named = settings.get("reader.name")
    if named and not candidates(Path(names[0]), settings):
        READERS.get(str(named))
        raise ConfigError(f"--set reader.name={named}: holds nothing that can be described, or lacks an option.")
    if not named and len(names) == 1 and Path(names[0]).is_dir() and (kinds := by_ending(Path(names[0]))):
        return Described(described_folder(Path(names[0]), kinds), [])
    found, encoding = likely(names[0], settings), str(settings.get("reader.encoding", "utf-8"))
    if found.candidate:
        return _examples(found.candidate, names, valid)
    if found.numbers:
        return Described(_numbers(found.numbers, names[0], encoding, found.refused), [])
    if found.refused:
        broken = _of_media(Path(names[0]), settings)
        if broken is None:
            raise columns_meant(Path(names[0]), encoding) or found.refused[0]
        return _examples(broken, names, valid)
    return _text(names, valid, encoding)


def is_folder_of_data(path: Path) -> bool:
    """Say whether a folder is one of data, of examples or of several kinds of files, and no run or a folder of some."""
    is_run = any((path / name).exists() for name in _OF_RUNS) or any(path.glob("*/config.toml"))
    able = ((READERS.get(name), fields) for fields in (TEXT_AND_LABELS, SERIES) for name in formats(fields))
    known = any(kind.recognizes(path, "", names_of(fields)) > _SURE for kind, fields in able)
    return not is_run and (known or bool(by_ending(path)))


def tell(found: Sequence[str], strict: bool, width: int | None = None) -> None:
    """Print findings, in lines of a width.

    Raises:
        DataError: there are some, and none is allowed.
    """
    if found and strict:
        raise refusal(found, "elman describe without --strict")
    if found:
        print("what to know about the data")
        for text in found:
            print("\n".join(filled([f"  {text}"], width)))


def _of_media(path: Path, settings: Settings) -> Candidate | None:
    """Return what a folder or a list of recordings is in which one cannot be read, which is told and passed over."""
    found = next((one for one in candidates(path, settings) if isinstance(one.reader, MediaReader)), None)
    if found is None or not isinstance(found.reader, MediaReader) or path.name.lower().endswith(found.reader.endings):
        return None
    found.reader.passes_broken = True
    return found


def _examples(candidate: Candidate, names: Sequence[str], valid: Sequence[str]) -> Described:
    """Describe files of examples."""
    reader = MixedReader(candidate.reader, candidate.fields)
    lines, parts = [], Parts(candidate.fields, names_of(candidate.fields[: max(1, len(candidate.fields) - 1)]), [])
    read: list[list[Example]] = [[], []]
    for part, some in enumerate((names, valid)):
        for name in some:
            reader.skipped.clear()
            reader.remarks.clear()
            paths = reader.find([name])
            tally = Tally()
            source = frames_of_files(reader, tally) if reader.fields[0] == "frames" else reader
            read_now = list(source.read(paths))
            several = any(len(one.fields.get("labels", ())) > 1 for one in (*read[0], *read_now))
            examples = answered(read_now, several, reader.skipped)
            read[part] += examples
            parts = Parts(parts.fields, parts.inputs, read[0], read[1])
            rows = {
                "format": f"{reader.config.name}: {', '.join(reader.fields)}",
                **_columns(candidate.reader.called),
                **tally.rows,
                **of_examples(examples, parts.fields, source.channels),
            }
            if part:
                rows |= beside_training(Parts(parts.fields, parts.inputs, read[0], examples))
            if reader.skipped:
                rows["passed over"] = ", ".join(counted(count, what) for what, count in reader.skipped.items())
            if not part:
                rows |= {"train": candidate.command([name]), **_also(candidate, name, examples, tally.is_pen)}
            notes = [] if part else candidate.notes
            lines += [*table(rows, name), *(f"  {remark}" for remark in (*notes, *reader.remarks))]
    return Described(lines, findings(replace(parts, unknown=unknown_word_share(parts))))


def _columns(called: Mapping[str, str]) -> dict[str, str]:
    """Return which columns are read, where they have other names than what they hold."""
    others = {field: name for field, name in called.items() if name != field}
    return {"columns": ", ".join(f"{field} {name!r}" for field, name in others.items())} if others else {}


def _also(candidate: Candidate, name: str, examples: Sequence[Example], is_pen: bool) -> dict[str, str]:
    """Return what else learns from recordings with a text each: of pens, and where texts are few, of labels."""
    rows: dict[str, str] = {}
    if names_of(candidate.fields) != _WRITTEN:
        return rows
    if is_pen:
        rows = {made: candidate.command([name], task) for made, task in _MADE.items()}
    texts, key = {one.fields["text"] for one in examples}, candidate.reader.called.get("text")
    if key is not None and len(texts) > 1 and len(texts) * _OFTEN <= len(examples):
        labelled = candidate._replace(options={**candidate.options, "name": candidate.reader.config.name, "label": key})
        rows["to tell apart"] = labelled.command([name], "classify")
    return rows


def _numbers(seen: Measurements, name: str, encoding: str, refused: Sequence[DataError]) -> list[str]:
    """Describe a table of numbers that nothing can be learned from as it is."""
    if seen.named:  # what was seen is the beginning
        seen = seen._replace(missing=missing_numbers(Path(name), seen.numbers, encoding))
    rows = {"format": "table of numbers", "numbers": ", ".join(seen.numbers)}
    for what, names in (("clock", seen.clocks), ("others", seen.others)):
        rows |= {what: ", ".join(names)} if names else {}
    if seen.missing:
        rows["missing"] = ", ".join(f"{column} {count:,}" for column, count in seen.missing.items())
    ahead = "no column has labels: what can be learned is what comes next, and this is in the way:"
    return [*table(rows, name), f"  {ahead} {refused[0]}" if refused else f"  {seen.advice(name)}"]


def _text(names: Sequence[str], valid: Sequence[str], encoding: str) -> Described:
    """Describe files of running text."""
    reader = READERS.get("text")(READERS.get("text").Config(name="text", encoding=encoding))
    train, checked = reader.find(names), reader.find(valid)
    text = RunningText(lambda: reader.read(train), lambda: reader.read(checked))
    lines, known = [], Words()
    for path in train:
        rows, words = of_text(reader.read([path]))
        known.update(words)
        alone = {} if len(train) > 1 else meanings(names)
        lines += table({**rows, **alone}, str(path))
        lines += [f"  {remark}" for remark in _of_lines(reader.read([path]))]
    if len(train) > 1:
        lines += table(meanings([str(path) for path in train]), f"these {len(train)} files")
    for path in checked:
        rows, words = of_text(reader.read([path]))
        rows |= beside_text(RunningText(text.train, lambda path=path: reader.read([path])), known, words)  # type: ignore[misc]
        lines += table(rows, str(path))
    return Described(lines, findings(text))


def _of_lines(blocks: Iterable[Example]) -> list[str]:
    """Return what a training would say of the lines of a text: whether each may be a text of its own."""
    said: list[str] = []
    CutText(name="lm", level="character").settled(blocks, said.append)
    return said


def _settings(given: Sequence[str]) -> Settings:
    settings = Settings()
    for assignment in given:
        if not assignment.strip().startswith("reader."):
            raise ConfigError(f"--set {assignment}: expected an option of the reader, such as reader.delimiter=';'.")
        settings.set_text(assignment)
    return settings
