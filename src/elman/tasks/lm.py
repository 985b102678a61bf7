"""Language modeling: the next token of a running text."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field as Option
from pydantic import field_validator, model_validator

from elman.data.batching import BpttStreams, EvaluationStreams
from elman.data.corpus import Corpus, Read, encode, guess_level, learn, training_part, unknowns
from elman.data.fields import Field, Kind
from elman.data.outlines import Outlines, Tokens
from elman.data.readers.base import Reader
from elman.data.records import Batch, Example
from elman.decoding.beam import beam_search
from elman.decoding.sampling import Choice, Drawing, sample
from elman.evaluation.base import Answer, Evaluation, score
from elman.metrics.base import Likelihood, Score
from elman.randomness import seed_of
from elman.tasks.base import DataFiles, Say, Task, TaskData
from elman.tasks.base.protocols import LanguageModel
from elman.text.tokenizers import TOKENIZERS
from elman.text.tokenizers.base import Tokenizer
from elman.text.vocabulary import Vocabulary

_VOCABULARY = "tokens.txt"
_AS_IT_IS = Choice()
_STREAMS = 64
_SAMPLE_TOKENS = {"character": 300, "byte": 300, "word": 60}


class LanguageModeling(Task):
    """Predict each token of a text from those before it.

        J = -1/T Σ_t log p(x_t | x_1 .. x_{t-1})

    Training reads the text in streams with truncated backpropagation through time; the state is carried from
    batch to batch and starts at zero with each epoch.

    Args:
        config: the `[task]` section, its level decided.
        vocabulary: the tokens.
        tokenizer: cuts text into them.
    """

    class Config(Task.Config):
        """Options of language modeling."""

        name: str = "lm"
        level: str = Option(
            "auto", description="What a token is: character, word, bpe, byte; auto guesses and says so."
        )
        bpe_size: int = Option(8000, ge=257, le=1_000_000, description="Pieces that level bpe learns, bytes included.")
        validation_tokens: int = Option(
            250_000, ge=1, description="At most so many tokens are scored at each validation; evaluate scores all."
        )
        bptt: int = Option(64, ge=1, le=100_000, description="T, tokens that a gradient reaches back.")
        variable_bptt: bool = Option(False, description="Draw T anew for each batch, around bptt (Merity).")
        carry_state: bool = Option(True, description="Training goes on with the state that the batch before left.")

        @field_validator("level")
        @classmethod
        def _known_level(cls, level: str) -> str:
            if level != "auto":
                TOKENIZERS.get(level)
            return level

        @model_validator(mode="after")
        def _pieces_of_bpe(self) -> "LanguageModeling.Config":
            if self.level != "bpe" and self.bpe_size != type(self).model_fields["bpe_size"].default:
                raise ValueError(
                    f"bpe_size: level {self.level} learns no pieces, level bpe does. Give one or the other."
                )
            return self

    default_model = "rnn_lm"

    def __init__(self, config: Config, vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
        self.config = config
        self.vocabulary = vocabulary
        self.tokenizer = tokenizer
        # A text starts where a line starts. A text without line breaks has no such token: `<unk>`, id 0, then.
        starts = [self.tokenizer.newline] if self.tokenizer.newline in vocabulary else [vocabulary.tokens[0]]
        self.start_id = int(vocabulary.encode(starts)[0])

    # Data and files

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
        """Read the text, guess the level if it is `auto`, and learn the vocabulary from the training part."""
        if config.level == "auto":
            level = guess_level(reader.read(files.train[:1]))
            reason = "punctuation stands apart" if level == "word" else "running text"
            say(f"level: {level}, guessed ({reason}); --level character, word, bpe or byte decides it")
            config = config.model_copy(update={"level": level})
        tokenizer = TOKENIZERS.get(config.level)()
        tokenizer.learn(training_part(lambda: reader.read(files.train), files.held_out), config.bpe_size)
        vocabulary, train, valid = learn(reader.read(files.train), tokenizer, folder, files.held_out)
        if valid is None:
            valid = encode(reader.read(files.valid), tokenizer, vocabulary, folder)
        task = cls(config, vocabulary, tokenizer)
        return task, TaskData(
            train=train.store,
            valid=valid.store,
            fingerprint=f"{train.store.fingerprint}-{valid.store.fingerprint}-{vocabulary.fingerprint}",
            card=task._card(train, valid),
        )

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the vocabulary of a folder."""
        return cls(config, Vocabulary.load(folder / _VOCABULARY), TOKENIZERS.get(config.level).load(folder))

    def save(self, folder: Path) -> None:
        """Write the vocabulary, and what the tokenizer learned."""
        self.vocabulary.save(folder / _VOCABULARY)
        self.tokenizer.save(folder)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the vocabulary, and of what the tokenizer learned."""
        return "-".join(filter(None, (self.vocabulary.fingerprint, self.tokenizer.fingerprint)))

    @property
    def outlines(self) -> Outlines:
        """The tokens, before and after."""
        unknown = {} if self.vocabulary.unknown_id is None else {"unknown": self.vocabulary.unknown_id}
        tokens = Tokens(self.vocabulary.tokens, self.vocabulary.counts, {"start": self.start_id, **unknown})
        return Outlines({"tokens": tokens}, {"next_token": tokens})

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Text, scores."""
        generate = "elman generate {run} --length 300 --temperature 0.8"
        return (generate, "elman evaluate {run} FILE", "elman score {run} FILE")

    @property
    def unit(self) -> str:
        """Characters, words, subwords or bytes."""
        return f"{self.tokenizer.unit}s"

    # Training

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Sequence[Batch]:
        """Return the streams of one epoch; every epoch reads the text in the same order."""
        config = self.config
        cuts = np.random.default_rng(seed_of(seed, "bptt", epoch)) if config.variable_bptt else None
        return BpttStreams(data.train, batch_size, config.bptt, self.start_id, cuts, config.carry_state)

    def validate(self, model: LanguageModel, data: TaskData) -> Evaluation:
        """Evaluate on the validation part, or on as much of its beginning as `validation_tokens` allows."""
        part = data.valid.slice(0, self.config.validation_tokens)
        return self._evaluate(model, Corpus(part))

    def evaluate(self, model: LanguageModel, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files, one running text."""
        return self._evaluate(model, self.encode(reader, paths, folder))

    def sample(self, model: LanguageModel, data: TaskData, seed: int) -> str:
        """Return a short generated text."""
        length = _SAMPLE_TOKENS.get(self.config.level, 60)
        return "".join(self.generate(model, "", length, Choice(temperature=0.8), seed))

    def show_loss(self, nats: float) -> str:
        """Return nats a character, or a perplexity for words and their parts."""
        if self.tokenizer.unit in ("word", "subword"):
            return f"perplexity {np.exp(nats):.1f}" if nats < 700 else "perplexity infinite"
        return f"{nats:.3f} nats/{self.tokenizer.unit}"

    # Use

    def generate(
        self, model: LanguageModel, prompt: str, length: int, choice: Choice = _AS_IT_IS, seed: int = 0, beam: int = 0
    ) -> Iterator[str]:
        """Yield a prompt and `length` tokens after it, as pieces of text.

        Args:
            model: predicts.
            prompt: what to go on from; unknown tokens are read as `<unk>`.
            length: tokens to add.
            choice: how each is drawn.
            seed: of the draws.
            beam: above 0, search for the likeliest text with so many paths instead of drawing.
        """
        words, ids = self._read(prompt)
        excluded = [] if self.vocabulary.unknown_id is None else [self.vocabulary.unknown_id]
        state = model.initial_state(1)
        found: Iterable[int]
        if beam:
            found = beam_search(model.advance, model.select, state, ids, length, beam, excluded)
        else:
            many = model.draw if isinstance(model, Drawing) else None
            found = islice(sample(model.advance, state, ids, choice, seed, excluded, many), length)
        return self.tokenizer.pieces(chain(words, (self.vocabulary.tokens[token] for token in found)))

    def predict(self, model: LanguageModel, prompt: str, k: int) -> list[tuple[str, float]]:
        """Return the k likeliest next tokens after a prompt, with their probabilities."""
        state = model.initial_state(1)
        for token in self._read(prompt)[1]:
            log_probs, state = model.advance(np.array([token]), state)
        return self.likeliest(log_probs[0], k)

    def parse(self, line: str, split: bool) -> Example:
        """Return a line as it is: the level of the run says what its tokens are."""
        return Example({"text": line})

    def answer(self, model: LanguageModel, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the k likeliest next tokens after each text."""
        answers = []
        for text in (example.fields["text"] for example in examples):
            found = self.predict(model, text, k)
            shown = "  ".join(f"{json.dumps(token, ensure_ascii=False)} {p:.3g}" for token, p in found)
            tokens = [{"token": token, "probability": p} for token, p in found]
            answers.append(Answer(found, f"{text} -> {shown}", {"text": text, "next": tokens} if facts else {}))
        return answers

    def likeliest(self, log_probs: np.ndarray, k: int) -> list[tuple[str, float]]:
        """Return the k likeliest tokens of a row of log-probabilities, with their probabilities."""
        best = np.argsort(-log_probs, kind="stable")[:k]
        return [(self.tokenizer.shown(self.vocabulary.tokens[i]), float(np.exp(log_probs[i]))) for i in best]

    def unknown_in(self, text: str) -> list[str]:
        """Return the tokens of a text that the vocabulary lacks, each once."""
        return list(dict.fromkeys(token for token in self.tokenizer.split(text) if token not in self.vocabulary))

    def _read(self, prompt: str) -> tuple[Sequence[str], np.ndarray]:
        """Return the tokens of a prompt, and their ids after the one that starts a text."""
        words = self.tokenizer.split(prompt)
        return words, np.concatenate([[self.start_id], self.vocabulary.encode(words)])

    def encode(self, reader: Reader, paths: Sequence[Path], folder: Path) -> Corpus:
        """Return the text of files as ids.

        Args:
            reader: reads the files.
            paths: one running text.
            folder: a folder for temporary files.
        """
        return encode(reader.read(paths), self.tokenizer, self.vocabulary, folder)

    def read(self, model: LanguageModel, corpus: Corpus, streams: int = _STREAMS) -> Iterator[Read]:
        """Yield what a model gives to the tokens of a text, each once, in batches of streams."""
        batches = EvaluationStreams(corpus.store, self.start_id, streams)
        state = model.initial_state(batches.streams)
        for index, batch in enumerate(batches):
            nll, state = model.nll(batch, state)
            counted = batch.fields["next_token.weights"].values
            yield Read(batches.places(index)[counted], batch.fields["next_token"].values[counted], nll[counted])

    def evaluation(self, nats: Iterable[Read], corpus: Corpus, how: str) -> Evaluation:
        """Return the scores of a text that was read.

        Args:
            nats: what its tokens got.
            corpus: the text.
            how: what the numbers depend on besides text and model, for the signature.
        """
        total, known = np.zeros(2), np.zeros(2)
        for part in nats:
            familiar = part.tokens != self.vocabulary.unknown_id
            total += part.nll.sum(), len(part.nll)
            known += part.nll[familiar].sum(), familiar.sum()
        signature = f"level:{self.config.level}|eos:counted|unknown:{{}}|{how}"
        scores = self._scores(Likelihood(total[0], int(total[1]), corpus.characters), signature.format("in"))
        if known[1]:
            scores += self._scores(Likelihood(known[0], int(known[1])), signature.format("out"))
        counts = {"tokens": int(total[1]), "unknown": int(total[1] - known[1]), "sentences": corpus.lines}
        return Evaluation(scores, counts, self.show_loss(scores[0].value))

    def _evaluate(self, model: LanguageModel, corpus: Corpus) -> Evaluation:
        streams = EvaluationStreams(corpus.store, self.start_id, _STREAMS).streams
        return self.evaluation(self.read(model, corpus), corpus, f"state:carried|streams:{streams}")

    def _scores(self, likelihood: Likelihood, signature: str) -> list[Score]:
        unit = self.tokenizer.unit
        units = {"cross_entropy": f"nats/{unit}", "perplexity": f"per {unit}", "bits_per_character": "bits/character"}
        counted = [name for name in units if likelihood.characters or name != "bits_per_character"]
        return [score(name, likelihood, units[name], signature) for name in counted]

    def _card(self, train: Corpus, valid: Corpus) -> dict[str, str]:
        limit = self.config.validation_tokens
        missing = unknowns(valid.store, self.vocabulary)
        return {
            "level": self.config.level,
            "training": f"{len(train.store):,} {self.unit}",
            "validation": f"{len(valid.store):,} {self.unit}"
            + (f", the first {limit:,} scored" if len(valid.store) > limit else ""),
            "vocabulary": f"{len(self.vocabulary):,} {self.unit}",
            "unknown in validation": f"{missing:,} ({missing / max(1, len(valid.store)):.2%})",
        }
