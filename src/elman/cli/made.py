"""What elman generate makes that is no text: drawings of a pen, and music."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elman.cli.options import to_json

if TYPE_CHECKING:
    from elman.inference.playing import Piece
    from elman.inference.predictor import Predictor


def draw(model: "Predictor", wanted: dict[str, Any], out: Path | None, beside: str | None, json_: bool) -> None:
    """Write drawings to a file, or show them."""
    from elman.answers.sketched import sketched
    from elman.errors import ConfigError
    from elman.evaluation.drawings import path_of
    from elman.files.durable import write_file
    from elman.inference.drawing import drawings, some_of
    from elman.pages.drawings import drawings as picture

    if beside is not None and out is None:
        raise ConfigError("--beside: got a file, but no --out: only a picture has true drawings beside.")
    found = drawings(model, **wanted)
    if out is not None:
        true = [] if beside is None else some_of(model, beside, len(found))
        named = f"drawn, bias {wanted['bias']:g}"
        every = [("true", one) for one in true] + [(named, one) for one in found]
        rows = [(name, path_of(model.offering("drawings").seen(one))) for name, one in every]
        write_file(out, f"{picture(rows)}\n".encode())
        print(f"{len(found)} drawings: {out}", file=sys.stderr)
    for one in found:
        if json_:
            print(to_json({"points": [[round(float(dx), 3), round(float(dy), 3), int(up)] for dx, dy, up in one]}))
        elif out is None:
            print(f"{sketched(model.offering('drawings').seen(one))}\n")


def play(model: "Predictor", wanted: dict[str, Any], out: Path | None, tempo: int | None, json_: bool) -> None:
    """Write music to a file that can be heard, read or seen, or show it."""
    from elman.answers.rolled import rolled
    from elman.data.rolls import keys_of
    from elman.errors import ConfigError
    from elman.files.durable import write_file
    from elman.inference.playing import pieces
    from elman.text.printed import counted

    ending = out.suffix.lower() if out is not None else ""
    writes: Mapping[str, Callable[[list[Piece]], bytes]] = {
        ".json": _as_roll,
        ".mid": lambda found: _as_midi(found, tempo),
        ".svg": _as_picture,
    }
    if out is not None and ending not in writes:
        raise ConfigError(f"--out: {out}: music is written to {', '.join(writes)}. End it with one of them.")
    if tempo is not None and ending != ".mid":
        raise ConfigError("--tempo: only a MIDI file has one. Write it: --out music.mid.")
    found = pieces(model, **wanted)
    if out is not None:
        write_file(out, writes[ending](found))
        print(f"{counted(len(found), 'pieces')}: {out}", file=sys.stderr)
    for one in found:
        if json_:
            print(to_json({"given": one.given, "steps": keys_of(one.frames)}))
        elif out is None:
            print(f"{rolled(one.frames, one.given)}\n")


def _as_roll(found: "list[Piece]") -> bytes:
    """Return a file that the reader of piano rolls reads, where no part is named."""
    from elman.data.rolls import keys_of

    return f"{to_json({'train': [keys_of(one.frames) for one in found]})}\n".encode()


def _as_midi(found: "list[Piece]", tempo: int | None) -> bytes:
    from elman.data.midi import midi
    from elman.data.rolls import notes_of

    return midi([(len(one.frames), notes_of(one.frames)) for one in found], tempo or 120)


def _as_picture(found: "list[Piece]") -> bytes:
    from elman.data.rolls import keys_of
    from elman.pages.piano_roll import piano_roll
    from elman.pages.stacked import stacked

    pictures = []
    for number, one in enumerate(found, start=1):
        steps = enumerate(keys_of(one.frames), start=1)
        rows = [(step, key, step <= one.given, step > one.given) for step, keys in steps for key in keys]
        across = "step" if len(found) == 1 else f"step of piece {number}"
        pictures.append(piano_roll([across, "MIDI number of the key", "given" if one.given else "", "drawn"], rows))
    return f"{stacked(pictures)}\n".encode()
