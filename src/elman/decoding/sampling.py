"""Drawing sequences token by token."""

from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np

from elman.decoding.choice import NOTHING_BANNED, Banned, Choice
from elman.decoding.stepper import Stepper, behind_start
from elman.randomness import BLOCK, uniforms

_AT_ONCE = 16


def sample(
    stepper: Stepper, prompt: np.ndarray, choice: Choice, seed: int, banned: Banned = NOTHING_BANNED
) -> Iterator[int]:
    """Yield tokens of one row without end: each is drawn, then read by the model as its next input.

    Args:
        stepper: the model.
        prompt: ids to read first, at least one.
        choice: how a token is chosen.
        seed: the draw at place t depends on (seed, t) alone.
        banned: tokens that are never drawn, such as `<unk>`.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    state = stepper.begin(np.zeros(1, np.int64))
    state = stepper.read(prompt[None], None, state).state
    ids = prompt[-1:]
    for block in count():
        # As many at a time as one generator makes, of which a few are used at a time: whoever stops has drawn no more.
        for draws in uniforms(seed, "sample", BLOCK, block * BLOCK).reshape(-1, 1, _AT_ONCE):
            found, state = stepper.draw(ids, state, choice, draws, banned)
            yield from found[0].tolist()
            ids = found[:, -1]


def samples(
    stepper: Stepper,
    inputs: np.ndarray,
    choice: Choice,
    seeds: Sequence[int],
    most: np.ndarray,
    banned: Banned = NOTHING_BANNED,
    prefixes: Sequence[np.ndarray] = (),
) -> list[list[int]]:
    """Return a drawn sequence for each row, up to its end, which is not part of it: the whole of `samples_in_order`."""
    return list(samples_in_order(stepper, inputs, choice, seeds, most, banned, prefixes))


def samples_in_order(
    stepper: Stepper,
    inputs: np.ndarray,
    choice: Choice,
    seeds: Sequence[int],
    most: np.ndarray,
    banned: Banned = NOTHING_BANNED,
    prefixes: Sequence[np.ndarray] = (),
) -> Iterator[list[int]]:
    """Yield a drawn sequence for each row, up to its end, which is not part of it, once it and those before have ended.

    What a row gets depends on its input, its prefix and its seed, not on the rows beside it; rows that are done leave.

    Args:
        stepper: the model.
        inputs: the input of each row, (R,).
        choice: how a token is chosen.
        seeds: of each row.
        most: how many tokens a row may have, (R,).
        banned: tokens that are never drawn in any row.
        prefixes: tokens that stand before the sequence of each row, of which they are no part; left out for none.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    written: dict[int, list[int]] = {row: [] for row in range(len(inputs))}
    rows, state = np.arange(len(inputs)), stepper.begin(inputs)
    ids, place = np.full(len(inputs), stepper.start, np.int64), 0
    if len(prefixes):
        given, lengths = behind_start(stepper.start, prefixes)
        state, ids = stepper.read(given, lengths, state).state, given[rows, lengths - 1]
    while True:
        going = np.flatnonzero((most[rows] > place) & (ids != stepper.end if place else True))
        rows, ids = rows[going], ids[going]
        for row in range(min(written, default=0), int(rows.min(initial=len(inputs)))):
            yield written.pop(row)
        if not len(rows):
            return
        draws = np.stack([uniforms(seeds[row], "sample", 1, place) for row in rows.tolist()])
        found, state = stepper.draw(ids, stepper.select(state, going), choice, draws, banned)
        ids, place = found[:, 0], place + 1
        for row, token in zip(rows.tolist(), ids.tolist(), strict=True):
            if token != stepper.end:
                written[row].append(token)
