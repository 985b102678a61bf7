"""Targets that may take words from their source which no vocabulary has."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from pydantic import Field as Option
from pydantic import model_validator

from elman.coders.tokens import TokensCoder, as_line
from elman.data.column import Column
from elman.data.encoded import Encoded
from elman.data.records import Batch, Example
from elman.tasks.base.text_sources import TextSourceTask
from elman.text.tokenization import Tokenization

_COPIES = "copies"


class Copied(NamedTuple):
    """What targets may copy of a source.

    Args:
        unknown: its tokens that no target has in the vocabulary, each once, as they are written.
        places: what stands at each of its places, its end included: an id of the vocabulary of targets, V of them, or
            V and more, the number of an unknown token, by its first occurrence.
    """

    unknown: Sequence[str]
    places: np.ndarray


class Copying:
    """Ids of the tokens of sources among those of targets.

    A token that targets may have is itself. The others are numbered by their first occurrence in each source, from V
    on: such an id is of one source alone.

    Args:
        source: how sources become tokens.
        target: how targets do, V of them.
    """

    def __init__(self, source: Tokenization, target: Tokenization) -> None:
        self._source, self._target = source, target

    def read(self, source: str) -> Copied:
        """Return what targets may copy of a source, which is cut into tokens once."""
        vocabulary, tokens = self._target.vocabulary, self._cut(self._source, source)
        unknown = list(dict.fromkeys(token for token in tokens if token not in vocabulary))
        return Copied(unknown, self._ids(tokens, unknown))

    def target(self, target: str, unknown: Sequence[str]) -> np.ndarray:
        """Return the tokens of a target, its end included; unknown ones that its source has not are unknown."""
        return self._ids(self._cut(self._target, target), unknown)

    def tokens(self, ids: Sequence[int], source: str) -> list[str]:
        """Return tokens that were written to a source."""
        every = self._target.vocabulary.tokens
        unknown = self.read(source).unknown if max(ids, default=0) >= len(every) else ()
        return [every[number] if number < len(every) else unknown[number - len(every)] for number in ids]

    def _ids(self, tokens: Sequence[str], unknown: Sequence[str]) -> np.ndarray:
        vocabulary = self._target.vocabulary
        further = {token: len(vocabulary) + number for number, token in enumerate(unknown)}
        known = vocabulary.encode([token for token in tokens if token not in further])
        found = np.array([further.get(token, -1) for token in tokens], np.int64)
        found[found < 0] = known
        return found

    @staticmethod
    def _cut(tokenization: Tokenization, text: str) -> Sequence[str]:
        return tokenization.tokenizer.split(as_line(text))


class CopyingTask(TextSourceTask):
    """A task that writes a target to a source, and may copy what stands there."""

    coder: TokensCoder
    answers: Mapping[str, TokensCoder]

    class Config(TextSourceTask.Config):
        """Options of how both texts become tokens."""

        level: str = Option("bpe", description="What a token is: character, word, phone, marked, bpe, byte.")
        target_level: str = Option("", description="The same of targets, if it is another.")
        joint: bool = Option(False, description="One vocabulary for sources and targets.")
        copying: bool = Option(
            False, description="Targets may copy tokens of their source, those that are unknown too."
        )

        @model_validator(mode="after")
        def _both_sides_have_the_same_tokens(self) -> "CopyingTask.Config":
            level, other = self.level, self.target_level
            if self.copying and other not in ("", level):
                raise ValueError(f"copying: tokens are copied as they are: got level {level} and target_level {other}.")
            if self.copying and level == "bpe" and not self.joint:
                raise ValueError("copying: both sides need the same pieces. Set task.joint = true, or level = word.")
            return self

    @classmethod
    def reads(cls, config: Config) -> tuple[str, ...]:
        """Return the source, and what of it can be copied, if that may be."""
        return (*cls.coded(config), _COPIES) if config.copying else cls.coded(config)

    @classmethod
    def coded(cls, config: Config) -> tuple[str, ...]:
        """Return the source."""
        return ("source",)

    @property
    def copying(self) -> Copying:
        """The ids of what is copied."""
        return Copying(self.coder.tokens, self.answers["target"].tokens)

    @property
    def fingerprint(self) -> str:
        """A hash of the vocabularies, and of whether targets have ids of their sources."""
        return super().fingerprint + "-copy" * self.config.copying

    def encode(self, examples: Sequence[Example], learns: bool = False) -> Encoded:
        """Return examples as numbers, with what stands at the places of their sources among the tokens of targets."""
        found = super().encode(examples, learns)
        if not self.config.copying:
            return found
        room = self.room(self.config)  # what is beyond is not read, and cannot be copied
        copying = self.copying
        read = [copying.read(self.within(one.fields["source"], room)) for one in examples]
        inputs = found.inputs._replace(of={_COPIES: Column.of_rows(one.places for one in read)})
        if not learns:
            return replace(found, inputs=inputs)
        gold = (self.gold(example)["target"] for example in examples)
        targets = [copying.target(text, one.unknown) for text, one in zip(gold, read, strict=True)]
        return replace(found, inputs=inputs, targets={**found.targets, "target": Column.of_rows(targets)})

    def batch(self, data: Encoded, rows: np.ndarray, draw: np.random.Generator | None = None) -> Batch:
        """Return the batch of some examples, with what can be copied if that may be."""
        found = super().batch(data, rows, draw)
        if not self.config.copying:
            return found
        return replace(found, fields={**found.fields, _COPIES: data.inputs.of[_COPIES].padded(rows)})

    def written(self, ids: Sequence[int], example: Example) -> tuple[str, list[str]]:
        """Return the text of tokens that were written to a source, and each of them as a person is shown it."""
        source = example.fields["source"]
        tokenizer = self.answers["target"].tokens.tokenizer
        tokens = self.copying.tokens(ids, self.within(source, self.room(self.config)))
        return tokenizer.join(tokens), [tokenizer.shown(token) for token in tokens]
