"""Tagging: a tag for each word, and the spans of words that tags make."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.tags import Tagged, tagged
from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.tags import TagsCoder, settle_scheme
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.labels import check_known, check_labels
from elman.data.records import Answers, Example
from elman.evaluation.base import Verdict
from elman.evaluation.mistakes import Asked
from elman.evaluation.tags import tag_verdict
from elman.tasks.base import Say, WordsTask
from elman.tasks.base.pieces import joined, pieces, within
from elman.text import schemes
from elman.text.cutting import cut_text
from elman.text.vocabulary import Vocabulary

_TAGGED = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))


class Tagging(WordsTask):
    """A tag for each word of a sentence: parts of speech, or names and chunks written as spans (IOB1, BIO, BIOES).

        J = -1/T Σ log p(tags | words)        summed over sentences, T words in all

    Span tags are predicted in another scheme than the files', BIOES unless told otherwise, in which a CRF makes wrong
    sequences impossible, and written in that of the files again. Scores of spans are those of conlleval. So that
    accuracy and mistakes agree with them, the tags of a file are read as spans and written again, too.

    Args:
        config: the `[task]` section, its scheme decided.
        inputs: the coder of the words.
        answers: that of `tags`, and of `label` where a sentence has one.
    """

    answers: Mapping[str, Any]

    class Config(WordsTask.Config):
        """Options of tagging."""

        name: str = "tag"
        scheme: Literal["auto", "none", "iob1", "bio", "bioes", "bmes", "bilou"] = Option(
            "auto", description="How the tags of the files mark spans; none: each tag is for itself, as in POS tagging."
        )
        predicted_scheme: Literal["iob1", "bio", "bioes"] = Option(
            "bioes", description="The scheme in which the model predicts spans."
        )
        joint: bool = Option(
            False, description="A sentence has a label too, such as an intent: files words,tags,label side by side."
        )

        @property
        def single(self) -> str:
            """A word has one tag."""
            return "a word has one tag, whose probability is among the facts (--json)"

    default_model = "rnn_tagger"
    unit = "words"
    plural = "sentences"

    @classmethod
    def settle(cls, config: Any, names: Sequence[str], reader: Mapping[str, Any] | None = None) -> Any:
        """Three files side by side are words, tags and a label for each sentence."""
        beside = names[0].count(",") == 2 and not Path(names[0]).exists()
        return config.model_copy(update={"joint": True}) if beside else config

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Words and their tags, and the label of the sentence."""
        return (*_TAGGED, Field("label", Kind.LABEL)) if config.joint else _TAGGED

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return _TAGGED[:1]

    @classmethod
    def strata(cls, config: Any) -> tuple[str, ...]:
        """Return tags, and the label of the sentence."""
        return ("tags", "label") if config.joint else ("tags",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Tags, and the label of the sentence."""
        return ("tags", "label") if config.joint else ("tags",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Sequence[str]]:
        """Return the words."""
        return (example.fields["words"],)

    @classmethod
    def learn_answers(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Coder]]:
        """Guess the scheme if it is `auto`, and collect tags."""
        sentences = [example.fields["tags"] for example in train]
        config = config.model_copy(update={"scheme": settle_scheme(sentences, config.scheme, say)})
        tags = TagsCoder.learn(sentences, config.scheme, config.predicted_scheme)
        check_labels(tags.names, train[0].where, "tag")
        if not config.joint:
            return config, {"tags": tags}
        labels = LabelsCoder.learn(Counter(example.fields["label"] for example in train))
        check_labels(labels.names, train[0].where)
        return config, {"tags": tags, "label": labels}

    @classmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of tags, or of the label of a sentence."""
        return LabelsCoder(labels) if head == "label" else TagsCoder(labels, config.scheme, config.predicted_scheme)

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the tags of a sentence, and its label."""
        label = {"label": [example.fields["label"]]} if self.config.joint else {}
        return {"tags": example.fields["tags"], **label}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse sentences none of whose tags was learned; O is in every file, and what is no span tag becomes it."""
        coder, outside = self.answers["tags"], schemes.OUTSIDE
        given = [example.fields["tags"] for example in examples]
        both = (zip(tags, coder.written(tags), strict=True) for tags in given)
        tags = (tag if read == outside else read for pairs in both for tag, read in pairs if tag != outside)
        check_known(coder.vocabulary, tags, examples[0].where, "tag", held_out)

    def parse(self, line: str, split: bool) -> Example:
        """Return the words of a line; those of a line with tabs that is split already may have blanks in them."""
        whole = split and "\t" in line
        words = line.split("\t") if whole else cut_text(line, "blanks" if split else "simple")
        return Example({"words": words, "text": line})

    def said(self, answers: Answers, row: int, length: int, weighed: bool) -> Tagged:
        """Return the tags of a sentence; their probabilities only if wanted: a CRF's take as long as its tags."""
        ids, given, chained = answers.best["tags"][row, :length], np.empty(0), None
        if weighed:
            given = answers.log_probs["tags"][row][np.arange(length), ids]
            chained = answers.chained["tags"][row, :length] if "tags" in answers.chained else None
        label = self.answers["label"].names[answers.best["label"][row, 0]] if self.config.joint else None
        return Tagged(self.answers["tags"].decode(ids.tolist()), given, label, chained)

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Tagged, np.ndarray | None]]:
        """Yield the row of each sentence and what a model says to it; long ones are read in pieces."""
        cut = pieces([len(example.fields["words"]) for example in data.examples])
        if len(cut) == len(data.examples):
            yield from super().each(model, data, weighed)
            return
        parts = [Example({"words": data.examples[one.row].fields["words"][one.start : one.stop]}) for one in cut]
        said = {
            place: within(found, cut[place]) for place, found, _ in super().each(model, self.encode(parts), weighed)
        }
        for row, some in groupby(range(len(cut)), key=lambda place: cut[place].row):
            yield row, joined([said[place] for place in some]), None

    def present(self, example: Example, said: Tagged, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the tags of a sentence; in JSON spans, places in the text and probabilities too."""
        of_spans, text = self.config.scheme != "none", example.fields.get("text")
        return tagged(example.fields["words"], said, of_spans, facts, text)

    def show_loss(self, nats: float) -> str:
        """Return nats a word."""
        return f"{nats:.3f} nats/word"

    def verdict(self, data: Encoded, said: Sequence[Tagged]) -> Verdict:
        """Return scores of spans or accuracy, and where they come from."""
        written = [list(example.fields["tags"]) for example in data.examples]
        labels = [example.fields["label"] for example in data.examples] if self.config.joint else []
        usual = self.answers["label"].names[0] if self.config.joint else ""
        return tag_verdict(Asked(data.examples), written, said, self.answers["tags"], labels, usual)
