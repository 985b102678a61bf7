"""Tagging: a tag for each word, and the spans of words that tags make."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from pydantic import Field

from elman.data.ragged import Ragged
from elman.data.records import Example
from elman.data.sentences import Sentences
from elman.evaluation.base import Answer, Detail, Evaluation, Scored, score
from elman.evaluation.classes import class_tables
from elman.evaluation.spans import span_scores
from elman.metrics.base import Matches
from elman.tasks.base import Say, SentenceTask, TaskData, check_known, check_labels
from elman.tasks.base.protocols import Labeler
from elman.text import schemes
from elman.text.vocabulary import Vocabulary

_WORST = 10
_SAMPLES = 4


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


class Tagging(SentenceTask):
    """A tag for each word of a sentence: parts of speech, or names and chunks written as spans (IOB1, BIO, BIOES).

        J = -1/T Σ log p(tags | words)        summed over sentences, T words in all

    Span tags are predicted in another scheme than the files', BIOES unless told otherwise, in which a CRF makes wrong
    sequences impossible, and written in that of the files again. Scores of spans are those of conlleval. So that
    accuracy and mistakes agree with them, the tags of a file are read as spans and written again, too.

    Args:
        config: the `[task]` section, its scheme decided.
        lexicon: words and characters.
        labels: `tags`, and `label` where a sentence has one.
    """

    class Config(SentenceTask.Config):
        """Options of tagging."""

        name: str = "tag"
        scheme: Literal["auto", "none", "iob1", "bio", "bioes"] = Field(
            "auto", description="How the tags of the files mark spans; none: each tag is for itself, as in POS tagging."
        )
        predicted_scheme: Literal["iob1", "bio", "bioes"] = Field(
            "bioes", description="The scheme in which the model predicts spans."
        )
        joint: bool = Field(
            False, description="A sentence has a label too, such as an intent: files words,tags,label side by side."
        )

    default_model = "rnn_tagger"
    unit = "words"
    plural = "sentences"

    # Data and files

    @classmethod
    def settle(cls, config: Any, names: Sequence[str]) -> Any:
        """Three files side by side are words, tags and a label for each sentence."""
        beside = names[0].count(",") == 2 and not Path(names[0]).exists()
        return config.model_copy(update={"joint": True}) if beside else config

    @classmethod
    def fields(cls, config: Any) -> tuple[str, ...]:
        """Words and their tags, and the label of the sentence."""
        return ("words", "tags", "label") if config.joint else ("words", "tags")

    @classmethod
    def inputs(cls, config: Any) -> tuple[str, ...]:
        """Return what is there without an answer."""
        return ("words",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Tags, and the label of the sentence."""
        return ("tags", "label") if config.joint else ("tags",)

    @classmethod
    def words_of(cls, config: Any, example: Example) -> Sequence[Sequence[str]]:
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
        tags = Counter(tag for tags in sentences for tag in _written(tags, config))
        labels = {"tags": Vocabulary.by_frequency(tags)}
        check_labels(tags, train[0].where, "tag")
        if config.joint:
            check_labels(Counter(example.fields["label"] for example in train), train[0].where)
            labels["label"] = Vocabulary.by_frequency(Counter(example.fields["label"] for example in train))
        return config, labels

    def targets(self, examples: Sequence[Example]) -> dict[str, Ragged]:
        """Return the tags of each sentence, and its label."""
        tags = (self.labels["tags"].encode(_written(example.fields["tags"], self.config)) for example in examples)
        targets = {"tags": Ragged.of(tags)}
        if self.config.joint:
            targets["label"] = Ragged.of(self.labels["label"].encode([example.fields["label"]]) for example in examples)
        return targets

    def check(self, examples: Sequence[Example]) -> None:
        """Refuse sentences none of whose tags was learned; O is in every file."""
        every = (tag for example in examples for tag in _written(example.fields["tags"], self.config))
        tags = (tag for tag in every if tag != schemes.OUTSIDE)
        check_known(self.labels["tags"], tags, examples[0].where, "tag")

    def connect(self, model: Any) -> None:
        """Tell a CRF which tags may follow which."""
        head = model.heads["tags"]
        if self.config.scheme != "none" and hasattr(head, "constrain"):
            head.constrain(*schemes.constraints(self.labels["tags"].tokens, self.config.predicted_scheme))

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

    def tag(self, model: Labeler, data: Sentences, weighed: bool = True) -> list[Tagged]:
        """Return what a model says to sentences, in their order.

        Args:
            model: predicts.
            data: the sentences.
            weighed: whether the probabilities of the tags are wanted; the marginals of a CRF take as long as its tags.
        """
        found: list[Tagged] = [Tagged([], np.empty(0))] * len(data.examples)
        tags = self.labels["tags"].tokens
        for rows, batch, answers in self.asked(model, data):
            best, label = answers.best["tags"], answers.best.get("label")
            given = np.empty((len(rows), 0))
            if weighed:
                given = np.take_along_axis(answers.log_probs["tags"], best[..., None], -1)[..., 0]
            lengths = batch.masks["words"].sum(1).tolist()
            for place, (row, length, ids) in enumerate(zip(rows.tolist(), lengths, best.tolist(), strict=True)):
                named = [tags[i] for i in ids[:length]]
                if self.config.scheme != "none":
                    named = schemes.convert(named, self.config.scheme)
                whole = None if label is None else self.labels["label"].tokens[label[place, 0]]
                found[row] = Tagged(named, given[place, :length], whole)
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

    def evaluation(self, model: Labeler, data: Sentences) -> Evaluation:
        """Return scores of spans or accuracy, and where they come from."""
        found = self.tag(model, data)
        gold = [list(example.fields["tags"]) for example in data.examples]
        tags = [one.tags for one in found]
        counts = self.counted(data)
        known = self.labels["tags"]
        counts["tags unseen in training"] = sum(
            tag not in known for tags in gold for tag in _written(tags, self.config)
        )
        if self.config.scheme == "none":
            scored = _tag_scores(gold, tags, False)
        else:
            counts["impossible tags"] = sum(schemes.illegal(one, self.config.scheme) for one in gold)
            gold = [schemes.convert(one, self.config.scheme) for one in gold]
            scored = span_scores(gold, tags).and_then(_tag_scores(gold, tags, True))
        answers: list[Any] = gold
        if self.config.joint:
            labels = [example.fields["label"] for example in data.examples]
            scored = scored.and_then(_sentence_labels(labels, [one.label for one in found]))
            answers = list(zip(gold, labels, strict=True))
        first, details = scored.scores[0], [*scored.details, *self._worst(data, found)]
        shown = f"{'F1' if first.name == 'span_f1' else first.name} {first.value:.2%}"
        return Evaluation(scored.scores, counts, shown, details, self.by_piece(data, answers, scored.observed))

    def _worst(self, data: Sentences, found: Sequence[Tagged]) -> list[Detail]:
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
            rows.append([example.where, self._shown(words, there), self._shown(words, one._replace(label=None))])
        return [Detail("Worst mistakes", ["where", "in the file", "predicted"], rows)] if rows else []


def _written(tags: Sequence[str], config: Tagging.Config) -> list[str]:
    """Return the tags of a file as the model predicts them."""
    return list(tags) if config.scheme == "none" else schemes.convert(tags, config.predicted_scheme)


def _bracketed(words: Sequence[str], tags: Sequence[str]) -> str:
    """Return a sentence with its spans in brackets: [Raul Salinas PER] of [Citibank ORG] ."""
    parts, last = [], 0
    for span in schemes.spans(tags):
        parts += [*words[last : span.start], f"[{' '.join([*words[span.start : span.stop], span.kind]).strip()}]"]
        last = span.stop
    return " ".join([*parts, *words[last:]])


def _tag_scores(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]], of_spans: bool) -> Scored:
    """Return accuracy, and which tag was taken for which; of tags of spans, which kind."""
    right = [
        Matches(sum(a == b for a, b in zip(true, given, strict=True)), len(true))
        for true, given in zip(gold, found, strict=True)
    ]
    one, other = ([tag for tags in sentences for tag in tags] for sentences in (gold, found))
    if of_spans:
        one, other = ([tag.partition("-")[2] or tag for tag in tags] for tags in (one, other))
    tables, _ = class_tables(one, other, "type of word" if of_spans else "tag")
    whole = Matches(*map(sum, zip(*right, strict=True)))
    return Scored([score("accuracy", whole, "of words", "tags:all")], tables, {"accuracy": ("accuracy", lambda: right)})


def _sentence_labels(gold: Sequence[str], found: Sequence[str | None]) -> Scored:
    """Return the accuracy of the labels of sentences."""
    right = [Matches(int(one == other), 1) for one, other in zip(gold, found, strict=True)]
    whole = Matches(sum(one.correct for one in right), len(right))
    accuracy = score("accuracy", whole, "of sentences", "label", "label_accuracy")
    return Scored([accuracy], [], {"label_accuracy": ("accuracy", lambda: right)})
