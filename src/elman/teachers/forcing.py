"""Teacher forcing: the decoder reads the right tokens."""

from elman.data.records import Padded
from elman.moment import Moment
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
        found = pupil.along(target, moment.noise if moment else None)
        loss = pupil.head.loss(Padded(found.hidden, target.lengths), target, moment, weights, found.given)
        if found.weights is None:
            return loss, {}
        looked = (found.weights, pupil.memory.mask, target.real)  # type: ignore[attr-defined]
        return loss, {name: one.penalty(*looked) for name, one in pupil.owed.items()}
