"""What tasks share whose examples are texts of words, each for itself."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field

from elman.data.bucketing import BucketedEpoch, buckets, padding_share
from elman.data.columns import split_words
from elman.data.ragged import Ragged
from elman.data.readers.base import Reader
from elman.data.records import Answers, Batch, Example
from elman.data.sentences import Sentences, word_fields
from elman.errors import CheckpointError, ConfigError
from elman.evaluation.base import ByPiece, Evaluation, Observed
from elman.tasks.base.protocols import Labeler
from elman.tasks.base.reading import by_place, fingerprint, read, settle_words, split
from elman.tasks.base.task import DataFiles, Say, Task, TaskData
from elman.text.lexicon import SHAPES, Lexicon, Spelling
from elman.text.simple import simple_words
from elman.text.vocabulary import Vocabulary
from elman.vectors.formats import Vectors, read_vectors

_LABELS = "labels-{}.txt"
_LOOKED_AT = 200
_MOST_ROWS = 256
_MOST_PLACES = 4096


class SentenceTask(Task):
    """A task whose examples are texts of words, each for itself: what labels, classifies or compares them shares.

    Args:
        config: the `[task]` section, everything decided.
        lexicon: words and characters.
        labels: for each head, its answers; the first head comes first.
    """

    class Config(Task.Config):
        """Options of tasks that read separate texts."""

        lowercase: bool = Field(True, description="Look words up in lower case; characters and shapes keep theirs.")
        digits: bool = Field(True, description="Look words up with each digit as 0.")
        min_count: int = Field(1, ge=1, description="Words that are rarer in training are read as <unk>.")
        unknown_rate: float = Field(
            0.5, ge=0, lt=1, description="In training, words that occur once are read as <unk> with this probability."
        )
        vectors: str = Field("", description="A file of pretrained vectors: word2vec, GloVe, fastText; text or binary.")
        batch_places: int = Field(
            0, ge=0, description="At most so many places a batch, padding included; 0 leaves it to batch_size."
        )

    plural: ClassVar[str]
    """What examples are, such as `sentences`."""

    texts: ClassVar[Sequence[str]] = ("",)
    """What stands before `words` in a batch, for each text of an example."""

    def __init__(self, config: Config, lexicon: Lexicon, labels: Mapping[str, Vocabulary]) -> None:
        self.config = config
        self.lexicon = lexicon
        self.labels = labels
        self._vectors: Vectors | None = None

    @classmethod
    def reads(cls) -> tuple[str, ...]:
        """Return the words of each text."""
        return tuple(f"{name}words" for name in cls.texts)

    # What each task says for itself

    @classmethod
    @abstractmethod
    def words_of(cls, config: Any, example: Example) -> Sequence[Sequence[str]]:
        """Return the words of each text of an example."""

    @classmethod
    def settle_words(cls, config: Any, texts: Sequence[str], say: Say) -> Any:
        """Return the options with `words` decided, where it says how raw text is cut."""
        if config.words != "auto":
            return config
        return config.model_copy(update={"words": settle_words("\n".join(texts[:_LOOKED_AT]), say)})

    @classmethod
    @abstractmethod
    def learn_labels(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Vocabulary]]:
        """Return the options with what the training part decides, and the answers of each head."""

    @abstractmethod
    def targets(self, examples: Sequence[Example]) -> dict[str, Ragged]:
        """Return the targets of each head.

        Raises:
            DataError: an example has none; the message says where it stands.
        """

    @abstractmethod
    def check(self, examples: Sequence[Example]) -> None:
        """Refuse examples that cannot be those of this task: not one of their answers was learned.

        Raises:
            DataError: so it is.
        """

    @abstractmethod
    def evaluation(self, model: Any, data: Sentences) -> Evaluation:
        """Return what a model is worth on examples."""

    # Data and files

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the examples, hold some out if there is no other validation, and learn words and labels."""
        train, valid = split(reader, files) if files.held_out else read(reader, files)
        config, labels = cls.learn_labels(config, train, say)
        vectors = None
        if config.vectors:
            config = config.model_copy(update={"vectors": str(Path(config.vectors).absolute())})
            vectors = read_vectors(Path(config.vectors))
        known = vectors.words if vectors else ()
        spelling = Spelling(config.lowercase, config.digits)
        texts = ((example.where, cls.words_of(config, example)) for example in train)
        task = cls(config, Lexicon.learn(by_place(texts), spelling, config.min_count, known), labels)
        task._vectors = vectors
        task.check(valid)
        learned, checked = task.encode(train, learns=True), task.encode(valid)
        hashed = f"{fingerprint(train, valid, vectors)}-{task.fingerprint}"
        return task, TaskData(learned, checked, hashed, task._card(learned, checked))

    def encode(self, examples: Sequence[Example], learns: bool = False) -> Sentences:
        """Return examples as numbers, with targets if a model is to learn from them."""
        words = [self.words_of(self.config, example) for example in examples]
        texts = {name: [texts[place] for texts in words] for place, name in enumerate(self.texts)}
        found = Sentences.of(examples, texts, self.lexicon)
        return replace(found, targets=self.targets(examples)) if learns else found

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the words and labels of a folder."""
        spelling = Spelling(config.lowercase, config.digits)
        files = sorted(folder.glob(_LABELS.format("*")))
        labels = {path.stem.partition("-")[2]: Vocabulary.load(path) for path in files}
        missing = [name for name in cls.heads(config) if name not in labels]
        if missing:
            raise CheckpointError(f"{folder / _LABELS.format(missing[0])}: is missing. Restore the file.")
        return cls(config, Lexicon.load(folder, spelling), {name: labels[name] for name in cls.heads(config)})

    def save(self, folder: Path) -> None:
        """Write words, characters and labels."""
        self.lexicon.save(folder)
        for name, labels in self.labels.items():
            labels.save(folder / _LABELS.format(name))

    @property
    def fingerprint(self) -> str:
        """A hash of words, characters and labels."""
        return "-".join([self.lexicon.fingerprint, *(labels.fingerprint for labels in self.labels.values())])

    @property
    def sizes(self) -> dict[str, int]:
        """How many words, characters, shapes, and answers of each head there are."""
        sizes = {"words": len(self.lexicon.words), "characters": len(self.lexicon.characters), "shapes": len(SHAPES)}
        return sizes | {name: len(labels) for name, labels in self.labels.items()}

    # Training

    def warm_start(self, model: Any) -> None:
        """Put pretrained vectors into the table of a new model.

        Raises:
            ConfigError: they have another width than the table, or the model has none.
        """
        if self._vectors is None:
            return
        if not hasattr(model, "set_vectors"):
            raise ConfigError(f"task.vectors: model {model.config.name} has no table for vectors. Leave them out.")
        words, matrix = self._vectors
        size = model.config.embedding_size
        if matrix.shape[1] != size:
            raise ConfigError(
                f"task.vectors: {self.config.vectors} has vectors of {matrix.shape[1]} numbers, expected {size} as "
                f"model.embedding_size. Give --set model.embedding_size={matrix.shape[1]}."
            )
        # Of words that are looked up as one, that which is written so comes first, else the first of the file.
        chosen: dict[str, int] = {}
        for row, word in enumerate(words):
            spelled = self.lexicon.spelling.of(word)
            if spelled not in chosen or (word == spelled != words[chosen[spelled]]):
                chosen[spelled] = row
        model.set_vectors(self.lexicon.words.encode(chosen), matrix[list(chosen.values())])
        self._vectors = None

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Sequence[Batch]:
        """Return the batches of one epoch, similar lengths together."""
        train: Sentences = data.train
        make = partial(self.batch, train, self.config.unknown_rate)
        return BucketedEpoch(train.widths, batch_size, self.config.batch_places, make, seed, epoch)

    def batch(self, data: Sentences, forget: float, rows: np.ndarray, draw: np.random.Generator) -> Batch:
        """Return the batch of some examples, with their targets."""
        fields, masks = word_fields(data, self.lexicon, rows, forget, draw)
        for name, targets in zip(("targets", *self.heads(self.config)[1:]), data.targets.values(), strict=True):
            fields[name], masks[name] = targets.padded(rows)
        if data.weights is not None:
            fields["weights"] = data.weights[rows][:, None]
        return Batch(fields, masks)

    @staticmethod
    def cut(text: str, split: bool) -> list[str]:
        """Return the words of raw text, or of text whose words stand between blanks already."""
        return split_words(text) if split else simple_words(text)

    def trim(self) -> None:
        """Forget the words of earlier inputs, if there are many."""
        self.lexicon.trim()

    def asked(self, model: Labeler, data: Sentences) -> Iterator[tuple[np.ndarray, Batch, Answers]]:
        """Yield the rows of each batch of examples, the batch, and what a model answers to it."""
        for rows in buckets(data.widths, _MOST_ROWS, _MOST_PLACES):
            batch = Batch(*word_fields(data, self.lexicon, rows))
            yield rows, batch, model.answers(batch)

    def counted(self, data: Sentences) -> dict[str, int]:
        """Return how many examples, words and unknown words there are."""
        unknown = sum(int((words.values == 0).sum()) for words in data.words.values())
        return {self.plural: len(data.examples), "words": int(data.lengths.sum()), "unknown words": unknown}

    def by_piece(self, data: Sentences, gold: Sequence[Any], observed: Observed) -> ByPiece:
        """Return what a model is worth on each example, whose true answers are given."""
        _, words, unknown = self.counted(data).values()
        return ByPiece(self.plural, gold, words, unknown, observed)

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part."""
        return self.evaluation(model, data.valid)

    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files."""
        reader.skipped.clear()
        examples = list(reader.read(paths))
        self.check(examples)
        found = self.evaluation(model, self.encode(examples))
        return replace(found, counts={**found.counts, **reader.skipped})

    def _card(self, train: Sentences, valid: Sentences) -> dict[str, str]:
        _, words, unknown = self.counted(valid).values()
        card = {
            "training": f"{len(train.examples):,} {self.plural}, {int(train.lengths.sum()):,} words",
            "validation": f"{len(valid.examples):,} {self.plural}, {words:,} words",
            "vocabulary": f"{len(self.lexicon.words):,} words, {len(self.lexicon.characters):,} characters",
            "unknown in validation": f"{unknown:,} ({unknown / max(1, words):.2%})",
            "padding": f"{padding_share(train.widths, buckets(train.widths, 32)):.1%} of the places of batches of 32",
        }
        for name, labels in self.labels.items():
            more = " ..." if len(labels) > 12 else ""
            card[f"{name}, {len(labels):,} different"] = " ".join(labels.tokens[:12]) + more
        if self._vectors is not None:
            seen, has = (
                np.flatnonzero(self.lexicon.words.counts),
                set(map(self.lexicon.spelling.of, self._vectors.words)),
            )
            found = sum(self.lexicon.words.tokens[word] in has for word in seen)
            card["vectors"] = (
                f"{self.config.vectors}: {found:,} of {len(seen):,} training words ({found / len(seen):.1%})"
            )
        return card
