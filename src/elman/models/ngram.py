"""n-gram language models, with every smoothing that people compare with."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import Field, field_validator

from elman.config import Config as Options
from elman.config import check_table
from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch
from elman.data.store import TokenStore
from elman.errors import CheckpointError, DataError
from elman.models.base import Fitted, Fitting, Model
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
        smoothing: str = Field("modified_kneser_ney", description="`elman describe smoothings` lists them.")
        smoothing_options: dict[str, Any] = Field({}, description="Options of the smoothing, such as {delta = 0.1}.")
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

        @field_validator("smoothing")
        @classmethod
        def _known_smoothing(cls, smoothing: str) -> str:
            SMOOTHINGS.get(smoothing)
            return smoothing

        @field_validator("smoothing_options")
        @classmethod
        def _options_of_the_smoothing(cls, options: dict[str, Any], info: Any) -> dict[str, Any]:
            if "smoothing" in info.data:
                check_table(SMOOTHINGS.get(info.data["smoothing"]).Config, options)
            return options

    reads = (("tokens",),)
    predicts = ("next_token",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        self._vocabulary = len(tokens_of(reads, "tokens"))
        self.model = BackoffModel([])

    def fit(self, source: TokenStore, fitting: Fitting) -> None:
        """Count the n-grams and smooth them."""
        limited = self.config.memory and self._needs(len(source)) > parse_size(self.config.memory)
        work = Workspace(fitting.folder, on_disk=bool(limited))
        if not 0 < len(source) < 2**32 - 1:
            raise DataError(f"the training text: {len(source):,} tokens, expected 1 to {2**32 - 2:,} for n-grams.")
        line_end = None if self.config.across_lines else source.line_end
        levels = count(source.ids, self._vocabulary, self.config.order, line_end, work, fitting.threads)
        smoothing = SMOOTHINGS.get(self.config.smoothing)
        options: Options = smoothing.Config(**self.config.smoothing_options)
        stays = chosen(levels, self.config.prune) if any(self.config.prune) else None
        model = estimate(levels, smoothing(options), work, stays, fitting.threads)
        self.model = model if stays is None else prune(model, stays)

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

    def initial_state(self, batch_size: int) -> np.ndarray:
        """Return the state before any token."""
        return np.zeros(batch_size, np.int64)

    def nll(self, batch: Batch, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return -log p of each target, and the state after the inputs."""
        inputs, targets = batch.fields["tokens"].values, batch.fields["next_token"].values
        rows, length = targets.shape
        # A row is its first input and its targets; the last of them is not yet read.
        words = np.concatenate([inputs[:, :1], targets[:, :-1]], axis=1)
        ends = np.arange(1, rows + 1)
        most = self.model.read(words.reshape(-1), ends * length, state)
        last = self.model.read(targets[:, -1], ends, most.states)
        log_probs = np.concatenate([most.log_probs.reshape(rows, length)[:, 1:], last.log_probs[:, None]], axis=1)
        return -log_probs, most.states

    def read_sequences(self, words: np.ndarray, ends: np.ndarray, start_id: int) -> tuple[np.ndarray, np.ndarray]:
        """Return log p (nats) of each word of many sequences, and the order of the n-gram that gave it."""
        start = self.model.read(np.array([start_id]), np.array([1]), self.initial_state(1)).states
        steps = self.model.read(words, ends, np.repeat(start, len(ends)))
        return steps.log_probs, steps.orders

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        state = self.model.step(state, ids).states
        return np.stack([self.model.distribution(one) for one in state.tolist()]), state

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        return state[rows]


_NOTHING = {
    "words": np.empty(0, np.uint32),
    "links": np.empty(0, np.uint32),
    "log_probs": np.empty(0, np.float32),
    "backoffs": np.empty(0, np.float32),
    "starts": np.empty(0, np.uint32),
}
