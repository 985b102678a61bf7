"""A trained model with the verbs of its task."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from elman.answers.base import Answer
from elman.data.mixed import MixedReader
from elman.data.records import Example
from elman.decoding.choice import check_numbers
from elman.decoding.until import Until
from elman.decoding.writing import Wanted, Written, write, write_many
from elman.errors import ConfigError, ElmanError
from elman.evaluation.base import Evaluation
from elman.given import names_of_files
from elman.inference import wanting
from elman.inference.abilities import lacking
from elman.inference.listening import FrameListener, Listener
from elman.inference.scoring import LineScore, TokenScore, score_lines, score_targets, score_tokens
from elman.inference.session import Session
from elman.inference.wanting import LINES, Choosing
from elman.models.base import Model, Network
from elman.runs.best import best_of
from elman.runs.folder import RunFolder
from elman.runs.log import read_events
from elman.tasks.base import Task
from elman.tasks.base.framing import read_inputs
from elman.text.characters import well_formed


class Predictor:
    """The model of a run, and what can be done with it.

    Args:
        path: the run folder.
        task: its task.
        model: its model. What writes packs its weights, anew when torch has changed them; a session keeps its own.
        reader: reads files as the run's training files were read.
        validation: the validation files of the run, or the share of its training text that was held out.
        training: its training files.
    """

    def __init__(
        self,
        path: Path,
        task: Task,
        model: Model,
        reader: MixedReader,
        validation: Sequence[str] = (),
        training: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.task = task
        self.model = model
        self.reader = reader
        self.validation = validation
        self.training = training
        self._ready: tuple[Any, Any] = (None, None)

    def __repr__(self) -> str:
        """Say what it is: task, model, size, and the score on validation where there is one."""
        shown = [f"task {self.task.config.name}", self.model.title, f"{self.model.num_weights():,} weights"]
        with suppress(ElmanError):
            best = best_of(list(read_events(RunFolder(self.path).metrics_path)))
            shown += [f"validation {best['shown']}"] if best else []
        return f"<elman model {str(self.path)!r}: {', '.join(shown)}>"

    def _repr_html_(self) -> str:
        """Show the same in a notebook."""
        return f"<p>{escape(repr(self)[1:-1])}</p>"

    @property
    def encoding(self) -> str:
        """The encoding of the files that the run was trained on."""
        return str(self.reader.config.encoding)

    def evaluate(self, files: str | Path | Sequence[str | Path], threshold: float | None = None) -> Evaluation:
        """Return the scores of the model on files, each with unit and signature.

        Args:
            files: names or globs.
            threshold: of several labels, those are given whose probability is above; None takes that of the run.

        Raises:
            ConfigError: the threshold is none, or the run has none.
            DataError: a file is missing or cannot be used.
            TrainingError: what the model answers are no numbers.
        """
        with tempfile.TemporaryDirectory() as folder:
            paths = self.reader.find(names_of_files("evaluate", files))
            found = self._task(threshold).evaluated(self.model, self.reader, paths, Path(folder))
        if "score" in self.task.verbs:  # of other tasks, some scores of right answers have no value
            check_numbers(np.array([score.value for score in found.scores]))
        return found

    def read(self, file: str | Path) -> Iterator[Example]:
        """Yield the inputs of a file in the format of the training files; answers need not be in it.

        Raises:
            DataError: the file is missing or not in that format.
        """
        self.reader.skipped.clear()
        reader = self.reader.for_answers(self.task.inputs(self.task.config))
        return read_inputs(self.task, reader, reader.find(names_of_files("read", file)), True)

    def parse(self, text: str, split: bool = False) -> Example:
        """Return the input that raw text is, cut as the training data was.

        Args:
            text: a line.
            split: whether its tokens stand between blanks already.
        """
        return self.task.parse(well_formed(wanting.one_text("parse", text)), split)

    def generate(
        self,
        prompt: str = "",
        length: int = 200,
        count: int | None = None,
        stop: str = "",
        beam: int = 0,
        seed: int = 0,
        **choice: Unpack[Choosing],
    ) -> str | list[str]:
        """Return text that goes on from a prompt. The same seed gives the same text.

        Args:
            prompt: what to go on from; it stands before the text that is returned.
            length: tokens to add at most.
            count: how many texts, as a list; each comes to its end at the end of a line, if `stop` says nothing else.
                Of a search they are the likeliest, and there may be fewer.
            stop: a text ends before this, and where each line is a text of its own, at the end of a line too.
            beam: above 0, search for the likeliest text along so many paths instead of drawing.
            seed: of the draws.
            **choice: `temperature`, `top_k`, `top_p`: how each token is drawn.

        Raises:
            ConfigError: a value that means nothing.
        """
        wanted = wanting.wanted_text(length, seed, beam, stop, choice)
        if count is None:
            return "".join(self.stream(prompt, wanted))
        return [one.text for one in self.texts(prompt, wanted, count)]

    def stream(self, prompt: str, wanted: Wanted) -> Iterator[str]:
        """Yield the text of `generate` piece by piece, as it is found.

        Raises:
            ConfigError: the prompt is no text.
        """
        tokens = self.offering("generate").tokens
        return write(self.ready, tokens, wanting.prompt_of(prompt), wanted)

    def texts(self, prompt: str, wanted: Wanted, count: int | None = None) -> Iterator[Written]:
        """Yield the texts of `generate` as each is finished, and whether it came to its end.

        Args:
            prompt: what to go on from.
            wanted: how each goes on.
            count: how many; None for the one that is as long as wanted.

        Raises:
            ConfigError: a number or a prompt that means nothing.
        """
        tokens, stepper = self.offering("generate").tokens, self.ready
        if count is not None:
            wanting.check_whole("count", count)
            if count < 1:
                raise ConfigError(f"count: got {count}, expected 1 or more.")
            if stepper.end is None and not wanted.stop:
                stepper = Until(stepper, tokens.start_id)
        return write_many(stepper, tokens, wanting.prompt_of(prompt), wanted, count or 1)

    def predict(
        self,
        text: str | Iterable[str | Sequence[str]],
        k: int | None = None,
        split: bool = False,
        threshold: float | None = None,
    ) -> Any:
        """Return what the model says to a text: its next tokens, its tags, its label, as the task has it.

        Args:
            text: raw text; two texts of a pair have a tab between them, or are a tuple, which alone is one pair. For a
                list of texts (an array, a column of a table), a list is returned; a list of words in it is a text that
                is cut already, and an empty one an empty text.
            k: how many alternatives; if left out 5, or of several labels those that fit.
            split: whether the tokens of a text stand between blanks already.
            threshold: of several labels, those fit whose probability is above; None takes that of the run.

        Raises:
            ConfigError: k is below 1 or means nothing to the task, as a threshold may, or something else than text.
        """
        two = len(self.task.inputs(self.task.config)) == 2
        one = isinstance(text, str) or (two and wanting.is_pair(text))
        lines = wanting.lines_of("predict", [text] if one else text, two, "a text or a list of texts")
        inputs = [self.parse(line, split or apart) for line, apart in lines]
        values = [answer.value for answer in self.answer(inputs, k, False, threshold)]
        return values[0] if one else values

    def answer(
        self, examples: Sequence[Example], k: int | None = None, facts: bool = True, threshold: float | None = None
    ) -> list[Answer]:
        """Return what the model says to many inputs at once, in their order.

        Args:
            examples: inputs, such as `task.parse` makes of text.
            k: how many alternatives; see `predict`.
            facts: whether the facts for JSON are wanted; a tagger is faster without.
            threshold: see `predict`.

        Raises:
            ConfigError: k is below 1, or it or a threshold means nothing to the task.
            TrainingError: what the model answers are no numbers.
        """
        task = self._task(threshold)
        return task.answer(self.ready, examples, wanting.alternatives(task, k), facts)

    def _task(self, threshold: float | None) -> Task:
        """Return the task, with another threshold if there is one."""
        return self.task if threshold is None else self.task.at(wanting.probability("threshold", threshold))

    def analogy(self, a: str, b: str, c: str, k: int = 5) -> Answer:
        """Return the k words that are likeliest to be to c what b is to a, by the word vectors of a run.

        Raises:
            ConfigError: it is another task.
            DataError: a word has no vector.
        """
        return self.offering("analogy").analogy(self.ready, a, b, c, k)

    def score(self, lines: Iterable[str]) -> list[LineScore]:
        """Return the log-probability (nats) and perplexity of separate lines, or of targets behind their sources.

        Args:
            lines: of a model that writes to sources, each is a source and its target, a tuple or with a tab between.

        Raises:
            ConfigError: something else than a list of lines.
            DataError: a line has no tab where it needs one.
        """
        task = self.offering("targets" if "targets" in self.task.verbs else "score")
        texts = wanting.scored(task, lines)
        if "targets" in task.verbs:
            return score_targets(task, self.ready, task.pairs(texts))
        return score_lines(self.ready, task.tokens, texts)

    def score_tokens(self, lines: Iterable[str]) -> list[list[TokenScore]]:
        """Return log10 p of each token of separate lines, which order of n-gram gave it, and whether it is unknown.

        Raises:
            ConfigError: something else than a list of lines.
        """
        tokens, texts = self.offering("score").tokens, wanting.texts_of("score_tokens", lines, LINES)
        return list(score_tokens(self.ready, tokens, texts))

    def unknown_in(self, text: str) -> list[str]:
        """Return the tokens of a text that the vocabulary lacks, each once."""
        return list(self.offering("generate").tokens.unknown_in(text))

    def session(self) -> Session:
        """Return a session that reads text as it comes and always knows what is likely next."""
        return Session(self.ready, self.offering("session").tokens)

    def listen(self) -> Listener | FrameListener:
        """Return what writes the text of one recording, or labels its frames, while they arrive: see `Listener`."""
        if "stretches" in self.task.verbs:
            return FrameListener(self.task, self.model)
        return Listener(self.offering("transcripts"), self.model)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_ready": (None, None)}  # packed weights can be neither copied nor pickled

    @property
    def ready(self) -> Any:
        """What answers many questions, as the task has it: made once, and anew when weights were changed."""
        weights = self.model.parameters() if isinstance(self.model, Network) else ()
        versions = [(weight.data_ptr(), weight._version) for weight in weights]
        ready, made_of = self._ready
        if ready is None or made_of != versions:
            ready = self.task.ready(self.model)
            self._ready = ready, versions  # at once, for threads
        return ready

    def offering(self, verb: str) -> Any:
        """Return the task, which has to offer a verb.

        Raises:
            ConfigError: it does not.
        """
        if verb not in self.task.verbs:
            raise ConfigError(f"{self.path}: {lacking(self.task, verb)}")
        return self.task
