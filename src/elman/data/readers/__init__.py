"""Readers, one file format a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from elman.data.columns import is_usual, whole_lines
from elman.data.delimiters import likely_delimiters
from elman.data.fields import Field, Kind, names_of
from elman.data.json_records import first_record
from elman.data.layout import has_sentences
from elman.data.measurements import refuse_measured
from elman.data.readers.base import Reader
from elman.data.sources import expand, head, is_there, matches, refuse_what_is_no_text
from elman.data.stretch import parted
from elman.errors import DataError
from elman.registry import Registry

READERS: Registry[Reader] = Registry("elman.data.readers", "Reader", "reader")

_SHOWN = 5


def formats(fields: Sequence[Field], options: Mapping[str, Any] | None = None) -> list[str]:
    """Return the formats that can hold the fields of a task; with options, those that have them all, and the name."""
    asked = options or {}
    names = [str(asked["name"])] if "name" in asked else READERS.names()
    able = ((name, READERS.get(name)) for name in names)
    return [name for name, kind in able if kind.gives(fields) and asked.keys() <= kind.Config.model_fields.keys()]


def likeness(name: str, fields: Sequence[Field], able: Sequence[str]) -> dict[str, int]:
    """Return how much a file looks like each of some formats: see `Reader.recognizes`.

    Args:
        name: of the file, or a glob, of which the first file counts.
        fields: what the task needs.
        able: the formats.
    """
    path = parted(next(iter(matches(name)), Path(name)))[0]
    beginning = "" if is_there(path) and path.is_dir() else head(path)
    return {one: READERS.get(one).recognizes(path, beginning, names_of(fields)) for one in able}


def recognize(names: Sequence[str], fields: Sequence[Field], able: Sequence[str]) -> str:
    """Return the format that some files look like: the first of them, or what only all together can be.

    Args:
        names: what the user named.
        fields: what the task needs.
        able: the formats to choose from.

    Raises:
        DataError: the first is not there, empty or no text, or looks like none of them; the message lists those that
            would do. Or it has a tag for each word, and what is wanted is a label for each text.
    """
    if "," not in names[0]:
        expand([str(parted(names[0])[0])], folders=None)
    first, sure = parted(names[0])[0], likeness(names[0], fields, able)
    paths = [path for name in names for path in matches(parted(name)[0])]
    for name in able:
        sure[name] = max(sure[name], READERS.get(name).recognizes_together(paths, names_of(fields)))
    best = max(able, key=lambda name: sure[name])
    _refuse_tagged(first, fields, best if sure[best] else "")
    _refuse_labelled(first, fields, best)
    if not sure[best]:
        refuse_measured(first, names_of(fields))
        if is_there(first) and first.is_file() and not first.stat().st_size:
            raise DataError(f"{first}: the file is empty. Give it some text.")
        refuse_what_is_no_text(paths[:1])
        wanted = ", ".join(names_of(fields))
        both = " Of two files side by side, name both: source,target with a comma between." * ("target" in wanted)
        raise DataError(
            f"{first}: looks like none of the formats that hold {wanted}: {', '.join(able)}. Name the one that it is "
            f"with --set reader.name=NAME; elman describe NAME shows it.{both}"
        )
    return best


def _refuse_tagged(path: Path, fields: Sequence[Field], best: str) -> None:
    """Refuse words with their tags where texts with a label are wanted: each line would be a text.

    Raises:
        DataError: the file is so.
    """
    kinds = {field.kind for field in fields}
    if Kind.TEXT not in kinds or not kinds & {Kind.LABEL, Kind.LABELS} or not is_there(path) or not path.is_file():
        return
    beginning, tagged = head(path), (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))
    if not has_sentences(beginning):
        return
    conllu = READERS.get("conllu").recognizes(path, beginning, names_of(tagged)) > 1
    otherwise = f"; or, if each line is a text, --set reader.name={best}" if best else ""
    raise DataError(
        f"{path}: looks like {'conllu' if conllu else 'conll'} (a word and its tag a line, an empty line after each "
        "sentence): got a tag for each word, expected a label for each text. Train tag? elman train tag "
        f"{path}{otherwise}."
    )


def _refuse_labelled(path: Path, fields: Sequence[Field], best: str) -> None:
    """Refuse texts with a label each where words with their tags are wanted, and lines seem to be words.

    Raises:
        DataError: the file is so.
    """
    if Kind.TAGS not in {field.kind for field in fields} or best != "conll" or not is_there(path):
        return
    beginning, wanted = head(path) if path.is_file() else "", ("text", "labels")
    record = first_record(beginning)
    lines = whole_lines(beginning)[:1]
    fits = likely_delimiters(lines, wanted)
    names = list(record) if isinstance(record, dict) else lines[0].split(fits[0].delimiter) if fits else []
    if "\n\n" in beginning or not all(any(is_usual(field, name) for name in names) for field in wanted):
        return
    raise DataError(
        f"{path}: looks like {'jsonl' if isinstance(record, dict) else 'table'} ({', '.join(names[:_SHOWN])}): got a "
        f"label for each text, expected a tag for each word. Train classify? elman train classify {path}; or, if each "
        f"line is a word with its tag, --set reader.name={best}."
    )
