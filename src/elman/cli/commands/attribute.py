"""elman attribute: which of several authors a text is likely by."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, note, to_json
from elman.cli.streams import width_of

if TYPE_CHECKING:
    from elman.comparison.attribution import Attributed, Attribution


def command(
    runs: list[Path] = typer.Argument(metavar="RUN RUN...", help="Language models, one an author."),
    on: list[str] = typer.Option(..., "--on", metavar="FILE", help="Files or globs, each a text."),
    words: int = typer.Option(500, "--words", help="Words of a passage: what is judged, and added up to a text."),
    passages: bool = typer.Option(False, "--passages", help="Show what each passage says too."),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Say which of several language models a text is likeliest by, and how sure that is.

    elman attribute runs/austen runs/melville --on letter.txt --words 200
    """
    from elman.comparison.attribution import attribute
    from elman.errors import ConfigError
    from elman.inference.loading import load_each

    for path in runs:
        if path.is_file():
            raise ConfigError(f"{path}: is a file, expected a run. Several texts: quote a glob, --on '*.txt', or "
                              "repeat --on.")  # fmt: skip
    models = load_each(runs, device, plugins)
    found = attribute(models, on, words)
    note(*dict.fromkeys(remark for model in models for remark in model.reader.remarks), *found.remarks)
    if json_:
        print(to_json(_as_json(found)))
        return
    _show(found, passages)


def _as_json(found: "Attribution") -> dict[str, object]:
    texts = [{**one._asdict(), "passages": [passage._asdict() for passage in one.passages]} for one in found.texts]
    known = None if found.known is None else {"passages": found.known[0], "right": found.known[1]}
    return {**found._asdict(), "known": known, "texts": texts}


def _show(found: "Attribution", passages: bool) -> None:
    from elman.text.folding import aligned, filled

    width = width_of(sys.stdout)
    if found.known is not None:
        count, right = found.known
        line = (
            f"{right:,} of {count:,} passages that were held out from training go to their author "
            f"({right / count:.0%}); passages of {found.tokens:,} tokens"
        )
        print("\n".join(filled([line], width)) + "\n")
    lacks = any(one.unknown for one in found.texts)
    bits = (f"{author} bits/char" for author in found.authors)
    headings = ("text", "words", *["unknown"][:lacks], "likeliest", "share", *bits)
    rows = [_row(one, lacks) for one in found.texts]
    print("\n".join(aligned([headings, *rows], width=width)))
    if passages:
        for one in found.texts:
            print()
            print("\n".join(aligned(_pieces(one, found.authors), width=width)))


def _row(text: "Attributed", lacks: bool) -> tuple[str, ...]:
    bits = (f"{one:.3f}" for one in text.bits_per_character)
    unknown = [f"{text.unknown:.1%}"][:lacks]
    return (text.file, f"{text.words:,}", *unknown, text.author or "-", _percent(text.share), *bits)


def _pieces(text: "Attributed", authors: list[str]) -> list[tuple[str, ...]]:
    """Return the table of the passages of a text: what each author has of each."""
    headings = (text.file, *authors)
    rows = []
    for one in text.passages:
        name = f"words {one.first:,} to {one.first + one.words - 1:,}"
        shares = [None] * len(authors) if one.shares is None else one.shares
        logs = max(one.log_probs_nats)
        shown = (
            f"{value - logs:,.1f} nats" if share is None else _percent(share)
            for value, share in zip(one.log_probs_nats, shares, strict=True)
        )
        rows.append((name, *shown))
    return [headings, *rows]


def _percent(share: float | None) -> str:
    if share is None:
        return "-"
    return "> 99.9%" if share > 0.999 else "< 0.1%" if share < 0.001 else f"{share:.1%}"
