"""word2vec: vectors of words that predict the words around them."""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from elman.data.outlines import Outline, tokens_of
from elman.data.store import TokenStore
from elman.data.words import MOST_GAPS
from elman.decoding.choice import check_numbers
from elman.errors import CheckpointError
from elman.models.base import Fitting, Model, Streamed, Stretch, check_names
from elman.native import compiled
from elman.native.embeddings import Read, WindowReader, WindowTables
from elman.randomness import seed_of, uniforms
from elman.vectors import windows
from elman.vectors.huffman import Paths, huffman
from elman.vectors.noise import AliasTable, keep_limits, keep_shares, noise_shares
from elman.vectors.subwords import Subwords
from elman.vectors.tree import log_probs

_STRETCH = 1 << 18
_CHUNK = 10_000
_LOWEST_RATE = 1e-4
_SCORES = 1 << 23
_OF_A_TREE = 7
"""How many times scores are there while they become probabilities along a tree."""
_RATES = {"skip_gram": 0.035, "cbow": 0.1}


class Word2Vec(Streamed):
    """Vectors of words that predict the words around them: skip-gram and CBOW.

        skip-gram   J = -1/P Σ_pairs log σ(x_c · y_w) + Σ_k log σ(-x_c · y_n),  n ~ c(n)^α
        CBOW        the same with the mean of all x_c around w
        tree        -log p(w | x) = -Σ_nodes log σ(± x · y_node) instead, over the Huffman path of w

    x_c is the vector of a word near w, or with subwords the mean of that and of its runs of characters. The vectors
    of words are the x; the y only serve to learn them.

    Args:
        config: architecture, window, loss.
        sizes: `words` gives V.

    Source: Mikolov et al. (2013), arXiv:1301.3781 and arXiv:1310.4546; Bojanowski et al. (2017), arXiv:1607.04606 for
    subwords; Irsoy et al. (2021), arXiv:2012.15332 for the gradient of CBOW.
    """

    class Config(Model.Config):
        """Options of word2vec."""

        name: str = "word2vec"
        architecture: Literal["skip_gram", "cbow"] = Field(
            "skip_gram", description="Whether each word around, or their mean, predicts the word in the middle."
        )
        embedding_size: int = Field(100, ge=1, le=65536, description="D, numbers of a vector.")
        window: int = Field(5, ge=1, le=1000, description="Words to each side at most; 1 to this, drawn for each word.")
        loss: Literal["negative_sampling", "hierarchical_softmax"] = Field(
            "negative_sampling", description="Against drawn words, or along the path of a Huffman tree."
        )
        negatives: int = Field(5, ge=1, le=1000, description="k, words drawn against each word.")
        noise_power: float = Field(0.75, ge=0, le=2, description="α: words are drawn as c(w)^α.")
        subsample: float = Field(
            1e-3, ge=0, lt=1, description="t: of words more frequent than this share, some are passed over; 0 is off."
        )
        subwords: list[int] = Field(
            [],
            description="Shortest and longest run of characters that has a vector too, such as [3, 6]; none if empty.",
        )

        def narrower(self, share: float) -> str:
            """Return the width with which vectors are at most so large a share of these; empty where there is none."""
            width = math.floor(self.embedding_size * share)
            return f"--set model.embedding_size={width}" if width else ""

        @field_validator("subwords")
        @classmethod
        def _a_range(cls, subwords: list[int]) -> list[int]:
            if subwords and (len(subwords) != 2 or not 1 <= subwords[0] <= subwords[1] <= 20):
                raise ValueError(
                    f"got {subwords}, expected two lengths from 1 to 20, the shorter first, such as [3, 6]."
                )
            return subwords

    reads = (("context",),)
    predicts = ("word",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        words = tokens_of(reads, "context")
        self.counts = words.counts
        self.subwords = Subwords(words.names, words.counts, *config.subwords) if config.subwords else None
        self._size = len(words)
        self._inputs = self._outputs = np.empty((0, config.embedding_size), np.float32)
        self._vectors: np.ndarray | None = None
        self._tables: WindowTables | None = None
        self._reader: WindowReader | None = None

    @property
    def title(self) -> str:
        """Architecture, loss, subwords and width."""
        kind = "skip-gram" if self.config.architecture == "skip_gram" else "CBOW"
        drawn = self.config.loss == "negative_sampling"
        loss = f"{self.config.negatives} negatives" if drawn else "hierarchical softmax"
        runs = f", runs of {self.config.subwords[0]} to {self.config.subwords[1]}" if self.config.subwords else ""
        return f"{kind}, {loss}{runs}, {self.config.embedding_size} numbers"

    # Training

    @property
    def default_rate(self) -> float:
        """0.035 for skip-gram, 0.1 for CBOW, whose words share a gradient."""
        return _RATES[self.config.architecture]

    def keeps(self) -> int:
        """Return the bytes of both tables, and of the vectors by which neighbours are found."""
        made = self._size * (2 if self.subwords else 1)
        return 4 * self.config.embedding_size * (self._rows + self._output_rows + made)

    def working(self, source: TokenStore) -> int:
        """Return what the noise takes, and the scores of words in gaps, or the draws of the first vectors."""
        scores = 4 * min(_SCORES, MOST_GAPS * self._size)
        if self.config.loss == "hierarchical_softmax":
            scores *= _OF_A_TREE
        return 24 * self._size + max(scores, 24 * _CHUNK * self.config.embedding_size)

    def begin(self, seed: int) -> None:
        """Draw input vectors from U(-1/2D, 1/2D); output vectors are 0."""
        size, width = self._rows, self.config.embedding_size
        self._inputs = np.empty((size, width), np.float32)
        for first in range(0, size, _CHUNK):  # twice the table would be needed at once
            part = self._inputs[first : first + _CHUNK]
            part[:] = ((uniforms(seed, "init", part.size, first * width) - 0.5) / width).reshape(part.shape)
        self._outputs = np.zeros((self._output_rows, width), np.float32)
        self._changed()

    def stretches(self, source: TokenStore) -> int:
        """Return how many stretches of 262,144 tokens the text has."""
        return max(1, -(-len(source) // _STRETCH))

    def tokens(self, source: TokenStore) -> int:
        """Return how many words the text has."""
        return int(self.counts.sum())

    def read(self, source: TokenStore, number: int, of: int, rate: float, fitting: Fitting) -> Stretch:
        """Read a stretch in chunks of up to 10,000 tokens, which end where a line ends; the rate falls with each."""
        epoch, place = divmod(number, self.stretches(source))
        ids = np.ascontiguousarray(source.ids[place * _STRETCH : (place + 1) * _STRETCH], np.uint32)
        ends = _chunks(ids, self._line_end(source))
        starts = np.concatenate([ends[:0], [0], ends[:-1]])[: len(ends)]
        done = (number + starts / max(1, len(ids))) / of
        rates = rate * np.maximum(1 - done, _LOWEST_RATE)
        seeds = [seed_of(fitting.seed, "windows", epoch, place, chunk) for chunk in range(len(ends))]
        found = self._read(ids, ends, self._line_end(source), np.array(seeds, np.uint64), rates, fitting.threads)
        self._vectors = None
        return Stretch(float(found.nats.sum()), int(found.pairs.sum()), int((ids < self._size).sum()), float(rates[0]))

    def _read(
        self, ids: np.ndarray, ends: np.ndarray, line_end: int, seeds: np.ndarray, rates: np.ndarray, threads: int
    ) -> Read:
        kernels = compiled()
        if self._tables is None:
            if not self._inputs.flags.writeable:  # mapped from a file
                self._inputs, self._outputs = self._inputs.copy(), self._outputs.copy()
            self._tables = self._make_tables()
        if kernels is None:
            return windows.read(self._tables, ids, ends, line_end, seeds, rates)
        if self._reader is None:
            self._reader = WindowReader(kernels, self._tables)
        return self._reader.read(ids, ends, line_end, seeds, rates, threads)

    def _make_tables(self) -> WindowTables:
        config, runs = self.config, self.subwords
        keep = keep_limits(keep_shares(self.counts, config.subsample))
        tables = WindowTables(self._inputs, self._outputs, keep, config.window, config.architecture == "cbow")
        if runs is not None:
            tables = tables._replace(part_starts=runs.starts, parts=runs.parts)
        if config.loss == "negative_sampling":
            noise = AliasTable.of(noise_shares(self.counts, config.noise_power))
            return tables._replace(negatives=config.negatives, limits=noise.limits, aliases=noise.aliases)
        paths = self._paths
        return tables._replace(path_starts=paths.starts, nodes=paths.nodes, left=paths.left)

    @cached_property
    def _paths(self) -> Paths:
        return huffman(self.counts)

    def _line_end(self, source: TokenStore) -> int:
        return self._size if source.line_end is None else source.line_end

    # Files

    def weights(self) -> dict[str, np.ndarray]:
        """Return both tables."""
        return {"inputs": self._inputs, "outputs": self._outputs}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take both tables."""
        width = self.config.embedding_size
        shapes = {"inputs": (self._rows, width), "outputs": (self._output_rows, width)}
        for name, shape in shapes.items():
            if name not in weights or weights[name].shape != shape or weights[name].dtype != np.float32:
                raise CheckpointError(f"word2vec has no {name} of float32 {shape}: they were made for another model.")
        check_names(weights, shapes)
        self._inputs, self._outputs = weights["inputs"], weights["outputs"]
        self._changed()

    def _changed(self) -> None:
        self._vectors = self._tables = self._reader = None

    @property
    def _rows(self) -> int:
        return self._size + (len(self.subwords) if self.subwords else 0)

    @property
    def _output_rows(self) -> int:
        return self._size if self.config.loss == "negative_sampling" else max(1, self._size - 1)

    # Use

    @property
    def vectors(self) -> np.ndarray:
        """The vector of each word, (V, D)."""
        if self._vectors is None:
            self._vectors = self._inputs if self.subwords is None else self.subwords.vectors(self._inputs)
        return self._vectors

    def vector_of(self, word: str) -> np.ndarray | None:
        """Return the mean of the vectors of a word's runs of characters, for one that was never seen."""
        rows = [] if self.subwords is None else self.subwords.rows(word)
        return self._inputs[rows].mean(0) if rows else None

    def loss(self, source: TokenStore, seed: int) -> tuple[float, int]:
        """Return the mean loss of the pairs of a text, NaN where there is none, and how many there are."""
        ids, line_end = np.ascontiguousarray(source.ids, np.uint32), self._line_end(source)
        ends = _chunks(ids, line_end)
        seeds = np.array([seed_of(seed, "loss", chunk) for chunk in range(len(ends))], np.uint64)
        found = self._read(ids, ends, line_end, seeds, np.zeros(len(ends)), 1)
        pairs = int(found.pairs.sum())
        return float(found.nats.sum()) / pairs if pairs else float("nan"), pairs

    def missing_word(self, contexts: Sequence[Sequence[int]]) -> np.ndarray:
        """Return the likeliest word between the words around it: that whose output vector fits their mean best."""
        paths = self._paths if self.config.loss == "hierarchical_softmax" else None
        together = max(1, _SCORES // self._size)
        found = np.empty(len(contexts), np.int64)
        for first in range(0, len(contexts), together):  # a row is as long as the vocabulary
            means = [self.vectors[list(context)].mean(0) for context in contexts[first : first + together]]
            scores = np.array(means) @ self._outputs.T
            scores = scores if paths is None else log_probs(scores, paths)
            best = scores.argmax(1)
            check_numbers(scores[np.arange(len(best)), best])  # one that is no number is taken for the largest
            found[first : first + together] = best
        return found


def _chunks(ids: np.ndarray, line_end: int) -> np.ndarray:
    """Return where chunks of a text end: at the last line end of each 10,000 tokens, or there if it has none."""
    breaks = np.flatnonzero(ids == line_end) + 1
    ends, first = [], 0
    while first < len(ids):
        stop = min(first + _CHUNK, len(ids))
        last = int(np.searchsorted(breaks, stop, "right")) - 1
        if stop < len(ids) and last >= 0 and breaks[last] > first:
            stop = int(breaks[last])
        ends.append(stop)
        first = stop
    return np.array(ends, np.int64)
