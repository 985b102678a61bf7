"""Sequence to sequence: a target is written to a source."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.written import NOTHING, WrittenText, written
from elman.coders.base import Coder
from elman.coders.tokens import TokensCoder
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.decoding.length_rules import Average
from elman.decoding.paths import Hypothesis
from elman.decoding.search import Beam, greedy, search
from elman.evaluation.base import Evaluation, Verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.texts import text_verdict
from elman.tasks.base import Say, TaskData
from elman.tasks.base.copying import CopyingTask

_ROWS, _PLACES = 128, 8192
_TEXTS = (Field("source", Kind.TEXT), Field("target", Kind.TEXT))


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
        beam: int = Option(5, ge=1, le=1000, description="Paths that the search for a target keeps; 1 is greedy.")
        longest_ratio: float = Option(2.0, gt=0, description="Tokens of a target for each of its source, at most ...")
        longest_more: int = Option(10, ge=0, description="... and so many more.")
        score: Literal["bleu", "chrf", "exact_match", "error_rate"] = Option(
            "bleu", description="The score that comes first, and selects models."
        )

    default_model = "encoder_decoder"
    verbs = ("ensemble",)
    plural = "texts"

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return source and target."""
        return _TEXTS

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return the source."""
        return _TEXTS[:1]

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the target."""
        return ("target",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[str]:
        """Return the source."""
        return (example.fields["source"],)

    def gold(self, example: Example) -> dict[str, str]:
        """Return the target."""
        return {"target": example.fields["target"]}

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options, the coder of sources, and that of targets."""
        sources, targets = ([example.fields[name] for example in train] for name in ("source", "target"))
        options = (config.bpe_size, config.min_count)
        if config.joint:
            coder = TokensCoder.learn([*sources, *targets], config.level, *options)
            return config, coder, {"target": coder}
        target = TokensCoder.learn(targets, config.target_level or config.level, *options)
        return config, TokensCoder.learn(sources, config.level, *options), {"target": target}

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

    @property
    def writer(self) -> TokensCoder:
        """The coder of targets."""
        return self.answers["target"]

    @property
    def unit(self) -> str:
        """Tokens of targets."""
        return self.writer.unit

    @property
    def target(self) -> str:
        """A token of a target."""
        return self.writer.tokens.tokenizer.unit

    def parse(self, line: str, split: bool) -> Example:
        """Return the source that a line is."""
        return Example({"source": line})

    def widths(self, data: Encoded) -> np.ndarray:
        """Return the lengths of sources and of targets."""
        return np.stack([data.inputs.lengths, data.targets["target"].lengths])

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part, without a search: it takes as long for every path more."""
        quick = self.config.model_copy(update={"beam": 1})
        return type(self)(quick, self.coder, self.answers).evaluation(model, data.valid)

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each example, the best texts that the model would write to it, and where it looked."""
        for rows in buckets(data.widths, _ROWS, _PLACES):
            batch = self.batch(replace(data, targets={}), rows)
            lengths = batch.fields["source"].lengths
            most = np.ceil(self.config.longest_ratio * lengths).astype(np.int64) + self.config.longest_more
            stepper, nothing = model.stepper(batch), [np.empty(0, np.int64)] * len(rows)
            beam = Beam(self.config.beam, 1, Average())
            every = search(stepper, nothing, most, beam) if beam.width > 1 else greedy(stepper, nothing, most)
            for row, length, found in zip(rows.tolist(), lengths, every, strict=True):
                source = data.examples[row].fields["source"]
                yield row, [self._text(one, length, source) for one in found] or [NOTHING], None

    def _text(self, found: Hypothesis, length: int, source: str) -> WrittenText:
        looked = None if found.looked is None else found.looked[:, :length]
        text, tokens = self.written(found.ids, source)
        return WrittenText(text, found.log_prob, tokens, looked)

    def present(self, example: Example, said: Any, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the best text; in JSON where the model looked."""
        source = example.fields["source"]
        return written(source, [*self.coder.pieces(source), "</s>"] if facts else [], said, facts)

    def verdict(self, data: Encoded, said: Sequence[Any]) -> Verdict:
        """Return BLEU, chrF, exact matches and errors."""
        texts, split = [one[0].text for one in said], self.writer.tokens.tokenizer.split
        references = [example.fields["target"] for example in data.examples]
        tokens = [(split(text), split(reference)) for text, reference in zip(texts, references, strict=True)]
        asked = Asked(data.examples, (WHERE, "source", GOLD, PREDICTED), lambda one: {"source": one.fields["source"]})
        return text_verdict(asked, texts, tokens, self.target, self.config.score, f"beam:{self.config.beam}")
