"""Teacher forcing: the decoder reads the right tokens."""

from collections.abc import Mapping
from typing import Any

from elman.data.records import Padded
from elman.heads.base import NOTHING, LossSum
from elman.layers.copying import followed, places
from elman.layers.dropout import dropout
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.moment import Moment, Noise
from elman.teachers.base import Pupil, Teacher


class ForcingTeacher(Teacher):
    """The decoder reads each right token, whatever it would have written.

        J = -Σ_i log p(t_i | t_1 .. t_{i-1}, source)

    All inputs are known before, so that whole targets run at once. What it reads when it writes by itself is its own,
    with mistakes that it never saw: the others mend that.

    Source: Williams & Zipser (1989), A learning algorithm for continually running fully recurrent neural networks,
    Neural Computation 1(2).
    """

    copies = True

    def loss(self, pupil: Pupil, target: Padded, moment: Moment | None, weights: Padded | None) -> LossSum:
        """Return the loss of each token after the right ones before it."""
        hidden, given = led(pupil, target, moment.noise if moment else None)
        return pupil.head.loss(hidden, target, moment, weights, given)


def led(pupil: Pupil, target: Padded, noise: Noise | None) -> tuple[Padded, Mapping[str, Any]]:
    """Return what the head sees at each token of a target after the right ones before it, and what else it reads.

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
    if pupil.copies is None:
        outputs = unroll(step, rows, packing, state, pupil.memory).outputs
        return Padded(packing.unpack(dropout(outputs, pupil.dropout, noise)), target.lengths), NOTHING
    found, _, copied = followed(step, rows, packing, pupil.memory, state, places(pupil.copies))
    return Padded(dropout(found, pupil.dropout, noise), target.lengths), {"copied": copied}
