"""Which texts can be learned from recordings: those that fit into their steps, written as those of the training."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from elman.coders.transcript import TranscriptCoder
from elman.data.encoded import Encoded
from elman.data.records import Example
from elman.decoding.ctc.paths import frames_needed
from elman.errors import DataError
from elman.tasks.base.data import Say
from elman.text.printed import counted

_SHOWN, _SHOWN_LABELS = 3, 12
_MOST = 0.25


def fitting(train: Encoded, steps: np.ndarray, say: Say) -> Encoded:
    """Return the data whose rows are learned that fit, T >= U + equal neighbours, and tell of the others.

    Args:
        train: the training part, with labels.
        steps: T of each example, as the network reads it.
        say: is told.

    Raises:
        DataError: more than a quarter does not fit.
    """
    labels, examples = train.targets["text"], train.examples
    needs = np.array([frames_needed(labels.row(row)) for row in range(len(examples))], np.int64)
    wrong = np.flatnonzero(steps < needs)
    if not len(wrong):
        return train
    shown = "; ".join(
        _misfit(examples[row], *map(int, (labels.lengths[row], needs[row], steps[row]))) for row in wrong[:_SHOWN]
    )
    more = " ..." if len(wrong) > _SHOWN else ""
    what = f"{len(wrong):,} of {len(examples):,} texts do not fit into their recordings: {shown}{more}"
    mend = "Are they the texts of these recordings? A smaller model.stack leaves more steps"
    if len(wrong) > _MOST * len(examples):
        raise DataError(f"{what}. {mend}.")
    say(f"left out: {what}")
    return replace(train, learned=np.flatnonzero(steps >= needs))


def _misfit(example: Example, labels: int, needs: int, steps: int) -> str:
    twice = f" and {needs - labels:,} between equal neighbours" if needs > labels else ""
    return f"{example.where} has {counted(labels, 'labels')}{twice}, and {counted(steps, 'steps')}"


def refuse_unknown(examples: Sequence[Example], coder: TranscriptCoder) -> None:
    """Refuse texts of which half of the labels or more were not learned.

    Args:
        examples: to validate or evaluate on.
        coder: of the training.

    Raises:
        DataError: so it is.
    """
    texts = [example.fields["text"] for example in examples]
    labels, unknown = coder.counts(coder.encode(texts)).values()
    if 2 * unknown > labels:
        lacking = Counter(one for text in texts for one in coder.tokens.unknown_in(text))
        shown = " ".join(name for name, _ in lacking.most_common(_SHOWN_LABELS))
        raise DataError(
            f"{examples[0].where}: {unknown:,} of {labels:,} {coder.unit} were not learned in training: {shown}. Write "
            "texts as those of the training are written, such as in the same case."
        )
