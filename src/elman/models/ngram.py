"""n-gram language models, with every smoothing that people compare with."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field, field_validator

from elman.config import Config as Options
from elman.config import name_among, options_among
from elman.data.outlines import Outline, tokens_of
from elman.data.store import TokenStore
from elman.decoding.stepper import Read, Stepper
from elman.errors import CheckpointError, ConfigError, DataError
from elman.models.base import Fitted, Fitting, Model, check_names
from elman.ngram.backoff import BackoffModel, Order
from elman.ngram.counts import count
from elman.ngram.estimate import estimate
from elman.ngram.pruning import chosen, prune
from elman.ngram.smoothing import SMOOTHINGS
from elman.ngram.workspace import Workspace, parse_size


class Ngram(Fitted):
    """The next token from the n - 1 before it.

    Args:
        config: order, smoothing.
        reads: `tokens`, V of them.
        answers: `next_token`.

    Source: Chen & Goodman (1998), An empirical study of smoothing techniques for language modeling; Heafield et al.
    (2013), Scalable modified Kneser-Ney language model estimation, ACL, for what the numbers have to equal.
    """

    class Config(Model.Config):
        """Options of the n-gram model."""

        name: str = "ngram"
        order: int = Field(5, ge=1, le=64, description="n, tokens of the longest n-gram.")
        smoothing: Annotated[str, name_among(SMOOTHINGS)] = Field(
            "modified_kneser_ney", description="`elman describe smoothings` lists them."
        )
        smoothing_options: Annotated[dict[str, Any], options_among(SMOOTHINGS, "smoothing")] = Field(
            {}, description="Options of the smoothing, such as {delta = 0.1}."
        )
        across_lines: bool = Field(False, description="Let n-grams reach over the end of a line.")
        prune: list[int] = Field(
            [], description="Leave out n-grams that occur at most so often, by order; the last number goes on."
        )
        memory: str = Field(
            "", description="Work in files where counting needs more than so much, such as 300M; left out, in memory."
        )
        imported: bool = Field(False, description="Whether the probabilities come from an ARPA file.")

        @field_validator("memory")
        @classmethod
        def _is_a_size(cls, memory: str) -> str:
            if memory:
                parse_size(memory)
            return memory

        @field_validator("prune")
        @classmethod
        def _rising(cls, prune: list[int]) -> list[int]:
            if any(count < 0 for count in prune) or prune != sorted(prune) or prune[:1] not in ([], [0]):
                raise ValueError(f"got {prune}, expected 0 for single tokens and then numbers that never fall.")
            return prune

    reads = (("tokens",),)
    predicts = ("next_token",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        tokens = tokens_of(reads, "tokens")
        self._vocabulary, self._start = len(tokens), tokens.marks.get("start", 0)
        self.model = BackoffModel([])

    def fit(self, source: TokenStore, fitting: Fitting) -> None:
        """Count the n-grams and smooth them.

        Raises:
            ConfigError: n-grams over the ends of lines that are texts of their own.
            DataError: no text, or too much.
        """
        if self.config.across_lines and source.ends is not None:
            raise ConfigError(
                "model.across_lines: got true, but each line is a text of its own (task.lines = true). Leave one out."
            )
        limited = self.config.memory and self._needs(len(source)) > parse_size(self.config.memory)
        work = Workspace(fitting.folder, on_disk=bool(limited))
        if not 0 < len(source) < 2**32 - 1:
            raise DataError(f"the training text: {len(source):,} tokens, expected 1 to {2**32 - 2:,} for n-grams.")
        line_end = None if self.config.across_lines else source.line_end
        levels = count(source.ids, self._vocabulary, self.config.order, line_end, work, fitting.threads)
        smoothing = SMOOTHINGS.get(self.config.smoothing)
        options: Options = smoothing.Config(**self.config.smoothing_options)
        stays = chosen(levels, self.config.prune) if any(self.config.prune) else None
        model = estimate(levels, smoothing(options), work, stays, fitting.threads, fitting.tell)
        self.model = model if stays is None else prune(model, stays)

    def working(self, source: TokenStore) -> int:
        """Return what counting takes, or as much as it may take in memory."""
        needs = self._needs(len(source))
        return min(needs, parse_size(self.config.memory)) if self.config.memory else needs

    def _needs(self, tokens: int) -> int:
        """Return about how many bytes counting takes in memory: four numbers an n-gram, of each order."""
        return 24 * self.config.order * tokens

    def weights(self) -> dict[str, np.ndarray]:
        """Return the arrays of each order."""
        return {
            f"{k}.{name}": array
            for k, order in enumerate(self.model.orders, start=1)
            for name, array in order._asdict().items()
            if len(array) and (k, name) != (1, "words")
        }

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take the arrays of each order."""
        orders: list[Order] = []
        while f"{len(orders) + 1}.log_probs" in weights:
            orders.append(Order(*(weights.get(f"{len(orders) + 1}.{name}", _NOTHING[name]) for name in Order._fields)))
        if not orders or len(orders[0].log_probs) != self._vocabulary or len(orders) > self.config.order:
            raise CheckpointError(
                f"the n-gram model has not {self.config.order} orders over {self._vocabulary} tokens."
            )
        names = {f"{k}.{name}" for k in range(1, len(orders) + 1) for name in Order._fields} - {"1.words"}
        check_names(weights, names & weights.keys())
        orders[0] = orders[0]._replace(words=np.arange(self._vocabulary, dtype=np.uint32))
        for k, (order, below) in enumerate(zip(orders, [None, *orders[:-1]], strict=True), start=1):
            if not order.fits(below, orders[k] if k < len(orders) else None, self._vocabulary):
                raise CheckpointError(f"the arrays of order {k} of the n-gram model do not fit each other.")
        smoothing = SMOOTHINGS.get(self.config.smoothing)
        self.model = BackoffModel(orders, smoothing.below == "uniform")

    @property
    def title(self) -> str:
        """Order and smoothing."""
        kind = SMOOTHINGS.summary(self.config.smoothing).partition(":")[0]
        kind += "" if SMOOTHINGS.get(self.config.smoothing).normalized else " (no probabilities)"
        pruned = f", pruned {self.config.prune}" if any(self.config.prune) else ""
        return f"{self.config.order}-gram, {'imported' if self.config.imported else kind}{pruned}"

    def num_weights(self) -> int:
        """Return how many probabilities and backoff weights there are."""
        return sum(len(order.log_probs) + len(order.backoffs) for order in self.model.orders)

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token."""
        return _NgramStepper(self.model, self._start)


class _NgramStepper(Stepper):
    """An n-gram model as a stepper. A state is the longest n-gram of the text so far that the model has, (R,).

    Reading keeps the order of the n-gram that gave each probability, `orders`, if it is wanted.
    """

    def __init__(self, model: BackoffModel, start: int) -> None:
        self._model = model
        self.size, self.start = model.vocabulary, start

    def begin(self, inputs: np.ndarray) -> np.ndarray:
        """Return the state before any token."""
        return np.zeros(len(inputs), np.int64)

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        state = self._model.step(state, ids).states
        found = [self._model.distribution(one) for one in state.tolist()]
        return np.array(found).reshape(len(ids), self.size), state

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: np.ndarray, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first."""
        lengths = np.full(len(ids), ids.shape[1]) if lengths is None else lengths
        read = np.arange(ids.shape[1]) < lengths[:, None] - 1
        most = self._model.read(ids[read], np.cumsum(lengths - 1), state)
        rows = np.arange(len(ids))
        last = self._model.read(ids[rows, lengths - 1], rows + 1, most.states)
        found, orders = np.zeros(ids.shape), np.zeros(ids.shape, np.uint8)
        found[read], orders[read] = most.log_probs, most.orders
        found[rows, lengths - 1], orders[rows, lengths - 1] = last.log_probs, last.orders
        # The first token was there before: what it got is not asked for.
        return Read(-found[:, 1:], most.states, {"orders": orders[:, 1:]} if "orders" in keep else {})

    def nats_of(
        self, ids: np.ndarray, state: np.ndarray, rows: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row, and return -log p of some that may come next, without looking at the others."""
        state = self._model.read(ids, np.arange(1, len(ids) + 1), state).states
        return -self._model.read(wanted, np.arange(1, len(wanted) + 1), state[rows]).log_probs, state

    def read_lines(self, ids: np.ndarray, ends: np.ndarray) -> Read:
        """Read lines one behind the other: without padding, and as many at a time as memory has answers for."""
        behind_start = self._model.read(np.array([self.start]), np.array([1]), np.zeros(1, np.int64)).states
        found = self._model.read(ids, ends, np.repeat(behind_start, len(ends)))
        return Read(np.negative(found.log_probs, out=found.log_probs), found.states, {"orders": found.orders})


_NOTHING = {
    "words": np.empty(0, np.uint32),
    "links": np.empty(0, np.uint32),
    "log_probs": np.empty(0, np.float32),
    "backoffs": np.empty(0, np.float32),
    "starts": np.empty(0, np.uint32),
}
