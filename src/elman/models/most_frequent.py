"""What is most frequent in training: the tag of each word, the label, the mean of scores."""

from collections.abc import Mapping

import numpy as np

from elman.data.encoded import Encoded
from elman.data.outlines import Numbers, Outline
from elman.data.records import Answers, Batch, OnDemand
from elman.errors import CheckpointError
from elman.models.base import Fitted, Fitting, Model, check_names

_WORDS_A_SECOND = 5e6


class MostFrequent(Fitted):
    """What every model has to beat: the answer that training has most often. It looks at nothing, for tags at a word.

        tags      argmax_k n(w, k),  p(k | w) = n(w, k) / n(w)      of each word w alone; frames are all one word
        label     argmax_k n(k),     p(k) = n(k) / N,  as of an answer
        labels    p(k) = n(k) / N of each label, which is given where more than half of the texts have it
        score     the mean

    A word that training does not have is tagged as those are that it has once: n(unknown, k) = Σ_{w: n(w) = 1} n(w, k),
    of all words where none occurs once.

    Args:
        config: its name.
        reads: `words`; or anything, where no word has an answer of its own.
        answers: `tags`, `label`, `labels`, `score`, `answer`.

    Source: Jurafsky & Martin, Speech and Language Processing, chapter 17 (most frequent class baseline); Baayen &
    Sproat (1996), Estimating lexical priors for low-frequency morphologically ambiguous forms, Computational
    Linguistics 22 (2).
    """

    class Config(Model.Config):
        """Options of the most frequent answer: there are none."""

        name: str = "most_frequent"

    reads = (("words",), ("frames",), ("first", "second"), ("story", "question"))
    predicts = ("tags", "label", "labels", "score", "answer")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        self._outlines = answers
        self._framed = "frames" in reads
        self._words = 0 if "tags" not in answers else 1 if self._framed else len(reads["words"])  # type: ignore[arg-type]
        self._rates = {name: np.zeros(_numbers(outline)) for name, outline in answers.items() if name != "tags"}
        self._counts = np.empty((0, 3), np.int64)
        self._take(self._counts)

    @property
    def title(self) -> str:
        """Of what it is the most frequent."""
        tags = "most frequent label" if self._framed else "most frequent tag of each word"
        titles = {"tags": tags, "labels": "how frequent each label is", "score": "mean"}
        titles["answer"] = "most frequent answer"
        return " and ".join(titles.get(name, "most frequent label") for name in self._outlines)

    def seconds(self, source: Encoded) -> float:
        """Return next to nothing."""
        return len(source.inputs.values) / _WORDS_A_SECOND

    def fit(self, source: Encoded, fitting: Fitting) -> None:
        """Count."""
        for name in self._rates:
            values = source.targets[name].values
            if name == "score":
                self._rates[name] = np.array([values.mean()])
            else:
                self._rates[name] = np.bincount(values, minlength=len(self._rates[name])) / len(source.examples)
        if "tags" in self._outlines:
            values = source.inputs.values
            words = np.zeros(len(values), np.int64) if self._framed else source.inputs.of["words"][values]
            self._take(_counted(words, source.targets["tags"].values, self._words))

    def answers(self, batch: Batch) -> Answers:
        """Return the same to every example, but for tags, and log p of every answer, of which a score has none."""
        best, log_probs = {}, {}
        with np.errstate(divide="ignore"):  # what never occurs has log p = -inf
            for name, rates in self._rates.items():
                given = {"labels": rates > 0.5, "score": rates}.get(name, np.array([rates.argmax()]))
                best[name] = np.tile(given, (batch.size, 1, *[1] * (name == "labels")))
                log_probs[name] = np.tile(np.log(rates), (batch.size, 1, 1))
        log_probs.pop("score", None)
        if "tags" not in self._outlines:
            return Answers(best, log_probs)
        words = (
            np.zeros(batch.fields["frames"].values.shape[:2], np.int64)
            if self._framed
            else batch.fields["words"].values
        )
        rows = self._row[words]
        best["tags"] = self._best[rows]

        def on_demand(name: str) -> np.ndarray:
            return self._log_probs(rows) if name == "tags" else log_probs[name]

        return Answers(best, OnDemand(list(best), on_demand))

    def weights(self) -> dict[str, np.ndarray]:
        """Return, for tags, rows of word, tag, and how often; for anything else, how often it is, or the mean."""
        return {**self._rates, **({"tags": self._counts} if "tags" in self._outlines else {})}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take what `weights` gave.

        Raises:
            CheckpointError: an array is missing, or is not what it can be.
        """
        check_names(weights, self.weights())
        for name, rates in self._rates.items():
            got = weights[name]
            if got.shape != rates.shape or got.dtype.kind != "f":
                raise CheckpointError(
                    f"the most frequent answers have {name} of shape {got.shape} and {got.dtype}, expected "
                    f"{rates.shape} and real numbers."
                )
            self._rates[name] = got
        if "tags" in self._outlines:
            counts, sizes = weights["tags"], (self._words, len(self._outlines["tags"]))  # type: ignore[arg-type]
            fits = counts.dtype.kind == "i" and counts.ndim == 2 and counts.shape[1] == 3 and (counts >= 0).all()
            if not fits or not (counts[:, :2] < sizes).all() or (counts[:, 2] < 1).any():
                raise CheckpointError(
                    f"the most frequent tags are no rows of one of {sizes[0]:,} words, one of {sizes[1]:,} tags, and "
                    "how often."
                )
            self._take(counts)

    def _take(self, counts: np.ndarray) -> None:
        """Take rows of word, tag and how often, those of a word together and the most frequent first."""
        words, starts = np.unique(counts[:, 0], return_index=True)
        self._counts, self._starts = counts, np.append(starts, len(counts))
        self._best = counts[starts, 1] if len(words) else np.zeros(1, np.int64)
        self._row = np.zeros(self._words, np.int64)
        self._row[words] = np.arange(len(words))  # of a word that was never seen, that of the unknown, which is first

    def _log_probs(self, rows: np.ndarray) -> np.ndarray:
        """Return log p of every tag, (B, T, K)."""
        different, places = np.unique(rows, return_inverse=True)
        counts = np.zeros((len(different), len(self._outlines["tags"])))  # type: ignore[arg-type]
        for row, number in zip(counts, different.tolist(), strict=True):
            of = self._counts[self._starts[number] : self._starts[number + 1]]
            row[of[:, 1]] = of[:, 2]
        with np.errstate(divide="ignore"):
            found: np.ndarray = np.log(counts / counts.sum(1, keepdims=True))
        return found[places.reshape(rows.shape)]


def _numbers(outline: Outline) -> int:
    """Return how many numbers say what is most frequent: one for a mean, else one for each class."""
    return 1 if isinstance(outline, Numbers) else len(outline)  # type: ignore[arg-type]


def _counted(words: np.ndarray, tags: np.ndarray, size: int) -> np.ndarray:
    """Return rows of word, tag and how often, the most frequent first.

    Args:
        words: of the training part, (N,); 0 is unknown.
        tags: of these, (N,), numbered by frequency: where a word has two tags as often, the first wins.
        size: V, how many words there are.
    """
    once = (words == 0) | (np.bincount(words, minlength=size)[words] == 1)
    unknown = tags[once] if once.any() else tags
    known = words != 0
    pairs = np.stack([np.append(words[known], np.zeros_like(unknown)), np.append(tags[known], unknown)], axis=1)
    different, counts = np.unique(pairs, axis=0, return_counts=True)
    order = np.lexsort((different[:, 1], -counts, different[:, 0]))
    return np.column_stack([different, counts])[order]
