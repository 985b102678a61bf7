"""How running text becomes tokens: those that it teaches, or those of a list that is there."""

from pathlib import Path
from typing import NamedTuple

from elman.data.corpus import Corpus, divided, encode, learn, training_part
from elman.data.readers.base import Reader
from elman.errors import ConfigError
from elman.tasks.base.cutting import CutText
from elman.tasks.base.data import DataFiles
from elman.text.tokenization import Tokenization
from elman.text.tokenizers import TOKENIZERS
from elman.text.tokenizers.base import Tokenizer
from elman.text.vocabulary import Vocabulary


class Running(NamedTuple):
    """The text of a training.

    Args:
        tokens: what it is cut into.
        train: the part that is learned from.
        valid: the part that is held out, or the validation files.
    """

    tokens: Tokenization
    train: Corpus
    valid: Corpus


def running(config: CutText, reader: Reader, files: DataFiles, folder: Path) -> Running:
    """Return training and validation text as ids.

    Args:
        config: how it is cut, decided.
        reader: of the files.
        files: of both parts.
        folder: where the ids are kept.

    Raises:
        CheckpointError: the list of tokens cannot be read.
        ConfigError: the list lacks `<unk>`, or the token of a line's end at this level.
        DataError: the text is too short for two parts.
    """
    tokenizer = TOKENIZERS.get(config.level)()
    if config.vocabulary:
        return _listed(config, tokenizer, reader, files, folder)
    text = training_part(lambda: reader.read(files.train), files.held_out, config.by_line)
    tokenizer.learn(text, config.bpe_size)
    vocabulary, train, valid = learn(reader.read(files.train), tokenizer, folder, files.held_out, config.by_line)
    if valid is None:
        valid = encode(reader.read(files.valid), tokenizer, vocabulary, folder, config.by_line)
    return Running(Tokenization(vocabulary, tokenizer), train, valid)


def _listed(config: CutText, tokenizer: Tokenizer, reader: Reader, files: DataFiles, folder: Path) -> Running:
    """Return the same as tokens of a list."""
    vocabulary = Vocabulary.load(Path(config.vocabulary))
    if vocabulary.unknown_id is None or tokenizer.newline not in vocabulary:
        missing = "no <unk>" if vocabulary.unknown_id is None else f"no token {tokenizer.newline!r} for line ends"
        raise ConfigError(
            f"task.vocabulary: {config.vocabulary} has {missing}, which texts of level {config.level} need. Take "
            f"tokens.txt of a run of that level."
        )
    train = encode(reader.read(files.train), tokenizer, vocabulary, folder, config.by_line)
    if not files.held_out:
        valid = encode(reader.read(files.valid), tokenizer, vocabulary, folder, config.by_line)
        return Running(Tokenization(vocabulary, tokenizer), train, valid)
    left, right = divided(train.store, files.held_out, folder)
    return Running(Tokenization(vocabulary, tokenizer), Corpus(left, marks=train.marks), Corpus(right))
