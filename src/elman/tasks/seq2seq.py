"""Sequence to sequence: a target is written to a source."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.written import END, WrittenText, written
from elman.coders.base import Coder
from elman.coders.tokens import TokensCoder
from elman.data.records import Example
from elman.evaluation.details import Detail
from elman.evaluation.looked import looked
from elman.tasks.base import Say
from elman.tasks.base.copying import CopyingTask

_LONGEST_VIEW = 40


class SequenceToSequence(CopyingTask):
    """A text for each text: translation, pronunciation, summary, reply.

        J = -1/U Σ log p(t_i | t_1 .. t_{i-1}, source)        summed over targets, U tokens in all, ends counted

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of sources.
        answers: that of `target`.
    """

    class Config(CopyingTask.Config):
        """Options of sequences to sequences."""

        name: str = "seq2seq"
        bpe_size: int = Option(4000, ge=257, le=1_000_000, description="Pieces that level bpe learns, bytes included.")
        min_count: int = Option(1, ge=1, description="Tokens that are rarer in training are read as <unk>.")
        score: Literal["auto", "bleu", "chrf", "exact_match", "error_rate"] = Option(
            "auto",
            description="The score that comes first, and selects models; auto is bleu, or exact_match where sources "
            "are single words or hardly a target has the four words that BLEU counts.",
        )

    default_model = "encoder_decoder"
    plural = "texts"

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options, the coder of sources, and that of targets."""
        sources, targets = [one.fields["source"] for one in train], [one.fields["target"][0] for one in train]
        config = config.model_copy(update={"score": _suited(config, sources, targets, say)})
        options = (config.bpe_size, config.min_count)
        coder = TokensCoder.learn([*sources, *targets] if config.joint else sources, config.level, *options)
        target = coder
        if not config.joint:
            target = TokensCoder.learn(targets, config.target_level or config.level, *options)
        return cls.measured(config, coder, sources), coder, {"target": target}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the vocabularies of a folder."""
        source = TokensCoder.load(config.level, folder, "source")
        if config.joint:
            return cls(config, source, {"target": source})
        return cls(config, source, {"target": TokensCoder.load(config.target_level or config.level, folder, "target")})

    def save(self, folder: Path) -> None:
        """Write the vocabularies."""
        self.coder.save(folder, "source")
        if not self.config.joint:
            self.writer.save(folder, "target")

    def present(self, example: Example, said: Any, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the best texts; in JSON where the model looked."""
        read = self.read_in_part(example) if facts else ""
        return written(self.named(example), self._tokens(example) if facts else [], said, facts, read)

    def is_short(self, example: Example) -> bool:
        """Say whether a source has few tokens."""
        return len(self._tokens(example)) <= _LONGEST_VIEW

    def places(self, example: Example, count: int) -> list[str]:
        """Return the tokens of a source, its end included."""
        return self._tokens(example)

    def looks(self, example: Example, found: WrittenText) -> Detail:
        """Return how much each token of the source was looked at for each that was written."""
        title = f"Where it looked: {self.named(example)} → {found.text}"
        return looked(self._tokens(example), found.looked_for, found.where, title)

    def _tokens(self, example: Example) -> list[str]:
        return [*self.coder.pieces(example.fields["source"]), END]


def _suited(config: Any, sources: Sequence[str], targets: Sequence[str], say: Say) -> str:
    """Return the score that suits: BLEU counts four words together, and of a word it is asked whether all is right."""
    if config.score == "auto" and 10 * sum(len(one.split()) < 2 for one in sources) >= 9 * len(sources):
        say("score: exact match, as sources are single words; task.score has others")
        return "exact_match"
    if 10 * sum(len(one.split()) > 3 for one in targets) >= len(targets):
        return "bleu" if config.score == "auto" else config.score
    if config.score == "auto":
        say("score: exact match, as hardly a target has four words; task.score has others")
        if config.level == "bpe":
            say("level: subwords; --set task.level=character reads letters, which dates, names and single words want")
        return "exact_match"
    if config.score == "bleu" and not config.select:
        say("hardly a target has four words, which BLEU counts: it may stay 0; task.score has others")
    return config.score
