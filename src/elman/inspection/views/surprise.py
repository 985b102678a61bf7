"""What each token of a text costs a language model."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.decoding.choice import check_numbers
from elman.evaluation.looked import visible
from elman.inspection.language_view import LanguageView
from elman.inspection.layers_view import DRAWN, SOME, own_examples
from elman.inspection.numbers import brief
from elman.inspection.views.base import Panel, Seen
from elman.pages.colored_tokens import colored_tokens
from elman.text.folding import aligned
from elman.text.printed import counted

_MOST_BITS = 20.0
_MOST_ROWS = 60
_MANY_UNKNOWN = 0.05


class SurpriseView(LanguageView):
    """How many bits each token of a line costs after those before it, its rank, and what was likelier.

        surprise(x_t) = -log2 p(x_t | x_1 .. x_{t-1});    rank(x_t) = 1 + how many tokens are likelier

    The bits of a line are those of `elman score`, the end of the line included. Colors end at 20 bits.
    """

    title = "Surprise"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what each line costs.

        Raises:
            TrainingError: what the model predicts are no numbers.
        """
        task: Any = self.model.offering("score")
        stepper, tokens = self.model.model.stepper(), task.tokens  # type: ignore[attr-defined]
        for line in lines:
            ids, _ = tokens.lines([line])
            yield _seen(line, ids, stepper, tokens)

    def some(self) -> Iterator[Seen]:
        """Yield what two lines of the run's own data cost."""
        return self.look([one.fields["text"] for one in own_examples(self.model, self.files, SOME)])


def _seen(line: str, ids: np.ndarray, stepper: Any, tokens: Any) -> Seen:
    """Return what a line costs."""
    state, before, rows = stepper.begin(np.arange(1)), stepper.start, []
    unknown = tokens.vocabulary.unknown_id
    for number in ids.tolist():
        log_probs, state = stepper.advance(np.array([before]), state)
        check_numbers(log_probs)
        nats, best = -float(log_probs[0, number]), int(log_probs[0].argmax())
        rows.append(
            {
                "token": visible(tokens.shown(number)),
                "nats": nats,
                "bits": nats / np.log(2),
                "rank": 1 + int((log_probs[0] > log_probs[0, number]).sum()),
                "unknown": number == unknown,
                "likeliest": visible(tokens.shown(best)),
                "probability": float(np.exp(log_probs[0, best])),
            }
        )
        before = number
    total = sum(row["bits"] for row in rows)
    facts = {"line": line, "bits": total, "tokens": rows, "vocabulary": len(tokens)}
    names, bits = [row["token"] for row in rows[:DRAWN]], [row["bits"] for row in rows[:DRAWN]]
    label = f"bits, -log2 p; {_MOST_BITS:g} and more are one color"
    panel = Panel(
        f"Surprise: {brief(total)} bits", lambda: colored_tokens(names, bits, min(_MOST_BITS, max(bits)), label)
    )
    return Seen(_text(rows), facts, verdict=_verdict(rows, total, len(tokens)), panels=[panel])


def _verdict(rows: Sequence[dict[str, Any]], total: float, size: int) -> str:
    """Return what a line costs, where, and what to do about it."""
    mean, most = total / len(rows), sorted(rows, key=lambda row: -row["bits"])
    tenth = most[: max(1, len(rows) // 10)]
    share = sum(row["bits"] for row in tenth) / total if total else 0.0
    where = ", ".join(f"{row['token']} {row['bits']:.1f}" for row in most[:3])
    found = [
        f"{brief(total)} bits for {counted(len(rows), 'tokens')}, {mean:.2f} each (perplexity {brief(2**mean)}). "
        f"{counted(len(tenth), 'tokens')} of them {'has' if len(tenth) == 1 else 'have'} {share:.0%} of it; "
        f"the dearest: {where}."
    ]
    if mean > np.log2(size):
        found.append(f"Guessing among {size:,} tokens costs less, {np.log2(size):.2f}: it is other text, or untrained.")
    unknown = sum(row["unknown"] for row in rows)
    if unknown:
        found.append(
            f"{counted(unknown, 'tokens')} unknown: what they cost is the cost of <unk>, not of the word."
            + (" Train with --level bpe." if unknown > _MANY_UNKNOWN * len(rows) else "")
        )
    return " ".join(found)


def _text(rows: Sequence[dict[str, Any]]) -> str:
    """Return a line for each token, of a long text for the dearest."""
    shown = list(rows)
    note = []
    if len(rows) > _MOST_ROWS:
        places = sorted(sorted(range(len(rows)), key=lambda at: -rows[at]["bits"])[:_MOST_ROWS])
        shown = [rows[at] for at in places]
        note = [f"the dearest {_MOST_ROWS} of {len(rows):,} tokens; --format json has all"]
    table = [["token", "bits", "nats", "rank", "likeliest", "its p"]]
    for row in shown:
        token = f"{row['token']} (unknown)" if row["unknown"] else row["token"]
        cells = [_digits(row["bits"]), _digits(row["nats"]), f"{row['rank']:,}", row["likeliest"]]
        table.append(
            [token, *cells, f"{row['probability']:.2f}" if row["probability"] >= 0.005 else brief(row["probability"])]
        )
    return "\n".join([*note, *aligned(table)])


def _digits(value: float) -> str:
    """Return a number with two digits behind the point, or three in all where these would be 0."""
    return f"{value:.2f}" if value >= 0.005 else f"{value:.3g}"
