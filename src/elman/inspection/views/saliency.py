"""Which places of an input an answer hangs on, measured in several ways that need not agree."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Example
from elman.errors import DataError
from elman.inspection.attribution import integrated
from elman.inspection.layers_view import AskedView, drawn
from elman.inspection.numbers import brief, listed
from elman.inspection.reading import Reading
from elman.inspection.scalars import Asked, asked, score
from elman.inspection.views.base import Panel, Seen
from elman.pages.colored_tokens import colored_tokens
from elman.text.folding import aligned

_MOST_LEFT_OUT = 80
_AT_ONCE = 50
"""Readings side by side."""


class SaliencyView(AskedView):
    """How much log p of a word, tag or label hangs on each place that was read.

        gradient      ‖∂S/∂e_t‖                              e_t is the vector of place t
        product       e_t · ∂S/∂e_t                          signed
        zeroed        S(x) - S(x with e_t = 0)
        removed       S(x) - S(x without place t)
        integrated    (e_t - 0) · ∫₀¹ ∂S(α e)/∂e_t dα        sums to S(x) - S(0); the gap is told

    S is log p in nats, of `--for WORD` at `--at T`; a forecast is also asked about one of its numbers. Zero vectors are
    the baseline: what the model says to them is told too, and other baselines give other maps. An attribution is of a
    place, not of a word that stands there twice.
    """

    title = "Saliency"
    takes = ("at", "word")

    def seen(self, example: Example) -> Seen:
        """Return what the answer hangs on."""
        reading = self.subject.read(example, learns=True)
        place = self.place(reading, answers=True)
        wanted = asked(self.subject, example, reading, place, self.options.word)
        value = score(self.subject, reading.hidden, wanted)[0]
        gradients = torch.autograd.grad(value, list(reading.inputs), allow_unused=True)
        facts: dict[str, Any] = {"score": wanted.said, wanted.unit: float(value.detach()), "texts": []}
        texts, panels, said = [], [], []
        for text, read in enumerate(reading.inputs):
            gradient = torch.zeros_like(read) if gradients[text] is None else gradients[text]
            found, told = self._text(example, reading, wanted, text, gradient.detach())
            facts["texts"].append({**{name: listed(one) for name, one in found.items()}, **told})
            places = list(reading.places[text]) if len(reading.places[text]) == read.shape[1] else told["places"]
            shown = drawn(self._last(example, reading, text, wanted))
            few = {name: one[shown] for name, one in found.items()}
            texts.append(_table(places[shown], few) + (f"\nand {shown.start:,} places before" if shown.start else ""))
            panels += _panels(places[shown], few, wanted)
            which = self.subject.texts[text] if len(reading.inputs) > 1 else ""
            said.append(_said(places, found, told, wanted, which))
        head = f"S = {wanted.said}: {wanted.shown(float(value.detach()))}"
        return Seen("\n\n".join([head, *texts]), facts, verdict=" ".join(said), panels=panels)

    def _text(
        self, example: Example, reading: Reading, wanted: Asked, text: int, gradient: Tensor
    ) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the numbers of each place of a text, by method, and what to know of them."""
        read = reading.inputs[text].detach()
        steps = read.shape[1]

        def of(vectors: Tensor) -> Tensor:
            """Return S of rows of vectors, (N, T, I)."""
            given = [vectors if at == text else one.detach().expand(len(vectors), -1, -1)
                     for at, one in enumerate(reading.inputs)]  # fmt: skip
            return score(self.subject, self.subject.again(example, given), wanted)

        path = integrated(of, read[0], torch.zeros_like(read[0]))
        found = {
            "gradient": gradient[0].norm(dim=-1).numpy(),
            "product": (read[0] * gradient[0]).sum(-1).numpy(),
            "zeroed": _zeroed(of, read, path.score, self._last(example, reading, text, wanted)),
            "removed": self._removed(example, reading, wanted, text, path.score),
            "integrated": path.parts.detach().sum(-1).numpy(),
        }
        told = {"places": [str(step + 1) for step in range(steps)] if len(reading.places[text]) != steps
                else list(reading.places[text]), f"{wanted.unit} of zero vectors": path.baseline,
                "gap": path.gap, "nodes": path.nodes}  # fmt: skip
        return found, told

    def _last(self, example: Example, reading: Reading, text: int, wanted: Asked) -> int:
        """Return the last place of a text that is read before the answer that is asked about is made."""
        later = self._of_answers(reading, text) and self.subject.true(example) is not None
        return wanted.place if later else reading.inputs[text].shape[1] - 1

    def _of_answers(self, reading: Reading, text: int) -> bool:
        """Say whether answers stand at the places of a text."""
        return text == self.subject.text % len(reading.places)

    def _removed(self, example: Example, reading: Reading, wanted: Asked, text: int, whole: float) -> np.ndarray:
        """Return what leaving out each place changes; NaN where it cannot be left out."""
        steps = len(reading.places[text])
        found = np.full(reading.inputs[text].shape[1], np.nan)
        if steps != len(found) or steps > _MOST_LEFT_OUT:
            return found
        once, begun = reading.hidden.values.shape[1] == 1, self.subject.true(example) is not None
        of_answers = self._of_answers(reading, text)
        left: dict[int, Example] = {}
        for place in range(steps):
            if begun and of_answers and place == 0:
                continue  # the start of a text is no token of it
            if not once and of_answers and place == wanted.place and not begun:
                continue  # a tag stands at the very place
            with suppress(DataError):
                one = self.subject.without(example, text, place)
                left |= {place: one} if self.subject.places(one)[text] else {}
        if not left:
            return found
        places = np.array(list(left))
        with torch.no_grad():
            hidden = self.subject.hidden(self.subject.batch(*left.values()))
            moved = (places <= wanted.place) & (of_answers and not once)
            for shift in (0, 1):
                at = wanted._replace(place=max(wanted.place - shift, 0))
                if (moved == shift).any():
                    scores = score(self.subject, hidden, at).numpy()
                    found[places[moved == shift]] = whole - scores[moved == shift]
        return found


def _zeroed(of: Callable[[Tensor], Tensor], read: Tensor, whole: float, last: int) -> np.ndarray:
    """Return what a zero vector at each place changes; NaN at places that are not drawn, as each is a reading more."""
    found = np.full(read.shape[1], np.nan)
    with torch.no_grad():
        for places in torch.split(torch.arange(len(found))[drawn(last)], _AT_ONCE):
            without = read.expand(len(places), -1, -1).clone()
            without[torch.arange(len(places)), places] = 0
            found[places.numpy()] = (whole - of(without)).numpy()
    return found


def _table(places: list[str], found: dict[str, np.ndarray]) -> str:
    rows = [["place", *found]]
    for at, place in enumerate(places):
        rows.append([place, *(brief(float(one[at])) for one in found.values())])
    return "\n".join(aligned(rows))


def _panels(places: list[str], found: dict[str, np.ndarray], wanted: Asked) -> list[Panel]:
    panels = []
    for method in ("integrated", "zeroed", "gradient"):
        one = found[method]
        most = float(np.nanmax(np.abs(one))) if len(one) and np.isfinite(one).any() else 1.0
        signed = method != "gradient"
        label = f"{method}, {wanted.unit} of {wanted.what}" if signed else f"gradient norm of {wanted.what}"
        panels.append(
            Panel(
                f"What {wanted.name} hangs on: {method}",
                lambda o=one, m=most, s=signed, t=label: colored_tokens(places, o.tolist(), m or 1.0, t, s),  # type: ignore[misc]
            )
        )
    return panels


def _said(places: list[str], found: dict[str, np.ndarray], told: dict[str, Any], wanted: Asked, which: str = "") -> str:
    """Return what of a text speaks for the answer, what against it, and whether the ways of measuring agree."""
    one = found["integrated"]
    order = np.argsort(-one)
    for_, against = [at for at in order[:3] if one[at] > 0], [at for at in order[::-1][:2] if one[at] < 0]
    of_text = f" in {which}" if which else ""
    parts = [f"For {wanted.name}{of_text}: {', '.join(f'{places[at]} {one[at]:+.2f}' for at in for_) or 'nothing'}"]
    if against:
        parts.append(f"against it: {', '.join(f'{places[at]} {one[at]:+.2f}' for at in against)}")
    text = f"{'; '.join(parts)} {wanted.unit} (integrated gradients, gap {brief(told['gap'])})."
    if abs(told["gap"]) > max(0.01, 0.05 * float(np.abs(one).sum())):
        others = "zeroed" if np.isnan(found["removed"]).all() else "zeroed and removed"
        text += f" The gap is large: S jumps on the way from zero vectors, go by {others}."
    if len(one) > 2:
        ranks = [np.argsort(np.argsort(-np.abs(values))) for values in (one, found["zeroed"])]
        if ranks[0].argmin() != ranks[1].argmin():
            text += f" Zeroing says that {places[int(ranks[1].argmin())]} counts most: the ways do not agree."
    return text
