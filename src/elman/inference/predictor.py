"""A trained model with the verbs of its task."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from elman.data.fields import names_of
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.decoding.sampling import Choice
from elman.errors import ConfigError
from elman.evaluation.base import Answer, Evaluation
from elman.inference.scoring import LineScore, TokenScore, score_lines, score_tokens
from elman.inference.session import Session
from elman.models.base import Model, Network
from elman.tasks.base import Task
from elman.tasks.embed import Embedding
from elman.tasks.lm import LanguageModeling


class Predictor:
    """The model of a run, and what can be done with it.

    Args:
        path: the run folder.
        task: its task.
        model: its model. What writes text packs its weights, anew when torch has changed them in between; a session
            keeps those that it began with.
        reader: reads files as the run's training files were read.
        validation: the validation files of the run, or the share of its training text that was held out.
    """

    def __init__(self, path: Path, task: Task, model: Model, reader: Reader, validation: Sequence[str] = ()) -> None:
        self.path = path
        self.task = task
        self.model = model
        self.reader = reader
        self.validation = validation
        self._packed: Any = None
        self._versions: list[tuple[int, int]] = []

    @property
    def encoding(self) -> str:
        """The encoding of the files that the run was trained on."""
        return str(self.reader.config.encoding)

    def evaluate(self, files: str | Path | Sequence[str | Path]) -> Evaluation:
        """Return the scores of the model on files, each with unit and signature.

        Raises:
            DataError: a file is missing or cannot be used.
        """
        names = [files] if isinstance(files, str | Path) else list(files)
        with tempfile.TemporaryDirectory() as folder:
            paths = self.reader.find([str(name) for name in names])
            return self.task.evaluate(self.model, self.reader, paths, Path(folder))

    def read(self, file: str | Path) -> Iterator[Example]:
        """Yield the inputs of a file in the format of the training files; answers need not be in it.

        Raises:
            DataError: the file is missing or not in that format.
        """
        reader = type(self.reader)(self.reader.config, names_of(self.task.inputs(self.task.config)))
        return reader.read(reader.find([str(file)]))

    def generate(
        self,
        prompt: str = "",
        length: int = 200,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        beam: int = 0,
        seed: int = 0,
    ) -> str:
        """Return a prompt and `length` tokens that go on from it. The same seed gives the same text."""
        return "".join(self.stream(prompt, length, Choice(temperature, top_k, top_p), beam, seed))

    def stream(self, prompt: str, length: int, choice: Choice, beam: int = 0, seed: int = 0) -> Iterator[str]:
        """Yield the text of `generate` piece by piece, as it is found.

        Raises:
            ConfigError: a value that means nothing.
        """
        choice.check()
        if length < 0 or beam < 0:
            raise ConfigError(f"--length and --beam: got {length} and {beam}, expected 0 or more.")
        if beam and choice != Choice():
            raise ConfigError("--beam: searches and draws nothing: --temperature, --top-k, --top-p do not go with it.")
        return self.language_model("generate").generate(self._steps, prompt, length, choice, seed, beam)

    def predict(self, text: str, k: int = 5, split: bool = False) -> Any:
        """Return what the model says to one text: its next tokens, its tags, its label, as the task has it.

        Args:
            text: raw text; two texts of a pair have a tab between them.
            k: how many alternatives.
            split: whether the tokens of the text stand between blanks already.

        Raises:
            ConfigError: k is below 1.
        """
        return self.answer([self.task.parse(text, split)], k, facts=False)[0].value

    def answer(self, examples: Sequence[Example], k: int = 5, facts: bool = True) -> list[Answer]:
        """Return what the model says to many inputs at once, in their order.

        Args:
            examples: inputs, such as `task.parse` makes of text.
            k: how many alternatives.
            facts: whether the facts for JSON are wanted; a tagger is faster without.

        Raises:
            ConfigError: k is below 1.
        """
        if k < 1:
            raise ConfigError(f"k: got {k}, expected at least 1.")
        return self.task.answer(self._steps, examples, k, facts)

    def analogy(self, a: str, b: str, c: str, k: int = 5) -> Answer:
        """Return the k words that are likeliest to be to c what b is to a, by the word vectors of a run.

        Raises:
            ConfigError: it is another task.
            DataError: a word has no vector.
        """
        if not isinstance(self.task, Embedding):
            raise ConfigError(f"{self.path}: task {self.task.config.name!r} has no analogy; a run of task 'embed' has.")
        return self.task.analogy(self.model, a, b, c, k)  # type: ignore[arg-type]

    def score(self, lines: Sequence[str]) -> list[LineScore]:
        """Return the log-probability (nats) and perplexity of separate lines.

        Raises:
            ConfigError: one string instead of a list of them.
        """
        if isinstance(lines, str):
            raise ConfigError("score: got one string, expected a list of lines, such as [line].")
        return score_lines(self.language_model("score"), self.model, lines)  # type: ignore[arg-type]

    def score_tokens(self, lines: Sequence[str]) -> list[list[TokenScore]]:
        """Return log10 p of each token of separate lines, which order of n-gram gave it, and whether it is unknown.

        Raises:
            ConfigError: one string instead of a list of them.
        """
        if isinstance(lines, str):
            raise ConfigError("score_tokens: got one string, expected a list of lines, such as [line].")
        return list(score_tokens(self.language_model("score"), self.model, lines))  # type: ignore[arg-type]

    def unknown_in(self, text: str) -> list[str]:
        """Return the tokens of a text that the vocabulary lacks, each once."""
        return self.language_model("generate").unknown_in(text)

    def session(self) -> Session:
        """Return a session that reads text as it comes and always knows what is likely next."""
        return Session(self.language_model("session"), self._steps)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_packed": None}  # packed weights can be neither copied nor pickled

    @property
    def _steps(self) -> Any:
        if not isinstance(self.model, Network):
            return self.model
        from elman.inference.stepping import stepping  # with torch

        versions = [(weight.data_ptr(), weight._version) for weight in self.model.parameters()]
        if self._packed is None or self._versions != versions:
            self._packed, self._versions = stepping(self.model), versions  # type: ignore[arg-type]
        return self._packed

    def language_model(self, verb: str) -> LanguageModeling:
        """Return the task, which has to be language modeling.

        Args:
            verb: what that is needed for.

        Raises:
            ConfigError: it is another.
        """
        if not isinstance(self.task, LanguageModeling):
            raise ConfigError(f"{self.path}: task {self.task.config.name!r} has no {verb}; a run of task 'lm' has.")
        return self.task
