"""Word vectors: words that occur alike are near each other."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.neighbours import completed, nearest
from elman.data.fields import Field, Kind
from elman.data.outlines import Outlines, Tokens
from elman.data.questions import QuestionFile, read_all_questions
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.store import TokenStore
from elman.data.words import card, cloze_places, cut_lines, encode_words, learn_words, tell_few
from elman.evaluation.base import Evaluation
from elman.evaluation.cloze import cloze_verdict, show
from elman.evaluation.details import Detail
from elman.evaluation.similarity import question_verdict
from elman.evaluation.word_map import word_map
from elman.tasks.base import DataFiles, Say, Task, TaskData
from elman.tasks.base.protocols import Embedder
from elman.text.cutting import cut_words
from elman.text.vocabulary import Vocabulary
from elman.vectors.lexicon import Lexicon

_WORDS = "words.txt"
_SHOWN = 6


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
    unit = "words"
    target = "pair"

    def __init__(self, config: Config, vocabulary: Vocabulary) -> None:
        self.config = config
        self.vocabulary = vocabulary

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
        config = cut_words(config, (one.fields["text"] for one in islice(reader.read(files.train[:1]), 1)), say)
        cut = cut_lines(config.words, config.lowercase)
        questions = read_all_questions(files.valid, reader.config.encoding)
        vocabulary, train, held_out = learn_words(
            reader.read(files.train), cut, folder, files.held_out, config.min_count, config.punctuation
        )
        valid: Any = questions or held_out
        if files.valid and not questions:
            valid = encode_words(reader.read(files.valid), cut, vocabulary, folder)
        tell_few(vocabulary, say)
        parts: list[Any] = [train, vocabulary, *(questions or [valid])]
        fingerprint = "-".join(part.fingerprint for part in parts)
        return cls(config, vocabulary), TaskData(train, valid, fingerprint, card(vocabulary, train, valid))

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

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Neighbours, export, evaluation."""
        evaluate = "elman evaluate {run} FILE   (pairs with scores, analogies, or text)"
        return ("echo WORD | elman predict {run}", "elman export {run} vectors.txt", evaluate)

    def parse(self, line: str, split: bool) -> Example:
        """Return the word that a line is."""
        return Example({"text": line.strip()})

    def ready(self, model: Embedder) -> Lexicon:
        """Return the words with their vectors."""
        return Lexicon(self.vocabulary, self.config.lowercase, model)

    def answer(self, model: Lexicon, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the k nearest words of each word with their cosines."""
        asked = [example.fields["text"] for example in examples]
        return [nearest(word, model.id_of(word) is not None, model.nearest(word, k)) for word in asked]

    def analogy(self, model: Lexicon, a: str, b: str, c: str, k: int) -> Answer:
        """Return the k words that are likeliest to be to c what b is to a.

        Raises:
            DataError: one of the three has no vector.
        """
        return completed(a, b, c, model.completing(a, b, c, k))

    def sample(self, model: Embedder, data: TaskData, seed: int) -> str:
        """Return the neighbours of some words."""
        words = self.ready(model)
        some = [Example({"text": self.vocabulary.tokens[word]}) for word in words.telling(_SHOWN)]
        return "\n".join(answer.shown for answer in self.answer(words, some, 5))

    def views(self, model: Embedder, data: TaskData) -> list[Detail]:
        """Return a map of some frequent words."""
        return [word_map(self.ready(model))]

    def show_loss(self, nats: float) -> str:
        """Return nats a pair."""
        return show(nats)

    def validate(self, model: Embedder, data: TaskData) -> Evaluation:
        """Evaluate on the validation part: questions, or text."""
        return self._worth(model, data.valid)

    def evaluate(self, model: Embedder, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files of questions, or on text."""
        cut = cut_lines(self.config.words, self.config.lowercase)
        questions = read_all_questions(paths, reader.config.encoding)
        return self._worth(model, questions or encode_words(reader.read(paths), cut, self.vocabulary, folder))

    def _worth(self, model: Embedder, asked: TokenStore | Sequence[QuestionFile]) -> Evaluation:
        if not isinstance(asked, TokenStore):
            return question_verdict(asked, self.ready(model))
        loss, pairs = model.loss(asked, 0)
        gaps = cloze_places(asked, len(self.vocabulary))
        guessed = model.missing_word([around for _, around in gaps])
        words = int((asked.ids < len(self.vocabulary)).sum())
        return cloze_verdict(loss, pairs, words, [word for word, _ in gaps], guessed)
