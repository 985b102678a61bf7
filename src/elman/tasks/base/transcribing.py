"""What tasks share that write the text of a recording: how it is searched for, and with which knowledge of texts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field as Option
from pydantic import model_validator

from elman.answers.base import Answer
from elman.answers.transcribed import Heard, Placed, Transcript, transcribed
from elman.coders.transcript import TranscriptCoder
from elman.config import Config
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.records import Example
from elman.decoding.ctc.alignment import align
from elman.decoding.ctc.beam import Hypothesis, Limits, PrefixBeam
from elman.decoding.ctc.best_path import BestPath
from elman.decoding.ctc.scorer import Labels, Lexicon, Scorer, Weights, Words
from elman.errors import ConfigError, DataError
from elman.evaluation.base import Evaluation
from elman.files.documents import read_bytes
from elman.metrics.base import Score
from elman.ngram.language import SPACE, Ngrams
from elman.tasks.base.data import TaskData
from elman.tasks.base.examples import ExampleTask

ROWS, PLACES = 64, 32768
"""Recordings that are read together, and frames of their padded rectangle, at most."""


class SearchConfig(Config):
    """How the text of a recording is searched for: a run can be asked with other options than it was trained with."""

    beam: int = Option(
        0, ge=0, le=1000, description="Prefixes that the search for a text keeps; 0 takes the likeliest path."
    )
    lm: Literal["none", "labels", "words"] = Option(
        "none", description="The n-gram model of training texts that a search adds: of labels, or of words."
    )
    lm_file: str = Option("", description="An ARPA file in its place, such as `elman export` writes.")
    lexicon: str = Option("", description="The only words there are: training, or a file with one a line.")
    alpha: float = Option(0.5, ge=0, description="α, what log p of the n-gram model is multiplied with.")
    beta: float = Option(1.0, description="β, what each of its tokens adds, in nats.")

    @model_validator(mode="after")
    def _of_a_search(self) -> Self:
        if not self.beam and (self.lm != "none" or self.lexicon):
            raise ValueError("beam: got 0, expected 1 or more: only a search can add what is known of texts.")
        if self.lm_file and self.lm == "none":
            raise ValueError("lm_file: got a file, but lm = none. Set task.lm to labels or words: what its tokens are.")
        return self


class Constant(NamedTuple):
    """What writes the same text to every recording.

    Args:
        text: it.
        frequencies: nothing else than how often texts are is behind it.
    """

    text: str
    frequencies: bool = True


class TranscribingTask(ExampleTask):
    """A task whose answer is the text of a recording.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of frames.
        answers: that of `text`.
    """

    class Config(SearchConfig, ExampleTask.Config):
        """Options of tasks that transcribe."""

        label_order: int = Option(5, ge=1, le=10, description="n of the n-gram model of labels that is kept.")
        word_order: int = Option(2, ge=1, le=10, description="n of the n-gram model of words that is kept.")

    verbs = ("examples", "transcripts")
    answering = tuple(SearchConfig.model_fields)
    few = 1
    field: ClassVar[str]
    """The field of a batch with frames."""

    @property
    def writer(self) -> TranscriptCoder:
        """The coder of texts."""
        found: Any = self.answers["text"]
        return found

    @property
    def how(self) -> str:
        """How texts are searched for, for signatures: everything that is not as by default."""
        config = self.config
        if not config.beam:
            return "decoder:best path"
        told = [f"decoder:prefix beam|beam:{config.beam}"]
        if config.lm != "none":
            source = Path(config.lm_file).name if config.lm_file else "training"
            told.append(f"lm:{self._language.order}-gram of {config.lm}, {source}")
        told += [f"lexicon:{Path(config.lexicon).name}"] if config.lexicon else []
        told += [f"alpha:{config.alpha:g}|beta:{config.beta:g}"] if config.lm != "none" or config.lexicon else []
        return "|".join(told)

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part by the likeliest paths: a search takes longer."""
        return self.plainly.evaluation(model, data.valid)

    def errors(self, model: Any, examples: Sequence[Example]) -> Callable[[float, float], float]:
        """Return what says the first score of a search with other α and β: what a network says is computed once."""
        data = self.encode(examples)
        every = dict(self.log_probs(model, data))

        def error(alpha: float, beta: float) -> float:
            task, texts = self.asked({"alpha": alpha, "beta": beta}), []
            for row in range(len(examples)):
                search = task.search()
                search.read(every[row])
                texts.append(task.transcripts(search.found(1))[0].text)
            score: Score = task.verdict(data, texts).scores[0]
            return score.value if score.lower_is_better else -score.value

        return error

    @property
    def plainly(self) -> Self:
        """The task without a search."""
        return self.asked(SearchConfig().model_dump())

    def answer(self, model: Any, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return what a model hears in recordings, in their order.

        Raises:
            ConfigError: a search keeps fewer prefixes than texts are asked for.
        """
        if k > max(1, self.config.beam):
            raise ConfigError(
                f"k: got {k} texts of a search along {self.config.beam}, expected at most as many. Set task.beam={k}."
            )
        return super().answer(model, examples, k, facts)

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Heard, np.ndarray | None]]:
        """Yield the row of each recording, and what is heard in it."""
        yield from ((row, self.heard(log_probs), None) for row, log_probs in self.log_probs(model, data))

    def log_probs(self, model: Any, data: Encoded) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the row of each recording, and log p (nats) of each symbol at each step of a network, (T, V)."""
        for rows in buckets(data.widths, ROWS, PLACES):
            batch = self.batch(replace(data, targets={}), rows)
            found = model.answers(batch).log_probs["text"]
            steps = model.lengths(self.field, batch.fields[self.field].lengths)
            for place, row in enumerate(rows.tolist()):
                yield row, found[place, : steps[place]]

    def heard(self, log_probs: np.ndarray) -> Heard:
        """Return the texts that log-probabilities of symbols give, (T, V)."""
        search = self.search()
        search.read(log_probs)
        return Heard(self.transcripts(search.found(self.config.beam)), log_probs)

    def search(self) -> BestPath | PrefixBeam:
        """Return what finds texts and has read nothing: a search, or without one what takes the likeliest path."""
        if not self.config.beam:
            return BestPath(self.writer.blank)
        return PrefixBeam(self.writer.blank, Limits(self.config.beam), self._scorer)

    def transcripts(self, found: Sequence[Hypothesis]) -> list[Transcript]:
        """Return what was found as texts; nothing at all is the empty text."""
        texts = [
            Transcript(self.writer.decode(np.array(one.labels, np.int64)), one.log_prob, labels=one.labels)
            for one in found
        ]
        return texts or [Transcript("", -inf)]

    def placed(self, text: str, log_probs: np.ndarray, frames: int) -> list[Placed]:
        """Return where each label of a text stands among the frames of a recording.

        Args:
            text: it.
            log_probs: of each symbol at each step, (T, V).
            frames: of the recording.

        Raises:
            DataError: the text does not fit.
        """
        return self._placed(self.writer.encode([text]).values, log_probs, frames)

    def _placed(self, labels: np.ndarray, log_probs: np.ndarray, frames: int) -> list[Placed]:
        found, width = align(log_probs, labels, self.writer.blank), -(-frames // max(1, len(log_probs)))
        rows = zip(labels.tolist(), found.begins.tolist(), found.ends.tolist(), found.confidence.tolist(), strict=True)
        shown = self.writer.shown
        return [Placed(shown([k])[0], a * width, min(b * width, frames), share) for k, a, b, share in rows]

    def present(self, example: Example, said: Heard, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the best texts; in JSON where the labels of the best one stand."""
        frames, found = len(example.fields[self.field]), list(said.found[:k])
        if facts and found[0].text:
            labels = np.array(found[0].labels, np.int64)  # not those of its text, where `<unk>` would be five
            found[0] = found[0]._replace(placed=self._placed(labels, said.log_probs, frames))
        return transcribed(found, frames, facts, example.place)

    def kept(self, example: Example, said: Heard) -> str:
        """Return the best text."""
        return said.found[0].text

    @cached_property
    def _language(self) -> Ngrams:
        config = self.config
        return Ngrams.load(Path(config.lm_file)) if config.lm_file else self.writer.languages[config.lm]

    @cached_property
    def _scorer(self) -> Scorer | None:
        """What a search adds to what is heard."""
        config, names, blank = self.config, self.writer.names, self.writer.blank
        weights = Weights(config.alpha, config.beta)
        if config.lm == "labels":
            return Labels(names, blank, self._language, weights)
        if config.lm == "none" and not config.lexicon:
            return None
        if SPACE not in names:
            raise ConfigError(
                "task.lm: words are told apart by blanks, and no training text has one. Set task.lm=labels, or leave "
                "task.lexicon out."
            )
        space = list(names).index(SPACE)
        language = None if config.lm == "none" else self._language
        return Words(names, space, weights, language, self._lexicon(space) if config.lexicon else None)

    def _lexicon(self, space: int) -> Lexicon:
        """Return the list of words, those left out that the labels cannot write."""
        given, names = self.config.lexicon, {name: number for number, name in enumerate(self.writer.names)}
        words = self.writer.languages["words"].tokens if given == "training" else _words_of(Path(given))
        able = [
            (word, [names[one] for one in word]) for word in dict.fromkeys(words) if all(one in names for one in word)
        ]
        return Lexicon(able, len(names), space)


def _words_of(path: Path) -> list[str]:
    """Return the words of a file.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return read_bytes(path).decode("utf-8-sig").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise DataError(f"{path}: cannot be read: {reason}. Give task.lexicon a file of words, one a line.") from error
