"""Units of a language model that follow what one can name, and a text in the colors of one of them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch

from elman.cells.base import Cell, Step
from elman.data.records import Example, Padded
from elman.errors import ConfigError, did_you_mean
from elman.evaluation.looked import visible
from elman.inference.predictor import Predictor
from elman.inspection.following import Followed, best_units
from elman.inspection.layers_view import DRAWN, LayersView, own_examples
from elman.inspection.nameable import nameable
from elman.inspection.numbers import brief, listed
from elman.inspection.recording import stacks_of
from elman.inspection.views.base import Panel, Seen
from elman.inspection.views.states import checked
from elman.layers.watching import Watch, Watched, every_letter, watching
from elman.pages.colored_tokens import colored_tokens
from elman.text.folding import aligned

_READ, _LINES = 20_000, 2_000
"""Tokens that are read at most, and lines of the run's own data that they are taken from."""
_STRETCHES, _LONG, _WARM_UP = 16, 500, 50
_LEAST = 400
"""Tokens below which a correlation on a half says nothing."""
_COLORED, _HIGHEST, _BEFORE = 3, 5, 12


class _Units(NamedTuple):
    """What the units of one layer held after each token, (T, N)."""

    layer: str
    letter: str
    values: np.ndarray


class NeuronsView(LayersView):
    """Units that follow brackets, quotes, the place in a line or a word, capitals and other things that one can name.

        r = correlation of c (h where there is no c) of a unit with a thing, over the tokens of a text

    For each thing the unit with the largest |r| on the first half of the text is taken, of all layers or of --layer,
    and r on the other half is told beside it: the best of a thousand units always looks good where it was chosen. `by
    chance` is the largest |r| of that half when the text is shifted against the unit; a unit follows a thing where it
    has more. All lines that are given are one text, of which 20,000 tokens are read, in stretches of 500 or more that
    begin at a line where no bracket and no quote is open; the first 50 tokens of each do not count. With --unit one
    unit is shown (of --layer, or of the last); all colors of a picture have one scale. It says what goes along with a
    unit, not what the network uses it for.

    Source: Karpathy et al. (2015), Visualizing and understanding recurrent networks, arXiv:1506.02078, section 4.2.
    """

    title = "Neurons"
    takes = ("layer", "letter", "unit")

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: layers, or a running text that they read."""
        lack = super().lacks(model)
        if not lack and not hasattr(model.task, "tokens"):
            return f"{model.model.title} reads no running text; what its units hold is shown by the view states."
        return lack

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what is seen of all lines as one text.

        Raises:
            ElmanError: there is no such layer, letter or unit.
        """
        yield self.seen(Example({"text": "\n".join(lines)}))

    def some(self) -> Iterator[Seen]:
        """Yield what is seen of the beginning of the run's own data."""
        lines = (one.fields["text"] for one in own_examples(self.model, self.files, _LINES))
        return self.look(list(islice(lines, _LINES)))

    def seen(self, example: Example) -> Seen:
        """Return which units follow what, and a text in their colors."""
        subject: Any = self.subject  # of tokens: `lacks` lets nothing else by
        ids = np.concatenate([[subject.tokens.start_id], subject.ids(example)])[:_READ]
        shown = (subject.tokens.shown(one) for one in ids.tolist())
        tokens = ["\n" if one == subject.tokens.tokenizer.newline else one for one in shown]
        things, unit = nameable(tokens), self.options.unit
        layers, counted = self._read(ids, things)
        chosen = layers[-1]
        every = [] if len(ids) < _LEAST else _found(layers, things, counted)
        if unit is not None:
            followed = _of_unit(chosen, checked(unit, chosen.values.shape[1]), things, counted, len(ids) >= _LEAST)
            colored = [(chosen, unit, "")]
        else:
            followed = every
            sure = [(layer, one.unit, one.name) for layer, one in every if one.follows][:_COLORED]
            moves = int(chosen.values.std(0).argmax()), "the one that moves most"
            colored = sure or [(chosen, *moves)]
        panels, drawn = _panels(visible_all(tokens), things, colored)
        rows = [[layer.layer, str(one.unit), one.name, *_numbers(one)] for layer, one in followed]
        heads = ["layer", "unit", "follows", "r, where chosen", "r, other half", "by chance"]
        table = aligned([heads, *rows]) if rows else []
        text = "\n".join([*table, *(_highest(layer, number, tokens) for layer, number, _ in colored)])
        facts = {
            "tokens": len(ids), "letter": chosen.letter, "things": list(things),
            "units": [_facts(layer.layer, one) for layer, one in followed], "colored": drawn,
        }  # fmt: skip
        return Seen(text, facts, verdict=_said(followed, layers, len(ids), unit), panels=panels)

    def _read(self, ids: np.ndarray, things: Mapping[str, np.ndarray]) -> tuple[list[_Units], np.ndarray]:
        """Return what the units held after each token, and which tokens count."""
        starts = _starts(len(ids), things)
        lengths = np.diff([*starts, len(ids)])
        # The end of the text stands behind stretches that are shorter than the longest; nobody looks at it there.
        beyond = np.pad(ids, (0, lengths.max()), mode="edge")
        rows = beyond[np.asarray(starts)[:, None] + np.arange(lengths.max())]
        tokens = Padded(torch.from_numpy(rows.astype(np.int64)))
        found: list[_Units] = []
        network = self.subject.network
        with torch.no_grad(), watching(stacks_of(network), lambda name: _Kept(self.options.letter, lengths, found)):
            network.layers.run(tokens, network.layers.initial_state(len(starts)))
        since = np.arange(len(ids)) - np.repeat(starts, lengths)
        counts, layers = since >= (_WARM_UP if len(starts) > 1 else 0), found
        if self.options.layer is not None:
            if not 1 <= self.options.layer <= len(layers):
                raise ConfigError(f"--layer: got {self.options.layer}, expected 1 to {len(layers)}.")
            layers = [layers[self.options.layer - 1]]
        return layers, counts


class _Kept(Watch):
    """Keeps one letter of all steps.

    Args:
        letter: which; None takes c, or h where there is no c.
        lengths: of the stretches that are read side by side.
        found: where it goes.
    """

    def __init__(self, letter: str | None, lengths: np.ndarray, found: list[_Units]) -> None:
        self._letter = letter
        self._lengths = lengths
        self._found = found

    def letters(self, cell: Cell, step: Step, rows: torch.Tensor, before: Any) -> Sequence[str]:
        """Return the letter.

        Raises:
            ConfigError: the cell has no such letter.
        """
        known = every_letter(step, rows, before)
        letter = self._letter or ("c" if "c" in cell.state_sizes else "h")
        if letter not in known:
            raise ConfigError(
                f"--letter: got {letter!r}. {did_you_mean(letter, known)} Those are of {type(cell).__name__}."
            )
        return [letter]

    def see(self, watched: Watched) -> None:
        """Keep it, stretch behind stretch."""
        ((letter, steps),) = watched.kept.items()
        values = torch.stack(steps, 1).float().numpy()
        whole = np.concatenate([row[:length] for row, length in zip(values, self._lengths, strict=True)])
        name = f"layer {int(watched.layer.rpartition('.')[2]) + 1}"
        self._found.append(_Units(name, letter, whole))


def _starts(count: int, things: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return where stretches begin: at line ends where nothing is open, since nothing before them is remembered."""
    nothing = np.zeros(count)
    closed = (things.get("depth of brackets", nothing) == 0) & (things.get("inside quotes", nothing) == 0)
    places = np.flatnonzero(closed & (things.get("end of the line", nothing) == 1))
    starts = [0]
    for start in places.tolist():
        if start - starts[-1] >= max(_LONG, count // _STRETCHES) and count - start >= _LONG:
            starts.append(start)
    return np.array(starts)


def visible_all(tokens: Sequence[str]) -> list[str]:
    """Return tokens with their blanks and line ends as marks."""
    return [visible(one) for one in tokens]


def _found(
    layers: Sequence[_Units], things: Mapping[str, np.ndarray], counts: np.ndarray
) -> list[tuple[_Units, Followed]]:
    """Return for each thing the best unit of all layers."""
    best = best_units(
        np.concatenate([one.values for one in layers], 1)[counts], {n: v[counts] for n, v in things.items()}
    )
    ends = np.cumsum([one.values.shape[1] for one in layers])
    found = []
    for one in best:
        at = int(np.searchsorted(ends, one.unit, side="right"))
        found.append((layers[at], one._replace(unit=one.unit - int(ends[at - 1] if at else 0))))
    return found


def _of_unit(
    layer: _Units, unit: int, things: Mapping[str, np.ndarray], counts: np.ndarray, enough: bool
) -> list[tuple[_Units, Followed]]:
    """Return how one unit goes with each thing; nothing of a text that is too short to tell."""
    if not enough:
        return []
    alone = layer.values[counts][:, [unit]]
    found = best_units(alone, {name: values[counts] for name, values in things.items()})
    return [(layer, one._replace(unit=unit)) for one in found]


def _numbers(one: Followed) -> list[str]:
    return [f"{one.found:+.2f}", f"{one.tested:+.2f}", f"{one.by_chance:.2f}"]


def _facts(layer: str, one: Followed) -> dict[str, Any]:
    return {"layer": layer, **one._asdict(), "follows": one.follows}


def _panels(
    places: Sequence[str], things: Mapping[str, np.ndarray], colored: Sequence[tuple[_Units, int, str]]
) -> tuple[list[Panel], list[dict[str, Any]]]:
    """Return a text in the colors of each unit, where what it follows changes most, and these numbers."""
    parts = []
    for layer, unit, name in colored:
        start = _liveliest(things[name] if name in things else layer.values[:, unit])
        parts.append((layer, unit, name, start, layer.values[start : start + DRAWN, unit]))
    most = max((float(np.abs(part[-1]).max(initial=0.0)) for part in parts), default=0.0) or 1.0
    panels, facts = [], []
    for layer, unit, name, start, values in parts:
        shown = list(places[start : start + DRAWN])
        title = f"{layer.layer}, unit {unit}{f': {name}' if name else ''}, from token {start + 1} on"
        label = f"{layer.letter} of {layer.layer}, unit {unit}{f', {name}' if name else ''}"
        panels.append(Panel(title, _drawing(shown, values.tolist(), most, label)))
        facts.append({"layer": layer.layer, "unit": unit, "from": start + 1, "places": shown, "values": listed(values)})
    return panels, facts


def _drawing(places: Sequence[str], values: Sequence[float], most: float, label: str) -> Any:
    return lambda: colored_tokens(places, values, most, label, signed=True)


def _liveliest(values: np.ndarray) -> int:
    """Return where the stretch of a drawn length begins, in the half that tests, over which numbers change most."""
    half = len(values) // 2 if len(values) > 2 * DRAWN else 0
    starts = range(half, max(half + 1, len(values) - DRAWN + 1), DRAWN // 4)
    return max(starts, key=lambda start: float(values[start : start + DRAWN].std()))


def _highest(layer: _Units, unit: int, tokens: Sequence[str]) -> str:
    """Return the tokens after which a unit is highest, each with what stands before it."""
    order = np.argsort(-layer.values[:, unit], kind="stable")[:_HIGHEST].tolist()
    joint = "" if all(len(one) == 1 for one in tokens[1:]) else " "
    shown = [joint.join(visible_all(tokens[max(0, at - _BEFORE) : at + 1])) for at in order]
    values = ", ".join(
        f"{brief(float(layer.values[at, unit]))} after {one}" for at, one in zip(order, shown, strict=True)
    )
    return f"{layer.layer}, unit {unit}, {layer.letter} is highest: {values}"


def _said(followed: Sequence[tuple[_Units, Followed]], layers: Sequence[_Units], count: int, unit: int | None) -> str:
    """Return what is followed, and how sure that is."""
    units = sum(one.values.shape[1] for one in layers)
    if count < _LEAST:
        return (
            f"{count:,} tokens are too few to say what a unit follows: the best of {units:,} would be chance. Give "
            f"{_LEAST:,} or more, such as --file book.txt."
        )
    sure = [(layer.layer, one) for layer, one in followed if one.follows]
    if unit is not None:
        own = ", ".join(f"{one.name} (r {one.tested:+.2f})" for _, one in sure[:_COLORED])
        return f"unit {unit} follows {own or 'nothing of what is asked here more than by chance'}."
    if not sure:
        return f"no unit of {units:,} follows anything of what is asked here more than by chance."
    few = (f"unit {one.unit} of {layer} follows {one.name} (r {one.tested:+.2f})" for layer, one in sure[:_COLORED])
    told = "; ".join(few)
    more = f", and {len(sure) - _COLORED} more" if len(sure) > _COLORED else ""
    return (
        f"of {units:,} units, on the half that was not used to choose, {told}{more}. These go along with the units; "
        "what the network uses them for is not shown."
    )
