"""Language modeling: the next token of a running text."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.continuations import going_on
from elman.data.batching import BpttStreams, FreshStarts
from elman.data.corpus import Corpus, card, encode, unk_share
from elman.data.fields import Field, Kind
from elman.data.lines import LineBatches
from elman.data.marks import remark_on
from elman.data.outlines import Outlines, Tokens
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.decoding.choice import Choice
from elman.decoding.stepper import Stepper
from elman.decoding.until import Until
from elman.decoding.writing import Wanted, likeliest_next, write, write_many
from elman.evaluation.base import Evaluation
from elman.evaluation.likelihood import LikelihoodVerdict
from elman.randomness import seed_of
from elman.tasks.base import DataFiles, Say, Task, TaskData
from elman.tasks.base.cutting import CutText
from elman.tasks.base.running_text import running
from elman.text.tokenization import Tokenization

_SAMPLE_TOKENS, _SAMPLE_LINES = {"character": 300, "byte": 300, "word": 60}, 10


class LanguageModeling(Task):
    """Predict each token of a text from those before it.

        J = -1/T Σ_t log p(x_t | x_1 .. x_{t-1})

    Training reads the text in streams with truncated backpropagation through time; the state is carried from
    batch to batch, and starts anew with each epoch and now and then (`fresh_starts`). Lines that are texts start anew.

    Args:
        config: the `[task]` section, its level decided.
        tokens: what text is cut into.
    """

    class Config(CutText):
        """Options of language modeling."""

        name: str = "lm"
        validation_tokens: int = Option(
            250_000, ge=1, description="At most so many tokens are scored at each validation; evaluate scores all."
        )
        bptt: int = Option(64, ge=1, le=100_000, description="T, tokens that a gradient reaches back.")
        variable_bptt: bool = Option(False, description="Draw T anew for each batch, around bptt (Merity).")
        carry_state: bool = Option(True, description="Training goes on with the state that the batch before left.")
        fresh_starts: float = Option(
            0.01, ge=0, lt=1, description="Chance that a stream of running text starts a batch from a fresh state."
        )

        @property
        def runs_on(self) -> str:
            """What means something to running text only, where it is given."""
            return "variable_bptt" if self.variable_bptt else ""

    default_model = "rnn_lm"
    bounds = {"bptt": "width"}
    verbs = ("generate", "mixture", "score", "session")

    def __init__(self, config: Config, tokens: Tokenization) -> None:
        self.config = config
        self.tokens = tokens
        self.likelihood = LikelihoodVerdict(config.level, tokens.tokenizer.unit, tokens.vocabulary)

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: running text."""
        return (Field("text", Kind.STREAM),)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the tokens."""
        return ("tokens",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the next token."""
        return ("next_token",)

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the text, decide what is `auto`, and learn the vocabulary from the training part."""
        config = config.settled(reader.read(files.train[:1]), say)
        tokens, train, valid = running(config, reader, files, folder)
        tokenizer, vocabulary = tokens.tokenizer, tokens.vocabulary
        marked = remark_on(Counter(train.marks) + Counter(valid.marks))
        for remark in filter(None, (tokenizer.remark(config.bpe_size), marked)):
            say(remark)
        task = cls(config, tokens)
        fingerprint = f"{train.store.fingerprint}-{valid.store.fingerprint}-{vocabulary.fingerprint}"
        facts = {"level": config.level, **card(train, valid, vocabulary, task.unit, config.validation_tokens)}
        return task, TaskData(train.store, valid.store, fingerprint, facts, unk_share(valid.store, vocabulary))

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the vocabulary of a folder."""
        return cls(config, Tokenization.load(config.level, folder))

    def save(self, folder: Path) -> None:
        """Write the vocabulary, and what the tokenizer learned."""
        self.tokens.save(folder)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the tokens."""
        return self.tokens.fingerprint

    @property
    def outlines(self) -> Outlines:
        """The tokens, before and after."""
        tokens = Tokens(self.tokens.vocabulary.tokens, self.tokens.vocabulary.counts, self.tokens.marks)
        return Outlines({"tokens": tokens}, {"next_token": tokens})

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Text, scores."""
        some = "--count 10" if config.by_line else "--length 300 --temperature 0.8"
        return [f"elman generate {{run}} {some}", "elman evaluate {run} FILE", "elman score {run} FILE"]

    @property
    def unit(self) -> str:
        """Characters, words, subwords or bytes."""
        return f"{self.likelihood.unit}s"

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> BpttStreams | LineBatches:
        """Return the streams of one epoch, which all read the text in the same order; or its lines, drawn anew."""
        bptt, start, carried = self.config.bptt, self.tokens.start_id, self.config.carry_state
        if self.config.by_line:
            return LineBatches(data.train, batch_size, bptt, start, seed, epoch, carried)
        cuts = np.random.default_rng(seed_of(seed, "bptt", epoch)) if self.config.variable_bptt else None
        fresh = FreshStarts(self.config.fresh_starts, seed_of(seed, "streams", epoch))
        return BpttStreams(data.train, batch_size, bptt, start, cuts, carried, fresh)

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part, or on as much of it as `validation_tokens` allows."""
        return self.likelihood.evaluate(model.stepper(), Corpus(data.valid.beginning(self.config.validation_tokens)))

    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files, one running text or so many lines."""
        return self.likelihood.evaluate(model.stepper(), self.encode(reader, paths, folder))

    def sample(self, model: Any, data: TaskData, seed: int) -> str:
        """Return a short generated text."""
        wanted = Wanted(_SAMPLE_TOKENS.get(self.config.level, 60), Choice(temperature=0.8), seed)
        if self.config.by_line:
            return "\n".join(one.text for one in write_many(self.ready(model), self.tokens, "", wanted, _SAMPLE_LINES))
        return "".join(write(model.stepper(), self.tokens, "", wanted))

    def show_loss(self, nats: float) -> str:
        """Return nats a character, or a perplexity for words and their parts."""
        return self.likelihood.show(nats)

    def ready(self, model: Any) -> Stepper:
        """Return what reads and writes with the model, to the end of a line where that is the end of a text."""
        return Until(model.stepper(), self.tokens.start_id) if self.config.by_line else model.stepper()

    def parse(self, line: str, split: bool) -> Example:
        """Return a line as it is: the level of the run says what its tokens are."""
        return Example({"text": line})

    def answer(self, model: Stepper, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the k likeliest next tokens after each text, with their probabilities."""
        found = likeliest_next(model, self.tokens, [example.fields["text"] for example in examples], k)
        return [going_on(one.fields["text"], tokens, facts) for one, tokens in zip(examples, found, strict=True)]

    def encode(self, reader: Reader, paths: Sequence[Path], folder: Path) -> Corpus:
        """Return the text of files as ids, with a folder for temporary files."""
        return encode(reader.read(paths), self.tokens.tokenizer, self.tokens.vocabulary, folder, self.config.by_line)
