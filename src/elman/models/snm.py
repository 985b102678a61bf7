"""The sparse non-negative matrix language model: skip-grams, weighed by what is learned on words kept apart."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from pydantic import Field

from elman.data.outlines import Outline, tokens_of
from elman.data.store import TokenStore
from elman.decoding.stepper import Read, Stepper
from elman.errors import CheckpointError, DataError
from elman.models.base import Fitted, Fitting, Model, check_names
from elman.ngram.adjusting import learn
from elman.ngram.adjustment import Adjustment, Events
from elman.ngram.features import NONE, Features, active, links_of, summed
from elman.ngram.skipgrams import NOTHING, Template, histories, templates
from elman.randomness import seed_of

_BLOCK = 1 << 18
"""Features whose links are weighed at a time."""
_SHARE, _STRETCH = 10, 1000
"""At most one in so many words is kept apart from counting, in stretches of so many."""


class Matrix(NamedTuple):
    """A sparse non-negative matrix: what each feature of a history says of each word.

    Args:
        keys: (F) of features, ascending within a template.
        begins: (K + 1) where the features of each template begin.
        starts: (F + 1) where the links of each feature begin.
        targets: (L) the word of each link, ascending within a feature.
        weights: (L) M, what the link adds to y of its word.
        uniform: (1) exp(A_0), which all words share.
    """

    keys: np.ndarray
    begins: np.ndarray
    starts: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    uniform: np.ndarray

    def fits(self, vocabulary: int, kinds: int) -> bool:
        """Say whether the arrays fit each other, and give every word a probability."""
        types = (np.uint64, np.int64, np.int64, np.uint32, np.float32, np.float64)
        right = all(array.dtype == kind and array.ndim == 1 for array, kind in zip(self, types, strict=True))
        right = right and len(self.begins) == kinds + 1 and len(self.uniform) == 1 and len(self.starts) > 0
        right = right and (self.begins[0], self.begins[-1], self.starts[0]) == (0, len(self.keys), 0)
        right = right and len(self.starts) == len(self.keys) + 1 and self.starts[-1] == len(self.targets)
        right = right and len(self.weights) == len(self.targets)
        right = right and bool((np.diff(self.begins) >= 0).all() and (np.diff(self.starts) > 0).all())
        right = right and bool((self.targets < vocabulary).all())
        return right and bool((self.weights >= 0).all() and np.isfinite(self.weights).all() and self.uniform[0] > 0)


class SparseNonNegativeMatrix(Fitted):
    """The next token from n-grams and skip-grams of those before it, each a row of a matrix of few numbers.

        M_ij = exp(A_ij) C_ij / C_i*;    y_j = Σ_{i active} M_ij + exp(A_0) / V;    p(j) = y_j / Σ_k y_k

    C counts how often word j followed feature i. A, the adjustment, is learned on stretches of the training text that
    are not counted: `elman.ngram.adjustment`. A feature is active or not, 0 or 1: each names words at places of its
    own, so no history has one twice. As with n-grams, none reaches over the end of a line.

    Args:
        config: which features, how A is learned.
        reads: `tokens`, V of them.
        answers: `next_token`.

    Source: Shazeer, Pelemans & Chelba (2015), Sparse non-negative matrix language modeling for skip-grams, Interspeech.
    """

    class Config(Model.Config):
        """Options of the sparse non-negative matrix model."""

        name: str = "snm"
        order: int = Field(5, ge=1, le=16, description="n, tokens of the longest n-gram.")
        skips: int = Field(3, ge=0, le=16, description="Tokens that skip-grams leave out, at most; 0: n-grams only.")
        skip_order: int = Field(3, ge=2, le=16, description="Tokens that skip-grams name, the next included, at most.")
        least: int = Field(1, ge=1, description="Leave out features that occur less often.")
        held_out: int = Field(
            200_000,
            ge=0,
            description="Tokens of the training text that A is learned on, in stretches; a tenth at most.",
        )
        passes: int = Field(2, ge=0, le=1000, description="How often each of them is looked at.")
        rate: float = Field(0.1, gt=0, description="η of Adagrad, which A is learned with.")
        cells: int = Field(1 << 20, ge=1, le=1 << 30, description="Numbers of θ, which A is made of, by hash.")

        @property
        def templates(self) -> list[Template]:
            """What features look at."""
            return templates(self.order, self.skips, self.skip_order)

    reads = (("tokens",),)
    predicts = ("next_token",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        tokens = tokens_of(reads, "tokens")
        self._vocabulary, self._start = len(tokens), tokens.marks.get("start", 0)
        nothing = np.zeros(len(config.templates) + 1, np.int64)
        self._take(
            Matrix(
                *(np.zeros(0, np.uint64), nothing, nothing[:1]),
                *(np.zeros(0, np.uint32), np.zeros(0, np.float32), np.ones(1)),
            )
        )

    def fit(self, source: TokenStore, fitting: Fitting) -> None:
        """Count features on most of the text, and learn on the rest how much they say.

        Raises:
            DataError: no text.
        """
        ids, config = np.asarray(source.ids), self.config
        if not len(ids):
            raise DataError("the training text: 0 tokens, expected 1 or more.")
        looks, apart = config.templates, _apart(len(ids), config.held_out)
        columns = histories(ids, source.line_end, _reach(looks))
        counted = np.delete(np.arange(len(ids)), apart)
        seen = [column[counted] for column in columns]
        features = Features.of(seen, ids[counted], looks, self._vocabulary, config.least, fitting.threads)
        fitting.tell(f"{len(features.keys):,} features with {len(features.targets):,} links to the words that followed")
        adjustment = Adjustment(features, self._vocabulary, config.cells)
        # In an order of its own: each of the steps sees stretches of all of the text.
        apart = np.random.default_rng(seed_of(fitting.seed, "events")).permutation(apart)
        held_out = active([column[apart] for column in columns], looks, features.keys, features.begins)
        del columns, seen, counted
        events = Events(held_out, links_of(held_out, ids[apart], features.starts, features.targets))
        learn(adjustment, events, config.rate, config.passes, fitting.tell)
        weights = np.empty(len(features.targets), np.float32)
        for first in range(0, len(features.keys), _BLOCK):
            chosen = np.arange(first, min(first + _BLOCK, len(features.keys)))
            weights[features.starts[chosen[0]] : features.starts[chosen[-1] + 1]] = adjustment.weights(chosen)
        uniform = np.exp(np.array([adjustment.uniform]))
        self._take(Matrix(features.keys, features.begins, features.starts, features.targets, weights, uniform))

    def working(self, source: TokenStore) -> int:
        """Return about what it takes: words before each place, two numbers to sort, what has been counted, θ."""
        looks = self.config.templates
        return len(source) * (4 * _reach(looks) + 32 + 12 * len(looks)) + 32 * self.config.cells

    def _take(self, matrix: Matrix) -> None:
        self.matrix = matrix
        # The last is of the feature that is not there, as is the last link.
        self._sums = np.append(summed(matrix.weights.astype(np.float64), matrix.starts), 0.0)

    def weights(self) -> dict[str, np.ndarray]:
        """Return the arrays of the matrix."""
        return self.matrix._asdict()

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take the arrays of the matrix."""
        check_names(weights, Matrix._fields)
        matrix = Matrix(**weights)
        if not matrix.fits(self._vocabulary, len(self.config.templates)):
            raise CheckpointError("the arrays of the sparse non-negative matrix do not fit each other.")
        self._take(matrix)

    @property
    def title(self) -> str:
        """Order and gaps."""
        gaps = f", {self.config.skip_order}-grams with gaps up to {self.config.skips}" if self.config.skips else ""
        return f"sparse non-negative matrix, {self.config.order}-grams{gaps}"

    def num_weights(self) -> int:
        """Return how many links there are, and A_0."""
        return len(self.matrix.weights) + 1

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token."""
        return _MatrixStepper(self.matrix, self._sums, self.config.templates, self._vocabulary, self._start)


def _apart(size: int, wanted: int) -> np.ndarray:
    """Return the places of a text that are kept apart: stretches, each at the end of one of as many equal parts."""
    wanted = min(wanted, size // _SHARE)
    count = max(1, wanted // _STRETCH)
    ends = np.arange(1, count + 1) * size // count
    found: np.ndarray = (ends[:, None] - np.arange(wanted // count, 0, -1)).ravel()
    return found


def _reach(looks: Sequence[Template]) -> int:
    """Return how many words back any of them looks, at least one."""
    return max(1, *(one.reach for one in looks))


class _MatrixStepper(Stepper):
    """A sparse non-negative matrix as a stepper. A state is the last words of a line, the nearest first, (R, reach)."""

    def __init__(
        self, matrix: Matrix, sums: np.ndarray, looks: Sequence[Template], vocabulary: int, start: int
    ) -> None:
        self._matrix, self._sums, self._looks = matrix, sums, looks
        self.size, self.start = vocabulary, start

    def begin(self, inputs: np.ndarray) -> np.ndarray:
        """Return the state before any token."""
        return np.full((len(inputs), _reach(self._looks)), NOTHING, np.int32)

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        state = self._after(ids, state)
        matrix = self._matrix
        features = active(list(state.T), self._looks, matrix.keys, matrix.begins)
        found = np.full((len(ids), self.size), matrix.uniform[0] / self.size)
        for row, some in zip(found, features, strict=True):
            for feature in some[some != NONE]:
                links = slice(matrix.starts[feature], matrix.starts[feature + 1])
                row[matrix.targets[links]] += matrix.weights[links]
        return np.log(found) - np.log(self._whole(features))[:, None], state

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: np.ndarray, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first."""
        lengths = np.full(len(ids), ids.shape[1]) if lengths is None else lengths
        columns, after = np.empty((*ids[:, 1:].shape, state.shape[1]), np.int32), state
        states = [state]
        for place in range(ids.shape[1] - 1):
            after = self._after(ids[:, place], after)
            states.append(after)
            columns[:, place] = after
        read = np.arange(ids.shape[1] - 1) < lengths[:, None] - 1
        nats = np.zeros(read.shape)
        nats[read] = self._nats(columns[read], ids[:, 1:][read])
        return Read(nats, np.stack(states)[lengths - 1, np.arange(len(ids))])

    def nats_of(
        self, ids: np.ndarray, state: np.ndarray, rows: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row, and return -log p of some that may come next, without looking at the others."""
        state = self._after(ids, state)
        return self._nats(state[rows], wanted), state

    def _nats(self, columns: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Return -log p of words after histories."""
        matrix = self._matrix
        features = active(list(columns.T), self._looks, matrix.keys, matrix.begins)
        links = links_of(features, words, matrix.starts, matrix.targets)
        there = links != NONE
        y = np.full(links.shape, 0.0)
        y[there] = matrix.weights[links[there]]
        nats: np.ndarray = np.log(self._whole(features)) - np.log(y.sum(1) + matrix.uniform[0] / self.size)
        return nats

    def _whole(self, features: np.ndarray) -> np.ndarray:
        """Return Σ of y over all words: what the active features have in all."""
        found: np.ndarray = self._sums[features].sum(1) + self._matrix.uniform[0]
        return found

    def _after(self, ids: np.ndarray, state: np.ndarray) -> np.ndarray:
        """Return the state after a token more; what starts a line has nothing before it."""
        after = np.concatenate([ids[:, None].astype(np.int32), state[:, :-1]], axis=1)
        after[ids == self.start, 1:] = NOTHING
        return after
