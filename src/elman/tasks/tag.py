"""Tagging: a tag for each word, and the spans of words that tags make."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from pydantic import Field as Option

from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.tags import TagsCoder, written
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.evaluation.base import Answer, Detail, Evaluation
from elman.evaluation.spans import span_scores
from elman.evaluation.tags import sentence_labels, tag_scores
from elman.tasks.base import ExampleTask, Say, TaskData, check_known, check_labels
from elman.tasks.base.protocols import Labeler
from elman.text import schemes
from elman.text.vocabulary import Vocabulary

_WORST = 10
_SAMPLES = 4
_TAGGED = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))


class Tagged(NamedTuple):
    """What a model says to one sentence.

    Args:
        tags: of its words, in the scheme of the training files.
        log_probs: log p of each tag, nats; empty where nobody asked for them.
        label: of the sentence, None where it has none.
    """

    tags: list[str]
    log_probs: np.ndarray
    label: str | None = None


class Tagging(ExampleTask):
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

    class Config(ExampleTask.Config):
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

    default_model = "rnn_tagger"

    @property
    def unit(self) -> str:
        """Words."""
        return "words"

    @property
    def plural(self) -> str:
        """Sentences."""
        return "sentences"

    # Data and files

    @classmethod
    def settle(cls, config: Any, names: Sequence[str]) -> Any:
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
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Tags, and the label of the sentence."""
        return ("tags", "label") if config.joint else ("tags",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Sequence[str]]:
        """Return the words."""
        return (example.fields["words"],)

    @classmethod
    def learn_labels(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Vocabulary]]:
        """Guess the scheme if it is `auto`, and collect tags."""
        sentences = [example.fields["tags"] for example in train]
        if config.scheme == "auto":
            scheme = schemes.guess(sentences) or "none"
            said = "each tag for itself" if scheme == "none" else f"spans in scheme {scheme}"
            say(f"tags: {said}, guessed; --set task.scheme=none, iob1, bio or bioes decides it")
            config = config.model_copy(update={"scheme": scheme})
        if config.scheme != "none":
            broken = sum(schemes.illegal(tags, config.scheme) for tags in sentences)
            if broken:
                say(
                    f"{broken:,} training tags cannot stand where they stand in {config.scheme}: read as conlleval does"
                )
        tags = Counter(tag for tags in sentences for tag in written(tags, config.scheme, config.predicted_scheme))
        labels = {"tags": Vocabulary.by_frequency(tags)}
        check_labels(tags, train[0].where, "tag")
        if config.joint:
            check_labels(Counter(example.fields["label"] for example in train), train[0].where)
            labels["label"] = Vocabulary.by_frequency(Counter(example.fields["label"] for example in train))
        return config, labels

    @classmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of tags, or of the label of a sentence."""
        return LabelsCoder(labels) if head == "label" else TagsCoder(labels, config.scheme, config.predicted_scheme)

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the tags of a sentence, and its label."""
        label = {"label": [example.fields["label"]]} if self.config.joint else {}
        return {"tags": example.fields["tags"], **label}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse sentences none of whose tags was learned; O is in every file."""
        coder = self.answers["tags"]
        every = (tag for example in examples for tag in coder.written(example.fields["tags"]))
        tags = (tag for tag in every if tag != schemes.OUTSIDE)
        check_known(coder.vocabulary, tags, examples[0].where, "tag", held_out)

    # Use

    def parse(self, line: str, split: bool) -> Example:
        """Return the words of a line."""
        return Example({"words": self.cut(line, split)})

    def answer(self, model: Labeler, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the tags of each sentence; spans and probabilities too in JSON."""
        answers = []
        for example, found in zip(examples, self.tag(model, self.encode(examples), facts), strict=True):
            words = example.fields["words"]
            told = self._facts(words, found) if facts else {}
            answers.append(Answer(list(zip(words, found.tags, strict=True)), self._shown(words, found), told))
        return answers

    def tag(self, model: Labeler, data: Encoded, weighed: bool = True) -> list[Tagged]:
        """Return what a model says to sentences, in their order.

        Args:
            model: predicts.
            data: the sentences.
            weighed: whether the probabilities of the tags are wanted; the marginals of a CRF take as long as its tags.
        """
        found: list[Tagged] = [Tagged([], np.empty(0))] * len(data.examples)
        for rows, batch, answers in self.asked(model, data):
            best, label = answers.best["tags"], answers.best.get("label")
            given = np.empty((len(rows), 0))
            if weighed:
                given = np.take_along_axis(answers.log_probs["tags"], best[..., None], -1)[..., 0]
            lengths = batch.fields["words"].lengths.tolist()
            for place, (row, length, ids) in enumerate(zip(rows.tolist(), lengths, best.tolist(), strict=True)):
                whole = None if label is None else self.answers["label"].names[label[place, 0]]
                found[row] = Tagged(self.answers["tags"].decode(ids[:length]), given[place, :length], whole)
        return found

    def _facts(self, words: Sequence[str], found: Tagged) -> dict[str, Any]:
        """Return what JSON says of one sentence."""
        facts: dict[str, Any] = {"words": list(words), "tags": found.tags}
        facts["probabilities"] = [round(float(p), 4) for p in np.exp(found.log_probs)]
        if self.config.scheme != "none":
            facts["spans"] = [
                {
                    "type": span.kind,
                    "text": " ".join(words[span.start : span.stop]),
                    "start": span.start,
                    "stop": span.stop,
                }
                for span in schemes.spans(found.tags)
            ]
        if found.label is not None:
            facts["label"] = found.label
        return facts

    def _shown(self, words: Sequence[str], found: Tagged) -> str:
        """Return a sentence with its tags: [Raul Salinas PER] for spans, word/TAG without."""
        if self.config.scheme == "none":
            text = " ".join(f"{word}/{tag}" for word, tag in zip(words, found.tags, strict=True))
        else:
            text = _bracketed(words, found.tags)
        return text if found.label is None else f"{found.label}\t{text}"

    def sample(self, model: Labeler, data: TaskData, seed: int) -> str:
        """Return some sentences of the validation part with their tags."""
        return "\n".join(answer.shown for answer in self.answer(model, data.valid.examples[:_SAMPLES], 1, False))

    def show_loss(self, nats: float) -> str:
        """Return nats a word."""
        return f"{nats:.3f} nats/word"

    # Scores

    def evaluation(self, model: Labeler, data: Encoded) -> Evaluation:
        """Return scores of spans or accuracy, and where they come from."""
        found = self.tag(model, data)
        gold = [list(example.fields["tags"]) for example in data.examples]
        tags = [one.tags for one in found]
        counts = self.counted(data)
        coder = self.answers["tags"]
        unseen = sum(tag not in coder.vocabulary for tags in gold for tag in coder.written(tags))
        counts["tags unseen in training"] = unseen
        if self.config.scheme == "none":
            scored = tag_scores(gold, tags, False)
        else:
            counts["impossible tags"] = sum(schemes.illegal(one, self.config.scheme) for one in gold)
            gold = [schemes.convert(one, self.config.scheme) for one in gold]
            scored = span_scores(gold, tags).and_then(tag_scores(gold, tags, True))
        answers: list[Any] = gold
        if self.config.joint:
            labels = [example.fields["label"] for example in data.examples]
            scored = scored.and_then(sentence_labels(labels, [one.label for one in found]))
            answers = list(zip(gold, labels, strict=True))
        first, details = scored.scores[0], [*scored.details, *self._worst(data, found)]
        shown = f"{'F1' if first.name == 'span_f1' else first.name} {first.value:.2%}"
        return Evaluation(scored.scores, counts, shown, details, self.by_piece(data, answers, scored.observed))

    def _worst(self, data: Encoded, found: Sequence[Tagged]) -> list[Detail]:
        """Return the sentences that the model is most wrong about: wrong tags, and how sure it was of them."""
        wrong = []
        for row, (example, one) in enumerate(zip(data.examples, found, strict=True)):
            tags = example.fields["tags"]
            gold = tags if self.config.scheme == "none" else schemes.convert(tags, self.config.scheme)
            differ = [one_tag != other for one_tag, other in zip(gold, one.tags, strict=True)]
            if any(differ):
                wrong.append((float(np.exp(one.log_probs[differ]).sum()), row))
        rows = []
        for _, row in sorted(wrong, reverse=True)[:_WORST]:
            example, one = data.examples[row], found[row]
            words, there = example.fields["words"], Tagged(example.fields["tags"], one.log_probs)
            rows.append([example.place, self._shown(words, there), self._shown(words, one._replace(label=None))])
        return [Detail("Worst mistakes", ["where", "in the file", "predicted"], rows)] if rows else []


def _bracketed(words: Sequence[str], tags: Sequence[str]) -> str:
    """Return a sentence with its spans in brackets: [Raul Salinas PER] of [Citibank ORG] ."""
    parts, last = [], 0
    for span in schemes.spans(tags):
        parts += [*words[last : span.start], f"[{' '.join([*words[span.start : span.stop], span.kind]).strip()}]"]
        last = span.stop
    return " ".join([*parts, *words[last:]])
