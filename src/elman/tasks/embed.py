"""Word vectors: words that occur alike are near each other."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field as Option

from elman.data.fields import Field, Kind
from elman.data.outlines import Outlines, Tokens
from elman.data.questions import QuestionFile, WordPairs, read_all_questions
from elman.data.readers.base import Reader
from elman.data.records import Batch, Example
from elman.data.store import TokenStore
from elman.data.words import Cut, cloze_places, encode_words, learn_words
from elman.errors import DataError
from elman.evaluation.base import Answer, Detail, Evaluation, score
from elman.evaluation.similarity import score_analogies, score_pairs
from elman.metrics.base import Likelihood, Matches, Score
from elman.tasks.base import DataFiles, Say, Task, TaskData, settle_words
from elman.tasks.base.protocols import Embedder
from elman.text.simple import simple_words
from elman.text.vocabulary import Vocabulary
from elman.vectors.layout import tsne
from elman.vectors.neighbours import Neighbours

_WORDS = "words.txt"
_MAPPED = 160
_MAP_RANKS = slice(100, 1500)
_SHOWN = 6
_FEW = 500_000


class Embedding(Task):
    """Vectors of words, learned from running text.

    Each line is a text of its own: no window reaches over its end. Words that are rarer than `min_count` and what has
    neither letters nor digits are passed over, as if they were not there.

    Args:
        config: the `[task]` section, its `words` decided.
        vocabulary: the words, the most frequent first, and how often each occurs.
    """

    class Config(Task.Config):
        """Options of word vectors."""

        name: str = "embed"
        words: Literal["auto", "simple", "blanks"] = Option(
            "auto", description="How text is cut: simple, punctuation stands alone; blanks, at white space only."
        )
        lowercase: bool = Option(True, description="Read everything in lower case.")
        min_count: int = Option(5, ge=1, description="Words that are rarer in training are passed over.")
        punctuation: bool = Option(False, description="Keep marks too, which have neither letters nor digits.")

    verbs = ("analogy", "vectors")
    default_model = "word2vec"
    held_out = "1%"

    def __init__(self, config: Config, vocabulary: Vocabulary) -> None:
        self.config = config
        self.vocabulary = vocabulary
        self._near: tuple[Any, Neighbours] | None = None

    # Data and files

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: running text."""
        return (Field("text", Kind.STREAM),)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the words around one."""
        return ("context",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the word in the middle."""
        return ("word",)

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the text, decide how it is cut, and learn the vocabulary from the training part."""
        if config.words == "auto":
            text = next((example.fields["text"] for example in reader.read(files.train[:1])), "")
            config = config.model_copy(update={"words": settle_words(text, say)})
        questions = read_all_questions(files.valid, reader.config.encoding)
        vocabulary, train, held_out = learn_words(
            reader.read(files.train), cls._cut(config), folder, files.held_out, config.min_count, config.punctuation
        )
        valid: Any = questions or held_out
        if files.valid and not questions:
            valid = encode_words(reader.read(files.valid), cls._cut(config), vocabulary, folder)
        asked = [sha256(one.path.read_bytes()).hexdigest()[:16] for one in questions] or [valid.fingerprint]
        words = int(vocabulary.counts.sum())
        if words < _FEW:
            say(f"{words:,} words are few for vectors: more text, or more passes such as --epochs 50, make them better")
        parts = [train.fingerprint, vocabulary.fingerprint, *asked]
        task = cls(config, vocabulary)
        return task, TaskData(train, valid, "-".join(parts), task._card(train, valid))

    @staticmethod
    def _cut(config: Any) -> Cut:
        """Return what puts blanks between the words of whole lines."""

        def cut(text: str) -> str:
            text = text.lower() if config.lowercase else text
            return text if config.words == "blanks" else "\n".join(" ".join(simple_words(x)) for x in text.split("\n"))

        return cut

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the words of a folder."""
        return cls(config, Vocabulary.load(folder / _WORDS))

    def save(self, folder: Path) -> None:
        """Write the words."""
        self.vocabulary.save(folder / _WORDS)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the words."""
        return self.vocabulary.fingerprint

    @property
    def outlines(self) -> Outlines:
        """The words and how often they occur, of which one is to be found among the others."""
        words = Tokens(self.vocabulary.tokens, self.vocabulary.counts)
        return Outlines({"context": words}, {"word": words})

    @property
    def target(self) -> str:
        """A pair of words."""
        return "pair"

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Neighbours, export, evaluation."""
        evaluate = "elman evaluate {run} FILE   (pairs with scores, analogies, or text)"
        return ("echo WORD | elman predict {run}", "elman export {run} vectors.txt", evaluate)

    @property
    def unit(self) -> str:
        """Words."""
        return "words"

    # Use

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Sequence[Batch]:
        """Return nothing: models of this task read the text itself."""
        return ()

    def parse(self, line: str, split: bool) -> Example:
        """Return the word that a line is."""
        return Example({"text": line.strip()})

    def answer(self, model: Embedder, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the k nearest words of each word with their cosines."""
        return [self._nearest(model, example.fields["text"], k) for example in examples]

    def analogy(self, model: Embedder, a: str, b: str, c: str, k: int) -> Answer:
        """Return the k words that are likeliest to be to c what b is to a.

        Raises:
            DataError: one of the three has no vector.
        """
        vectors = [self._vector(model, word) for word in (a, b, c)]
        for word, vector in zip((a, b, c), vectors, strict=True):
            if vector is None:
                raise DataError(f"{word!r}: not among the {len(self.vocabulary):,} words of this run.")
        near = self._neighbours(model)
        wanted = near.offset(*(np.asarray(vector)[None] for vector in vectors))[0]
        without = [number for word in (a, b, c) if (number := self._id(word)) is not None]
        found = self._named(near.nearest(wanted, k, without))
        question = f"{a} : {b} = {c} :"
        return Answer(found, f"{question} {_listed(found)}", {"a": a, "b": b, "c": c, "nearest": _as_json(found)})

    def _nearest(self, model: Embedder, word: str, k: int) -> Answer:
        number, vector = self._id(word), self._vector(model, word)
        if vector is None:
            return Answer([], f"{word} -> (no vector)", {"word": word, "known": False, "nearest": []})
        without = [] if number is None else [number]
        found = self._named(self._neighbours(model).nearest(vector, k, without))
        by_parts = "" if number is not None else " (by its parts)"
        facts = {"word": word, "known": number is not None, "nearest": _as_json(found)}
        return Answer(found, f"{word}{by_parts} -> {_listed(found)}", facts)

    def _named(self, found: Sequence[tuple[int, float]]) -> list[tuple[str, float]]:
        return [(self.vocabulary.tokens[word], cosine) for word, cosine in found]

    def _spelled(self, word: str) -> str:
        return word.lower() if self.config.lowercase else word

    def _id(self, word: str) -> int | None:
        spelled = self._spelled(word)
        return int(self.vocabulary.encode([spelled])[0]) if spelled in self.vocabulary else None

    def _neighbours(self, model: Embedder) -> Neighbours:
        """Return the neighbours in the vectors as they are now."""
        vectors = model.vectors
        if self._near is None or self._near[0] is not vectors:
            self._near = (vectors, Neighbours(vectors))
        return self._near[1]

    def sample(self, model: Embedder, data: TaskData, seed: int) -> str:
        """Return the neighbours of some words."""
        self._near = None  # the vectors have changed in place
        words = [self.vocabulary.tokens[i] for i in _telling(model.vectors, _SHOWN)]
        return "\n".join(answer.shown for answer in self.answer(model, [self.parse(word, True) for word in words], 5))

    def views(self, model: Embedder) -> list[Detail]:
        """Return a map of some frequent words."""
        chosen = _telling(model.vectors, _MAPPED)
        points = tsne(model.vectors[chosen]).tolist()
        rows: list[list[str | int | float]] = [
            [self.vocabulary.tokens[word], *point] for word, point in zip(chosen, points, strict=True)
        ]
        return [Detail("Map: words that occur alike are near each other", ["word", "across", "up"], rows, "map")]

    def show_loss(self, nats: float) -> str:
        """Return nats a pair."""
        return f"{nats:.4f} nats/pair"

    # Scores

    def validate(self, model: Embedder, data: TaskData) -> Evaluation:
        """Evaluate on the validation part: questions, or text."""
        self._near = None
        if isinstance(data.valid, TokenStore):
            return self._on_text(model, data.valid)
        return self._on_questions(model, data.valid)

    def evaluate(self, model: Embedder, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files of questions, or on text."""
        questions = read_all_questions(paths, reader.config.encoding)
        if questions:
            return self._on_questions(model, questions)
        return self._on_text(model, encode_words(reader.read(paths), self._cut(self.config), self.vocabulary, folder))

    def _on_questions(self, model: Embedder, questions: Sequence[QuestionFile]) -> Evaluation:
        scores: list[Score] = []
        counts: dict[str, int] = {"words": len(self.vocabulary)}
        details: list[Detail] = []
        stems = [path.stem for path, _ in questions]
        for path, asked in questions:
            name = path.stem if stems.count(path.stem) == 1 else f"{path.parent.name}_{path.stem}"
            if isinstance(asked, WordPairs):
                found = score_pairs(asked, lambda word: self._vector(model, word), name)
            else:
                found = score_analogies(asked, self._id, self._neighbours(model), name)
            scores, counts, details = scores + found[0], counts | found[1], details + found[2]
        shown = ", ".join(f"{one.name.replace('_', ' ')} {one.value:.3f}" for one in scores)
        return Evaluation(scores, counts, shown, details)

    def _on_text(self, model: Embedder, text: TokenStore) -> Evaluation:
        loss, pairs = model.loss(text, 0)
        places = cloze_places(text, len(self.vocabulary))
        counts = {"words": int((text.ids < len(self.vocabulary)).sum()), "pairs": pairs, "gaps": len(places)}
        scores = [score("cross_entropy", Likelihood(loss * pairs, pairs), "nats/pair", "windows:drawn|seed:0")]
        if places:
            middle = np.array([word for word, _ in places])
            right = int((model.missing_word([around for _, around in places]) == middle).sum())
            scores.append(
                score("accuracy", Matches(right, len(places)), "of gaps", "gap:from both sides", "cloze_accuracy")
            )
        return Evaluation(scores, counts, self.show_loss(loss) if pairs else "no pair of words to validate on")

    def _vector(self, model: Embedder, word: str) -> np.ndarray | None:
        number = self._id(word)
        return model.vectors[number] if number is not None else model.vector_of(self._spelled(word))

    def _card(self, train: TokenStore, valid: Any) -> dict[str, str]:
        size = len(self.vocabulary)
        kept = int(self.vocabulary.counts.sum())
        card = {"training": f"{kept:,} words kept of {len(train):,} tokens", "vocabulary": f"{size:,} words"}
        if isinstance(valid, TokenStore):
            return card | {"validation": f"{len(valid):,} tokens"}
        return card | {"validation": ", ".join(found.path.name for found in valid)}


def _listed(found: Sequence[tuple[str, float]]) -> str:
    return "  ".join(f"{word} {cosine:.3f}" for word, cosine in found)


def _as_json(found: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"word": word, "cosine": round(cosine, 4)} for word, cosine in found]


def _telling(vectors: np.ndarray, count: int) -> list[int]:
    """Return frequent words that say something: the longest vectors of those behind the hundred most frequent."""
    ranks = np.arange(len(vectors))[_MAP_RANKS]
    if len(ranks) < count:
        return list(range(min(count, len(vectors))))
    lengths = np.linalg.norm(vectors[ranks], axis=1)
    return sorted(ranks[np.argsort(-lengths, kind="stable")[:count]].tolist())
