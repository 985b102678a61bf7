"""What the training of a network takes of memory, counted before its first step."""

import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from elman.data.batching import EvaluationStreams
from elman.data.records import Batch, Padded
from elman.data.store import TokenStore
from elman.evaluation.likelihood import CELLS, STREAMS
from elman.moment import Moment, Noise
from elman.native.memory import give_back
from elman.runs.configuration import TrainingConfig
from elman.training.averaging import copies_of
from elman.training.parts import add_gradients, split
from elman.training.room import REPORT, Need, Way, process, room

if TYPE_CHECKING:
    from elman.training.gradients import Gradients

WEIGHTS, BATCH, MORE, REST = "weights and optimizer", "a batch", "validation more", "data and torch itself"
_LATE = 10**9
"""An update at which all parts of a network take part, those too that begin late."""

_ASKED = 2 * 4096
"""Numbers of examples that are answered at once in validation."""

_TRIED, _LARGER = 16384, 4
"""Numbers of the largest batch that are computed first to see what each takes, and how much larger the next part is."""


class Alive(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of the tensors that are made within it, each storage once, for as long as it is there.

    `now` is what is there, `peak` the most that was there at once.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Have torch leave its compiler alone: to be told to pass this by, it would be imported, seconds of work."""
        return False

    def __init__(self, known: Sequence[Tensor] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.peak = 0
        self._sizes = {tensor.untyped_storage()._cdata: 0 for tensor in known}

    def __torch_dispatch__(
        self, function: Callable[..., Any], types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Make what is asked for, and count it."""
        found = function(*args, **(kwargs or {}))
        for one in tree_leaves(found):
            if isinstance(one, Tensor) and one.layout == torch.strided:
                self._count(one.untyped_storage())
        return found

    def _count(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._sizes:
            return
        self._sizes[key] = storage.nbytes()
        self.now += storage.nbytes()
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._gone, key).atexit = False

    def _gone(self, key: int) -> None:
        self.now -= self._sizes.pop(key, 0)


class Line(NamedTuple):
    """What a batch takes: `fixed` bytes and `each` for every place."""

    fixed: float
    each: float

    def at(self, places: int) -> int:
        """Return the bytes of a batch of so many places."""
        return math.ceil(self.fixed + self.each * places)


def places(batch: Batch) -> int:
    """Return how many numbers of rows a batch has, those of all fields together."""
    return sum(field.real for field in batch.fields.values())


def beginning(batch: Batch, most: int) -> Batch:
    """Return rows from all over a batch, cut where one alone is longer, of about so many places."""
    if places(batch) <= most:
        return batch
    wanted = max(1, batch.size * most // places(batch))
    found = batch.part(np.linspace(0, batch.size - 1, wanted).astype(np.int64))
    if places(found) <= 2 * most:
        return found
    share = most / places(found)
    return Batch(found.size, {name: _cut(one, share) for name, one in found.fields.items()}, found.tables)


def _cut(field: Padded, share: float) -> Padded:
    """Return the beginning of every row."""
    width = max(1, math.ceil(field.values.shape[1] * share))
    lengths = None if field.lengths is None else np.minimum(field.lengths, width)
    return Padded(field.values[:, :width], lengths)


def taken(learner: "Gradients", batch: Batch) -> int:
    """Return the bytes that tensors take at the peak of computing the gradient of a batch, the gradient included."""
    network, task = learner.network, learner.lesson.task
    state = network.initial_state(batch.size)
    late = lambda part: Moment(Noise(0, 0, part), _LATE, _LATE, learner.reward)  # noqa: E731
    parts = split(batch, state, 1, network.penalty_terms, late, network.initial_state)
    heads = {head: network.head_weights.get(head, 1.0) for head in task.heads(task.config)}
    learner.optimizer.zero_grad()
    with Alive(list(network.parameters())) as alive:
        add_gradients(network.loss, parts, heads)
        learner.optimizer.zero_grad()
    return alive.peak


def line_of(learner: "Gradients", batch: Batch, most: float) -> Line:
    """Return what a batch takes by its places: by all of it, or by the two largest parts of it that were tried.

    Parts grow fourfold as long as one takes less than half of what there is: what is largest in a small part, such as
    the words of the whole batch character by character, hides what grows.

    Args:
        learner: with its network.
        batch: the largest.
        most: bytes that there are for it.
    """
    tried = beginning(batch, _TRIED // 2)
    less, size = places(tried), taken(learner, tried)
    wanted, line = _TRIED, Line(0.0, size / max(1, less))
    while less < places(batch):
        tried = beginning(batch, wanted)
        more, (larger, stays) = places(tried), _grown(learner, tried)
        if more >= places(batch):
            return Line(0.0, larger / more)
        each = max(0.0, larger + stays - size) / max(1, more - less)
        line = Line(max(0.0, larger + stays - each * more), each)
        less, size, wanted = more, larger, wanted * _LARGER
        if 2 * line.at(min(wanted, places(batch))) > most:
            break
    return line


def _grown(learner: "Gradients", batch: Batch) -> tuple[int, int]:
    """Return what a batch takes while it is computed, and what compiled code keeps of that for its next call.

    The C library may not find a use for what is freed between small things that stay; no tensor holds that.
    """
    give_back()
    before = process().resident
    size = taken(learner, batch)
    grown = process().resident - before
    give_back()
    stays = max(0, process().resident - before)
    return max(size, grown - stays), stays


@torch.no_grad()
def validating(learner: "Gradients", batch: Batch) -> int:
    """Return the bytes that tensors take at the peak of a validation, whose batches are about as large everywhere."""
    network = learner.network
    tried = beginning(batch, _ASKED)
    with Alive(list(network.parameters())) as alive:
        network.asked(tried)
    running = isinstance(learner.lesson.data.valid, TokenStore)
    at_once = 2 * _read_at_once(learner) if running else _ASKED
    return Line(0.0, alive.peak / max(1, places(tried))).at(at_once)


def _read_at_once(learner: "Gradients") -> int:
    """Return how many tokens of the validation text are read at once."""
    lesson = learner.lesson
    text = lesson.data.valid.beginning(lesson.task.config.validation_tokens)
    if text.ends is not None:
        return min(CELLS, len(text))
    streams = EvaluationStreams(text, 0, STREAMS)
    return len(streams.places(0)) * streams.places(0).shape[1]


def need_of(learner: "Gradients", config: TrainingConfig, batches: Any) -> Need:
    """Return what a training takes at its peak.

        weights W, their gradient G, what the optimizer remembers of them;  a batch a + b N, N its places

    a and b come from the tensors that are made when the gradient of the largest batch is computed, or of parts of it.

    Raises:
        ConfigError: the weights alone are too many.
    """
    give_back()
    own = process()
    weights = sum(parameter.nbytes for parameter in learner.network.parameters())
    copies = 1 + (config.steps is None and config.epochs is None) + copies_of(config)
    kept = weights * copies + learner.optimizer.remembers()
    there = room(own)
    Need({WEIGHTS: kept + weights, REST: max(0, own.resident - weights)}).check(there)
    batch = batches[batches.largest]
    part = batch.part(np.array_split(np.arange(batch.size), min(config.parts, batch.size))[0])
    line = line_of(learner, part, 0 if there is None else there - kept - own.resident)
    size = line.at(places(part)) + 2 * _bytes(batch)
    give_back()
    more = max(0, validating(learner, batch) - size)
    rest = max(0, process().resident - weights) + REPORT  # what is loaded at the first use of it is there now
    return Need({WEIGHTS: kept, BATCH: size, MORE: more, REST: rest}, _ways(learner, batch), own.peak)


def _bytes(batch: Batch) -> int:
    return sum(one.values.nbytes for one in (*batch.fields.values(), *batch.tables.values()))


def _ways(learner: "Gradients", batch: Batch) -> list[Way]:
    """Return what makes a batch smaller, and the weights."""
    config = learner.lesson.config

    def smaller(option: str, now: int) -> Callable[[float], str]:
        return lambda share: f"{option}{math.floor(now * share)}" if now * share >= 1 else ""

    def parts(share: float) -> str:
        number = math.ceil(config.parts / share)
        return f"--set training.parts={number}" if number <= batch.size else ""

    width = max(field.values.shape[1] for field in batch.fields.values())
    ways = [Way(BATCH, smaller("--batch-size ", config.batch_size)), Way(BATCH, parts)]
    now = {"places": batch.size * width, "width": width}
    for option, bounded in learner.lesson.task.bounded.items():
        ways.append(Way(BATCH, smaller(f"--set task.{option}=", now[bounded])))
    return [*ways, Way(WEIGHTS, learner.network.config.narrower)]
