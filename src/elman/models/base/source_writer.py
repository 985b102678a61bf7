"""What networks share that write a target to a source: all but how the source is read."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import nn

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.decoding.stepper import Stepper
from elman.heads.pointer import PointerHead
from elman.layers.attention import SCORES
from elman.layers.copying import places
from elman.layers.copying_stepper import CopyingStepper
from elman.layers.coverage import Coverage
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.doubly_stochastic import DoublyStochastic
from elman.layers.embedding import Embedding
from elman.layers.leading import NOTHING_BESIDE, Beside, Copies, Led, OverPlaces
from elman.layers.marginal_stepper import MarginalStepper
from elman.layers.penalties import LookPenalty, Penalty
from elman.layers.recurrent import StackState
from elman.layers.source import Source
from elman.layers.step_number import Counted
from elman.layers.tensors import to_tensors
from elman.models.base.model import BatchLoss, Network
from elman.models.base.target_head import target_head
from elman.models.base.writer_options import WriterOptions
from elman.moment import Moment, Noise
from elman.steps import STEPS
from elman.steps.base import DEFAULT_SCORE, AtOnceDecoder
from elman.teachers.base import Pupil


class SourceWriter(Network, nn.Module):
    """Reads a source, then writes the target token by token, looking back at the source.

    Args:
        config: encoder, decoder, attention, teacher.
        reads: of the source, and `copies` where targets may copy it: what stands at its places among the tokens of
            targets.
        answers: `target`.
    """

    field: ClassVar[str] = "source"
    """The field of a batch that has the sources."""

    predicts = ("target",)
    encoder: Any

    def __init__(self, config: WriterOptions, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        target = tokens_of(answers, "target")
        self._start, self._end = target.marks["start"], target.marks["end"]
        self._unknown = target.marks.get("unknown", self._start)
        size = self._vector_size(len(target))
        self.target_embedding = Embedding(len(target), size, config.regularization.word_dropout)
        self.encoder = self.make_encoder(reads[self.field])
        width = self.encoder.output_size
        self.decoder = STEPS.get(config.decoder)(size, width, config)
        self.coverage: Coverage | None = None
        if config.coverage:
            keys = self.decoder.keys(torch.zeros(1, 1, width))
            self.coverage = Coverage(keys.shape[2], config.coverage)
        self.head = target_head(self.decoder, reads, target, config, width + size)
        self.teacher = config.make_teacher(self.decoder.output_size, "copies" in reads)
        if config.tied != "none":
            self.head.tie(self.target_embedding.weight)

    def _vector_size(self, tokens: int) -> int:
        """Return E, numbers of the vector of one of so many tokens."""
        if self.config.tied != "none":
            return int(self.config.hidden_size)
        return int(self.config.embedding_size or min(tokens, self.config.hidden_size))

    @abstractmethod
    def make_encoder(self, outline: Outline) -> Any:
        """Return what reads a source, given what is told of it: its outputs have `output_size` numbers."""

    @abstractmethod
    def encode(self, source: Padded, noise: Noise | None = None) -> tuple[Source, Mapping[str, Penalty]]:
        """Return what the decoder looks at, and penalties."""

    @abstractmethod
    def encoder_terms(self, source: Padded) -> Mapping[str, int]:
        """Return how many terms each penalty of the encoder has."""

    @property
    def written_by(self) -> str:
        """Decoder and attention, and what they do besides."""
        attention = f", {self.config.attention or DEFAULT_SCORE} attention" if self.config.looks else ""
        more = ", copies" * isinstance(self.head, PointerHead) + ", monotone" * self.config.monotone
        return f"{self.config.decoder} decoder{attention}{more}"

    @property
    def ways(self) -> dict[str, str]:
        """How the decoder makes whole targets in training."""
        config, copies = self.config, isinstance(self.head, PointerHead)
        counts = config.looks and SCORES.get(config.attention or DEFAULT_SCORE).counts_steps
        steps = config.teacher != "forcing" or self.coverage is not None or counts
        steps = steps or (config.doubly_stochastic > 0 and not isinstance(self.decoder, AtOnceDecoder))
        steps = steps or (copies and not isinstance(self.decoder, AtOnceDecoder)) or not self.decoder.compiled
        return {"decoder": f"{config.decoder}, {'step by step' if steps else 'each target at once, in compiled code'}"}

    def initial_state(self, batch_size: int) -> StackState:
        """Return nothing: separate sequences leave nothing behind."""
        return StackState(())

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the targets, each token after those that the teacher has read before it."""
        fields = to_tensors(batch, self.target_embedding.weight.device).fields
        pupil, penalties = self._pupil(fields, moment)
        loss, owed = self.teacher.loss(pupil, fields["target"], moment, fields.get("target.weights"))
        return BatchLoss({"target": loss}, state, {**penalties, **owed})

    def along(self, batch: Batch) -> Led:
        """Return what the head sees of each target of a batch of tensors, every step of the decoder by itself."""
        pupil, _ = self._pupil(batch.fields, None)
        return pupil.along(batch.fields["target"], None, by_steps=True)

    @property
    def mixes(self) -> str:
        """As its teacher says."""
        return self.teacher.mixes

    def _pupil(self, fields: Mapping[str, Any], moment: Moment | None) -> tuple[Pupil, Mapping[str, Penalty]]:
        """Return what a teacher leads, with its sources, and penalties."""
        memory, penalties = self.encode(fields[self.field], moment.noise if moment else None)
        decoder, marks = self._decoder(moment), (self._start, self._end, self._unknown)
        owed: dict[str, LookPenalty] = (
            {} if decoder is self.decoder or self.coverage is None else {"coverage": self.coverage}
        )
        if self.config.doubly_stochastic:
            owed["doubly_stochastic"] = DoublyStochastic(self.config.doubly_stochastic)
        parts = (self.target_embedding, decoder, self.head, memory, marks, self.config.dropout)
        return Pupil(*parts, self._beside(fields), owed), penalties

    def _beside(self, fields: Mapping[str, Any]) -> Beside:
        """Return what the head reads beside the outputs of the decoder."""
        if self.decoder.sums_over_places:
            return OverPlaces(self.decoder)
        return Copies(places(fields["copies"])) if "copies" in fields else NOTHING_BESIDE

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the encoder, and of where it looks."""
        owed = [name for name in ("coverage", "doubly_stochastic") if getattr(self.config, name)]
        terms = dict.fromkeys(owed, batch.fields["target"].real)
        return {**self.encoder_terms(batch.fields[self.field]), **terms}

    def stepper(self, batch: Batch) -> Stepper:
        """Return what writes targets for the sources of a batch."""
        with torch.no_grad():
            fields = to_tensors(batch, self.target_embedding.weight.device).fields
            memory, _ = self.encode(fields[self.field])
        parts, marks = (self.target_embedding, self._decoder(None), self.head, memory), (self._start, self._end)
        if self.decoder.sums_over_places:
            return MarginalStepper(*parts, marks)
        if "copies" in fields:
            return CopyingStepper(*parts, (*marks, self._unknown), places(fields["copies"]))
        return DecoderStepper(*parts, marks)

    def _decoder(self, moment: Moment | None) -> Any:
        """Return the decoder, with coverage where that has begun; before, its weight is 0 and it changes nothing."""
        if SCORES.get(self.config.attention or DEFAULT_SCORE).counts_steps:
            return Counted(self.decoder)
        if self.coverage is None:
            return self.decoder
        begun = self.coverage.learned if moment is None else moment.step >= self.config.coverage_start
        return self.coverage.over(self.decoder) if begun else self.decoder
