"""Teacher forcing: the decoder reads the right tokens."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor

from elman.data.records import Padded
from elman.heads.base import NOTHING
from elman.layers.copying import Copied, followed, places
from elman.layers.dropout import dropout
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.moment import Moment, Noise
from elman.teachers.base import Owed, Pupil, Teacher


class ForcingTeacher(Teacher):
    """The decoder reads each right token, whatever it would have written.

        J = -Σ_i log p(t_i | t_1 .. t_{i-1}, source)

    All inputs are known before, so that whole targets run at once. What it reads when it writes by itself is its own,
    with mistakes that it never saw: the others mend that.

    Source: Williams & Zipser (1989), A learning algorithm for continually running fully recurrent neural networks,
    Neural Computation 1(2).
    """

    follows = True

    def loss(self, pupil: Pupil, target: Padded, moment: Moment | None, weights: Padded | None) -> Owed:
        """Return the loss of each token after the right ones before it."""
        led_along = led(pupil, target, moment.noise if moment else None)
        loss = pupil.head.loss(led_along.hidden, target, moment, weights, led_along.given)
        if pupil.coverage is None or led_along.weights is None:
            return loss, {}
        return loss, {"coverage": pupil.coverage.penalty(led_along.weights, target.real)}


class Led(NamedTuple):
    """What a decoder gives along given targets.

    Args:
        hidden: what the head sees at each token, (B, U, H).
        given: what else it reads.
        weights: where the decoder looked, (B, U, T); None where nobody asks for it.
    """

    hidden: Padded
    given: Mapping[str, Any]
    weights: Tensor | None = None


def led(pupil: Pupil, target: Padded, noise: Noise | None) -> Led:
    """Return what a decoder gives that reads the right token before each.

    Args:
        pupil: who reads.
        target: (B, U), ends included.
        noise: of a training step.
    """
    ids = target.values.roll(1, 1)
    ids[:, 0] = pupil.start
    packing = Packing(len(ids), ids.shape[1], target.lengths)
    rows = pupil.read(packing.pack(ids), noise)
    step = pupil.step.under(noise, packing)
    state = step.initial_state(len(ids), pupil.memory)
    if pupil.copies is None and pupil.coverage is None:
        outputs = unroll(step, rows, packing, state, pupil.memory).outputs
        hidden = packing.unpack(dropout(outputs, pupil.dropout, noise))
        summed = pupil.places is not None
        given = {"places": pupil.places.places(hidden, pupil.memory, pupil.monotone)} if summed else NOTHING
        return Led(Padded(hidden, target.lengths), given)
    made = followed(step, rows, packing, pupil.memory, state)
    given = NOTHING
    seen = Padded(dropout(made.outputs, pupil.dropout, noise), target.lengths)
    if pupil.copies is not None:
        given = {"copied": Copied.of(made.weights, made.context, packing.unpack(rows), places(pupil.copies))}
    return Led(seen, given, made.weights)
