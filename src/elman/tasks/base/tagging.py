"""What tags share, whether of words or of frames: their coders, what a model says of each, long examples in pieces."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

import numpy as np

from elman.answers.tags import Tagged
from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.tags import TagsCoder
from elman.data.encoded import Encoded
from elman.data.labels import check_known
from elman.data.records import Answers, Example
from elman.tasks.base.data import TaskData
from elman.tasks.base.labeled_frames import carried
from elman.tasks.base.pieces import LONGEST, joined, pieces, within
from elman.tasks.base.protocols import Streaming
from elman.tasks.base.words import WordsTask
from elman.text import schemes
from elman.text.printed import shortened
from elman.text.vocabulary import Vocabulary

_WIDTH = 100


class TaggingTask(WordsTask):
    """A task with a tag for each word or frame of an example, and perhaps a label for the example.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of words or frames.
        answers: that of `tags`, and of `label` where an example has one.
    """

    answers: Mapping[str, Any]

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the words, or the frames."""
        return [example.fields[name] for name in cls.reads(config)]

    @classmethod
    def tells_held_out(cls, config: Any) -> bool:
        """Say that recordings, or stretches of one, are told by where they begin."""
        return bool(config.framed)

    @classmethod
    def strata(cls, config: Any) -> tuple[str, ...]:
        """Return tags, and the label of the sentence."""
        return ("tags", "label") if config.joint else ("tags",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Tags, and the label of the sentence."""
        return ("tags", "label") if config.joint else ("tags",)

    @classmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of tags, or of the label of a sentence."""
        return LabelsCoder(labels) if head == "label" else TagsCoder(labels, config.scheme, config.predicted_scheme)

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the tags of an example, and its label."""
        label = {"label": [example.fields["label"]]} if self.config.joint else {}
        return {"tags": example.fields["tags"], **label}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse examples none of whose tags was learned; O is in every file, and what is no span tag becomes it."""
        coder, outside = self.answers["tags"], schemes.OUTSIDE
        given = [example.fields["tags"] for example in examples]
        if self.config.framed:  # where O is a label as any other
            check_known(coder.vocabulary, chain.from_iterable(given), examples[0].where, "label", held_out)
            return
        both = (zip(tags, coder.written(tags), strict=True) for tags in given)
        tags = (tag if read == outside else read for pairs in both for tag, read in pairs if tag != outside)
        check_known(coder.vocabulary, tags, examples[0].where, "tag", held_out)

    def said(self, answers: Answers, row: int, length: int, weighed: bool) -> Tagged:
        """Return the tags of an example; their probabilities only if wanted: a CRF's take as long as its tags."""
        ids, given, chained = answers.best["tags"][row, :length], np.empty(0), None
        if weighed:
            given = answers.log_probs["tags"][row][np.arange(length), ids]
            chained = answers.chained["tags"][row, :length] if "tags" in answers.chained else None
        label = self.answers["label"].names[answers.best["label"][row, 0]] if self.config.joint else None
        return Tagged(self.answers["tags"].decode(ids.tolist()), given, label, chained)

    def sample(self, model: Any, data: TaskData, seed: int) -> str:
        """Return some examples of the validation part with their tags; of recordings, where these begin and end."""
        found = super().sample(model, data, seed)
        return "\n".join(shortened(line, _WIDTH) for line in found.split("\n")) if self.config.framed else found

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Tagged, np.ndarray | None]]:
        """Yield the row of each example and what a model says to it; long ones are read in pieces."""
        given = [self.given(self.config, example)[0] for example in data.examples]
        span = model.span if self.config.framed and isinstance(model, Streaming) else 1
        cut = pieces(list(map(len, given)), span)
        if len(cut) == len(data.examples):
            yield from super().each(model, data, weighed)
            return
        through = self._through(model, data, weighed)
        cut = [one for one in cut if one.row not in through]
        (field,) = self.reads(self.config)
        parts = [Example({field: given[one.row][one.start : one.stop]}) for one in cut]
        said = {
            place: within(found, cut[place]) for place, found, _ in super().each(model, self.encode(parts), weighed)
        }
        for row, some in groupby(range(len(cut)), key=lambda place: cut[place].row):
            yield row, joined([said[place] for place in some]), None
        for row, found in through.items():
            yield row, found, None

    def _through(self, model: Any, data: Encoded, weighed: bool) -> dict[int, Tagged]:
        """Return what is said of long recordings by a model that reads forwards, and carries its state through them."""
        found = {}
        for row in np.flatnonzero(data.lengths > LONGEST).tolist() if self.config.framed else ():
            log_probs = carried(model, data.inputs.row(row))
            if log_probs is not None:
                answers = Answers({"tags": log_probs.argmax(-1)[None]}, {"tags": log_probs[None]})
                found[row] = self.said(answers, 0, len(log_probs), weighed)
        return found
