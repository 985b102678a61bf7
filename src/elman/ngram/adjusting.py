"""Learning what links count from the places of a text, stretch by stretch."""

from collections.abc import Callable

import numpy as np

from elman.ngram.adjustment import Adjustment, Events

_STRETCH = 10_000
_FIRST = 1.0


def learn(adjustment: Adjustment, events: Events, rate: float, passes: int, tell: Callable[[str], None]) -> None:
    """Learn θ from events by Adagrad, a stretch of them at a time.

        s <- s + g²;    θ <- θ - η g / √(1 + s),    g = ∂J/∂θ summed over the stretch

    Args:
        adjustment: whose θ changes.
        events: all of them.
        rate: η.
        passes: how often each is looked at.
        tell: says a sentence to the user.

    Source: Duchi, Hazan & Singer (2011), Adaptive subgradient methods for online learning, JMLR 12.
    """
    squares = np.full(len(adjustment.theta), _FIRST)
    for number in range(passes):
        nats = 0.0
        for start in range(0, len(events.features), _STRETCH):
            part = slice(start, start + _STRETCH)
            slopes = adjustment.slopes(events._replace(features=events.features[part], links=events.links[part]))
            gradient = np.zeros(len(adjustment.theta))
            adjustment.add_to(gradient, slopes)
            squares += gradient**2
            adjustment.theta -= rate * gradient / np.sqrt(squares)
            nats += slopes.nats
        perplexity = np.exp(nats / max(1, len(events.features)))
        tell(f"adjustment, pass {number + 1}: perplexity {perplexity:.1f} of the words that it learns from")
