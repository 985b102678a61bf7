"""Imitation: what one mistake costs a clone, DAgger and SEARN, on a road and in sentences.

    python benchmarks/imitation.py

First what T steps cost on a road that bends one time in a hundred: exact; only what is learned from is drawn.
Then the share of right tags of taggers that hear their own last tags, on 200 sentences that nobody learned from.
"""

import argparse

import numpy as np

from elman.imitation import clone, dagger, expected_cost, searn
from elman.imitation.episodes import visited
from elman.imitation.policy import Oracle
from elman.imitation.tagging import Tagging
from elman.imitation.track import Track

STEPS = (10, 20, 50, 100, 200)
WORDS = 20


def on_the_road() -> None:
    print(f"{'T':>5}{'cloning':>12}{'DAgger':>9}{'cloning / T²':>15}{'DAgger / T':>13}")
    for steps in STEPS:
        track = Track(steps)
        cloned = expected_cost(track, clone(track))
        own = expected_cost(track, dagger(track, track, rounds=2))
        print(f"{steps:>5}{cloned:>12.4f}{own:>9.4f}{cloned / steps**2:>15.5f}{own / steps:>13.5f}")


def right(world: Tagging, policy) -> float:
    """Return the expected share of right tags, in percent."""
    return 100 * (1 - expected_cost(world, policy) / WORDS)


def of_taggers(seed: int) -> list[float]:
    """Return the shares of right tags: words alone, greedy among right histories and its own, DAgger, SEARN."""
    parts = [(count, WORDS, 10 * seed + part) for part, count in enumerate((40, 40, 200))]
    train, valid, test = (Tagging(*part) for part in parts)
    alone, alone_test = (Tagging(*part, history=0) for part in (parts[0], parts[2]))
    greedy = clone(train)
    states = visited(test, Oracle(test), 0, 0)
    told = 100 * np.mean([greedy.act(state, None) == test.right(state) for state in states])
    policies = (greedy, dagger(train, valid), searn(train))
    return [right(alone_test, clone(alone)), told, *(right(test, policy) for policy in policies)]


def in_sentences(seeds: int) -> None:
    names = ("words alone", "greedy, right history", "greedy", "DAgger", "SEARN")
    print("seed" + "".join(f"{name:>{len(name) + 3}}" for name in names))
    rows = [(str(seed), of_taggers(seed)) for seed in range(1, seeds + 1)]
    found = [values for _, values in rows]
    rows.append(("mean", list(np.mean(found, axis=0))))
    if seeds > 1:
        rows.append(("±", list(np.std(found, axis=0, ddof=1))))
    for what, values in rows:
        cells = (f"{value:>{len(name) + 3}.1f}" for name, value in zip(names, values, strict=True))
        print(f"{what:>4}" + "".join(cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    on_the_road()
    print()
    in_sentences(given.seeds)


if __name__ == "__main__":
    main()
