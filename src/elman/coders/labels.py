"""Labels: one of a text, or several."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from elman.coders.base import AnswersCoder, Coded, starts
from elman.data.column import Column
from elman.data.labels import check_labels
from elman.data.outlines import Classes
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.text.vocabulary import Vocabulary


class LabelsCoder(AnswersCoder):
    """Labels of texts, a list each. In a batch one label is (B, 1); several are yes and no for each, (B, 1, K).

    Args:
        vocabulary: the labels, the most frequent first.
        several: whether a text may have any number of them.
        balanced: whether every label counts as much as any other, however rare: w_k = N / (K n_k), whose mean over the
            training part is 1.
    """

    def __init__(self, vocabulary: Vocabulary, several: bool = False, balanced: bool = False) -> None:
        self.vocabulary, self.several = vocabulary, several
        counts = vocabulary.counts
        weights = counts.sum() / (len(counts) * np.maximum(counts, 1))
        self.weights = weights.astype(np.float32) if balanced else None
        """What the loss of each label is multiplied by; None where all count the same."""

    @classmethod
    def learn(cls, counts: Counter[str], several: bool = False, balanced: bool = False) -> "LabelsCoder":
        """Return the coder of the labels of a training part, which occur so often."""
        return cls(Vocabulary.by_frequency(counts), several, balanced)

    @property
    def outline(self) -> Classes:
        """The labels."""
        return Classes(self.vocabulary.tokens, self.several)

    def encode(self, values: Sequence[Sequence[str]], places: Sequence[str] = ()) -> Column:
        """Return the ids of the labels of each text.

        Raises:
            DataError: a label was not learned.
        """
        return Column.of_rows(map(self.ids, values, starts(values, places)))

    def weigh(self, column: Column) -> np.ndarray | None:
        """Return what the label of each text counts, (N,), where classes are balanced."""
        return None if self.weights is None else self.weights[column.values]

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the targets of some texts, and what each counts where classes are balanced."""
        ((name, some),) = rows.items()
        padded = column.padded(some)
        if self.several:
            yes = np.zeros((len(some), 1, len(self.vocabulary)), np.float32)
            row, _ = np.nonzero(padded.mask)
            yes[row, 0, padded.values[padded.mask]] = 1
            return Coded({name: Padded(yes)})
        target = Padded(padded.values)
        if self.weights is None:
            return Coded({name: target})
        return Coded({name: target, f"{name}.weights": Padded(self.weights[target.values])})

    def decode(self, numbers: np.ndarray) -> list[str]:
        """Return the label of an id, or the labels that are there, the most frequent first."""
        ids = np.flatnonzero(numbers) if self.several else numbers
        return [self.vocabulary.tokens[number] for number in ids]


def settle_labels(
    labels: Sequence[Sequence[str]], places: Sequence[str], several: bool, balanced: bool, say: Callable[[str], None]
) -> LabelsCoder:
    """Return the coder of the labels of a training part, of which a text may have several where one has.

    Args:
        labels: of each text.
        places: where each stands, for messages.
        several: whether a text may have several anyhow.
        balanced: whether every label counts as much as any other.
        say: called if there are several and nobody said so, or somebody did and none has two.

    Raises:
        DataError: there is only one label.
        ConfigError: several labels a text are to be balanced.
    """
    found = next((row for row, some in enumerate(labels) if len(some) > 1), None)
    if found is not None and not several:
        several = True
        say(f"labels: several a text, as at {places[found]}; each is a yes or no of its own")
    elif several:
        _tell_none(labels, places, say)
    counts = Counter(label for some in labels for label in some)
    if not several:
        check_labels(counts, places[0])
    if several and balanced:
        raise ConfigError("task.class_weights: several labels a text cannot be balanced. Leave it out.")
    return LabelsCoder.learn(counts, several, balanced)


def _tell_none(labels: Sequence[Sequence[str]], places: Sequence[str], say: Callable[[str], None]) -> None:
    """Tell of texts without a label where several were asked for and no text has two: perhaps nobody labelled them."""
    without = [row for row, some in enumerate(labels) if not some]
    if without and max(map(len, labels)) == 1:
        say(
            f"labels: task.multi_label is true and no text has two; {len(without):,} of {len(labels):,} have none, "
            f"first {places[without[0]]}, which is read as: none of them fits. If nobody labelled those, leave "
            "task.multi_label out: they are passed over"
        )
