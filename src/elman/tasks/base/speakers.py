"""Recordings with the voice of their speakers, for features that are computed of all that one says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from elman.data.holding_out import last_match
from elman.data.readers.base import Reader
from elman.data.recordings import recording_of
from elman.data.records import Example
from elman.data.sources import refuse_pipes
from elman.errors import DataError
from elman.features.base import Extraction
from elman.features.base.voices import Voices
from elman.text.printed import counted, listed

_SHOWN = 3


def with_voices(
    reader: Reader, paths: Sequence[Path], config: Any, settle: Callable[[Example], Extraction], nameless: bool = False
) -> Iterator[Example]:
    """Yield the examples of files that are read together, each recording with the voice of its speaker.

    Where features are of speakers, files are read twice: once to hear everybody.

    Args:
        reader: of the files.
        paths: as it finds them.
        config: the `[task]` section.
        settle: returns the features, from an example.
        nameless: whether a recording may be by itself, in whose path no speaker is named.

    Raises:
        DataError: no speaker is named, or a file cannot be read twice.
    """
    pattern = Extraction(config.features, config.feature_options).speaker if config.features else ""
    if not pattern:
        yield from reader.read(paths)
        return
    refuse_pipes(paths)
    before = reader.skipped.copy()
    heard: dict[str, Voices] = {}
    alone: list[str] = []
    for example in reader.read(paths):
        name = _speaker(example, pattern, nameless)
        if not name:
            alone.append(example.place)
        else:
            frames = settle(example).spoken(recording_of(example), example.where)
            heard.setdefault(name, Voices()).add(frames, example.where)
    if alone:
        some = counted(len(alone), "recordings")
        reader.remark(f"{some} without the name of a speaker, normalised alone: {listed(alone, _SHOWN)}")
    reader.skipped.clear()
    reader.skipped.update(before)
    for example in reader.read(paths):
        name = _speaker(example, pattern, nameless)
        voice = heard[name].voice if name else None
        recording = replace(recording_of(example), voice=voice)
        yield replace(example, fields={**example.fields, "frames": recording})


def _speaker(example: Example, pattern: str, nameless: bool) -> str:
    """Return the name of who speaks; empty where nobody is named.

    Raises:
        DataError: nobody is, and somebody has to be.
    """
    name = last_match(pattern, str(Path(example.where).absolute()))
    if not name and not nameless:
        raise DataError(
            f"{example.where}: task.feature_options.cmvn.speaker: nothing here is {pattern!r}, expected the name of a "
            "speaker in where each recording stands. Mend the expression."
        )
    return name or ""
