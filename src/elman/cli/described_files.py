"""What a data file holds: sentences with their tags, texts or pairs with their labels, series, or running text."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from elman.cli.descriptions import table
from elman.config import Settings
from elman.data.columns import whole_lines
from elman.data.fields import Field, Kind, names_of
from elman.data.layout import columns, share_of_rows
from elman.data.readers import READERS, formats
from elman.data.readers.base import Reader
from elman.data.sources import head, read_blocks
from elman.errors import ConfigError, DataError
from elman.text.blanks import between_blanks
from elman.text.cutting import looks_tokenized

_LABELS = Field("labels", Kind.LABELS)
_FIELDS = (
    (Field("words", Kind.WORDS), Field("tags", Kind.TAGS)),
    (Field("text", Kind.TEXT), _LABELS),
    (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("label", Kind.LABEL)),
    (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("score", Kind.NUMBER)),
    (Field("frames", Kind.FRAMES), _LABELS),
)
_LOOKED_AT = 100
_SURE = 2


class _Candidate(NamedTuple):
    """A format that a file may have, with the fields that it would give."""

    sure: int
    reader: Reader


def describe_file(path: Path, given: Sequence[str] = ()) -> list[str]:
    """Return what a file holds.

    Args:
        path: the file.
        given: options of the reader, such as `reader.delimiter=";"`.

    Raises:
        ConfigError: something else than an option of a reader is given, or none has it.
        DataError: the file looks like a format, but cannot be read in it.
    """
    refused: list[DataError] = []
    for candidate in _candidates(path, _settings(given)):
        try:
            trial = type(candidate.reader)(candidate.reader.config, candidate.reader.fields)
            list(islice(trial.read([path]), _LOOKED_AT))
        except DataError as error:
            refused.append(error)
            continue
        return describe_examples(path, candidate.reader)
    if refused:
        raise refused[0]
    return describe_text(path)


def describe_examples(path: Path, reader: Reader) -> list[str]:
    """Return how many examples a file has, how long they are, how often each tag or label occurs, what was guessed."""
    fields = reader.fields
    lengths: Counter[int] = Counter()
    answers: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for example in reader.read([path]):
        *texts, answer = (example.fields[field] for field in fields)
        if fields[0] == "frames":
            found = list(texts[0])
        else:
            found = [word for text in texts for word in (text.split() if isinstance(text, str) else text)]
            words.update(found)
        lengths[len(found)] += 1
        answers.update([answer] if isinstance(answer, str) else answer or ["(none)"])
    total = sum(answers.values())
    common = ", ".join(f"{answer} {count / total:.1%}" for answer, count in answers.most_common(12))
    things = "words" if words else "frames"
    whole = sum(length * count for length, count in lengths.items())
    rows = {
        "format": f"{reader.config.name}: {', '.join(fields)}",
        "examples": f"{sum(lengths.values()):,}",
        things: f"{whole:,}, {len(words):,} different, {_once(words):,} of them once" if words else f"{whole:,}",
        f"{things} an example": f"median {_median(lengths)}, longest {max(lengths):,}",
        fields[-1]: f"{len(answers):,} different: {common}{' ...' if len(answers) > 12 else ''}",
    }
    if reader.skipped:
        rows["passed over"] = ", ".join(f"{count:,} {what}" for what, count in reader.skipped.items())
    return [*table(rows, str(path)), *(f"  {remark}" for remark in reader.remarks)]


def _settings(given: Sequence[str]) -> Settings:
    settings = Settings()
    for assignment in given:
        if not assignment.strip().startswith("reader."):
            raise ConfigError(f"--set {assignment}: expected an option of the reader, such as reader.delimiter=';'.")
        settings.set_text(assignment)
    return settings


def _candidates(path: Path, settings: Settings) -> list[_Candidate]:
    """Return the formats that a file looks like, the likeliest first; with a name that is given, only that."""
    beginning = "" if path.is_dir() else head(path)
    named, options = settings.get("reader.name"), settings.get("reader", {})
    found = []
    for fields in _FIELDS:
        for name in [str(named)] if named else formats(fields):
            kind = READERS.get(name)
            if not kind.gives(fields) or not options.keys() <= kind.Config.model_fields.keys():
                continue
            sure = 3 if named else kind.recognizes(path, beginning, names_of(fields))
            if name == "conll" and not named:
                sure = 4 if _is_tagged(beginning) else min(sure, 1)
            if sure < _SURE:
                continue
            built = Settings({"reader": {**options, "name": name}}).build("reader", kind.Config)
            found.append(_Candidate(sure, kind(built, names_of(fields))))
    if named and not found:
        READERS.get(str(named))
        raise ConfigError(f"--set reader.name={named}: holds nothing that can be described, or lacks an option.")
    return sorted(found, key=lambda one: -one.sure)


def _is_tagged(beginning: str) -> bool:
    """Say whether lines are words with their tags: they end in tags, or sentences are apart and no cell has a blank."""
    lines = whole_lines(beginning)
    share, width, tagged = share_of_rows(lines)
    if width < 2 or share < 0.5:
        return False
    cells = [cell for line in lines for cell in columns(line)]
    return tagged > 0.5 or (share == 1 and "\n\n" in beginning and not any(" " in cell for cell in cells))


def describe_text(path: Path, encoding: str = "utf-8") -> list[str]:
    """Return what a text file holds: lines, lengths, characters, words."""
    lines = characters = longest = 0
    words: Counter[str] = Counter()
    alphabet: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    tokenized = False
    for number, text in read_blocks(path, encoding):
        tokenized = looks_tokenized(text) if number == 1 else tokenized
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
        "frequent": " ".join(word for word, _ in words.most_common(12)),
        "level": "word: punctuation stands apart" if tokenized else "character: running text",
    }
    return table(rows, str(path))


def _median(lengths: Counter[int]) -> int:
    half, seen = sum(lengths.values()) / 2, 0
    for length in sorted(lengths):
        seen += lengths[length]
        if seen >= half:
            return length
    return 0


def _once(words: Counter[str]) -> int:
    return sum(count == 1 for count in words.values())
