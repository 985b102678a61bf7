"""The encoder-decoder: a source is read, a target is written."""

from collections.abc import Mapping
from typing import Any, Literal, Self

import torch
from pydantic import Field, field_validator, model_validator
from torch import Tensor, nn

from elman.config import known_name, options_of
from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError
from elman.heads.pointer import PointerHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.attention import SCORES
from elman.layers.copying import places
from elman.layers.copying_stepper import CopyingStepper
from elman.layers.counting import Counted
from elman.layers.coverage import Coverage
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.dropout import dropout
from elman.layers.embedding import Embedding
from elman.layers.leading import NOTHING_BESIDE, Beside, Copies, OverPlaces
from elman.layers.marginal_stepper import MarginalStepper
from elman.layers.penalties import Penalty
from elman.layers.recurrent import RecurrentStack, StackState
from elman.layers.source import Source
from elman.layers.tensors import to_tensors
from elman.models.base import BatchLoss, Network
from elman.models.base.target_head import target_head
from elman.moment import Moment, Noise
from elman.steps import STEPS
from elman.steps.base import DEFAULT_SCORE, AtOnceDecoder, Decoder, DecoderConfig, LookingDecoder
from elman.teachers import TEACHERS
from elman.teachers.base import Pupil, Teacher


class EncoderDecoder(Network, nn.Module):
    """Reads a source, then writes the target token by token, looking back at the source.

        v_1 .. v_T = RNN(e(x_1) .. e(x_T));    y_i = decoder(e(t_{i-1}), v)
        log p(t_i | t_1 .. t_{i-1}, x) = log softmax(W y_i + b)

    Args:
        config: both stacks, the decoder, attention, tying.
        reads: `source`, and `copies` where targets may copy it: what stands at its places among the tokens of targets.
        answers: `target`.

    Source: Sutskever et al. (2014), arXiv:1409.3215; Bahdanau et al. (2015), arXiv:1409.0473; Luong et al. (2015),
    arXiv:1508.04025, by `decoder` and `attention`.
    """

    class Config(DecoderConfig, SoftmaxHead.Config, Network.Config):
        """Options of the encoder-decoder."""

        name: str = "encoder_decoder"
        hidden_size: int = Field(256, ge=1, le=65536, description="H, units of a layer and direction.")
        bidirectional: bool = Field(True, description="The encoder reads the source from both ends.")
        dropout: float = Field(0.3, ge=0, lt=1, description="Probability of dropping vectors of tokens and outputs.")
        label_smoothing: float = Field(0.1, ge=0, lt=1, description="ε, the share of each target spread over all.")
        embedding_size: int = Field(
            0, ge=0, le=65536, description="E, numbers in the vector of a token; 0 is the smaller of V and H, tied H."
        )
        tied: Literal["none", "target", "all"] = Field(
            "none", description="target: the softmax takes the decoder's table; all: so does the encoder, task.joint."
        )
        coverage: float = Field(
            0.0, ge=0, description="λ, what looking at a place again costs; 0 is no coverage (See et al., 2017)."
        )
        coverage_start: int = Field(
            0, ge=0, description="The update at which coverage begins; a short last part of the training is enough."
        )

        teacher: str = Field("forcing", description="What the decoder reads in training; `elman describe teachers`.")
        teacher_options: dict[str, Any] = Field(
            {}, description="Options of the teacher, such as {schedule = 'linear'}."
        )

        @field_validator("teacher")
        @classmethod
        def _known_teacher(cls, teacher: str) -> str:
            return known_name(TEACHERS, teacher)

        @field_validator("teacher_options")
        @classmethod
        def _options_of_the_teacher(cls, options: dict[str, Any], info: Any) -> dict[str, Any]:
            return options_of(TEACHERS, info.data.get("teacher"), options)

        @field_validator("decoder")
        @classmethod
        def _known_decoder(cls, decoder: str) -> str:
            return known_name(STEPS, decoder)

        @model_validator(mode="after")
        def _attention_has_who_looks(self) -> Self:
            if self.attention and not self.looks:
                raise ValueError(f"attention: decoder {self.decoder} looks at no place of the source. Leave it out.")
            return self

        @model_validator(mode="after")
        def _coverage_has_what_it_covers(self) -> Self:
            if self.coverage and not self.looks:
                raise ValueError(f"coverage: decoder {self.decoder} looks at no place of the source. Leave it out.")
            if self.coverage and self._writes.sums_over_places:
                raise ValueError("coverage: decoder hard takes one place and sums over all. Leave it out.")
            score = SCORES.get(self.attention or DEFAULT_SCORE)
            if self.coverage and (score.by_number or score.counts_steps):
                raise ValueError(
                    f"coverage: attention {self.attention} goes by the numbers of places, whatever is known of them. "
                    "Leave it out."
                )
            if self.coverage_start and not self.coverage:
                raise ValueError(f"coverage_start: got {self.coverage_start:,} and no coverage. Set coverage = 1.")
            return self

        @model_validator(mode="after")
        def _tied_tables_have_one_width(self) -> Self:
            if self.tied != "none" and self.embedding_size not in (0, self.hidden_size):
                raise ValueError(
                    f"tied: the softmax takes vectors of hidden_size: got embedding_size {self.embedding_size} and "
                    f"hidden_size {self.hidden_size}. Make them the same, or leave out embedding_size."
                )
            return self

        @model_validator(mode="after")
        def _only_one_place_can_be_monotone(self) -> Self:
            if self.monotone and SCORES.get(self.attention or DEFAULT_SCORE).by_number:
                raise ValueError("monotone: attention location has no weight behind its last number. Take another.")
            if self.monotone and not self._writes.sums_over_places:
                raise ValueError(f"monotone: decoder {self.decoder} looks everywhere at once. Set decoder = hard.")
            if self.window and self.decoder != "hard_window":
                raise ValueError(f"window: decoder {self.decoder} has none. Leave it out, or set hard_window.")
            return self

        def make_teacher(self, hidden_size: int, copies: bool) -> Teacher:
            """Return what leads the decoder in training.

            Raises:
                ConfigError: it cannot lead one that copies, or that knows where it looked.
            """
            kind = TEACHERS.get(self.teacher)
            for option, is_there in (
                ("task.copying", copies),
                ("model.coverage", self.coverage > 0),
                (f"decoder {self.decoder}", self._writes.sums_over_places),
            ):
                if is_there and not kind.follows:
                    raise ConfigError(
                        f"model.teacher: {self.teacher} does not follow where a decoder looks, and does not go with "
                        f"{option}. Take forcing, or leave that out."
                    )
            return kind(hidden_size, kind.Config(**self.teacher_options))

        @property
        def rewarded(self) -> str:
            """The teacher, if that goes by rewards."""
            return "teacher" if TEACHERS.get(self.teacher).rewarded else ""

        @property
        def looks(self) -> bool:
            """Whether the decoder looks at places of the source."""
            return issubclass(self._writes, LookingDecoder)

        @property
        def _writes(self) -> type[Decoder]:
            return STEPS.get(self.decoder)

    reads = (("source",), ("source", "copies"))
    predicts = ("target",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        source, target = tokens_of(reads, "source"), tokens_of(answers, "target")
        self._start, self._end = target.marks["start"], target.marks["end"]
        self._unknown = target.marks.get("unknown", self._start)
        sizes = [config.embedding_size or min(len(one), config.hidden_size) for one in (source, target)]
        if config.tied != "none":
            sizes = [config.hidden_size] * 2
        word_dropout = config.regularization.word_dropout
        self.target_embedding = Embedding(len(target), sizes[1], word_dropout)
        self.encoder = RecurrentStack(sizes[0], config)
        self.decoder = STEPS.get(config.decoder)(sizes[1], self.encoder.output_size, config)
        self.coverage: Coverage | None = None
        if config.coverage:
            size = self.decoder.keys(torch.zeros(1, 1, self.encoder.output_size)).shape[2]
            self.coverage = Coverage(size, config.coverage)
        self.head = target_head(self.decoder, reads, target, config, self.encoder.output_size + sizes[1])
        self.teacher = config.make_teacher(self.decoder.output_size, "copies" in reads)
        if config.tied != "none":
            self.head.tie(self.target_embedding.weight)
        if config.tied == "all":
            if source.names != target.names:
                raise ConfigError(
                    f"model.tied: all needs one vocabulary for source and target: got {len(source):,} and "
                    f"{len(target):,} tokens. Set task.joint = true, or tied = 'target'."
                )
            self.source_embedding = self.target_embedding
        else:
            self.source_embedding = Embedding(len(source), sizes[0], word_dropout)

    @property
    def title(self) -> str:
        """Cell, layers, units, decoder and attention."""
        both = "bi-" if self.config.bidirectional else ""
        size = f"{self.config.num_layers}x{self.config.hidden_size}"
        attention = f", {self.config.attention or DEFAULT_SCORE} attention" if self.config.looks else ""
        more = ", copies" * isinstance(self.head, PointerHead) + ", monotone" * self.config.monotone
        return f"{both}{self.config.cell} {size}, {self.config.decoder} decoder{attention}{more}"

    @property
    def ways(self) -> dict[str, str]:
        """How the decoder makes whole targets in training."""
        config, copies = self.config, isinstance(self.head, PointerHead)
        counts = config.looks and SCORES.get(config.attention or DEFAULT_SCORE).counts_steps
        steps = config.teacher != "forcing" or self.coverage is not None or counts
        steps = steps or (copies and not isinstance(self.decoder, AtOnceDecoder)) or not self.decoder.compiled
        return {"decoder": f"{config.decoder}, {'step by step' if steps else 'each target at once, in compiled code'}"}

    def initial_state(self, batch_size: int) -> StackState:
        """Return nothing: separate sequences leave nothing behind."""
        return StackState(())

    def encode(self, source: Padded, noise: Noise | None = None) -> tuple[Source, Mapping[str, Penalty]]:
        """Return what the decoder looks at, and penalties."""
        vectors = self.source_embedding(source.values.t(), noise).transpose(0, 1)
        vectors = dropout(vectors, self.config.dropout, noise)
        before = self.encoder.initial_state(len(source.values))
        out = self.encoder(vectors, before, source.mask, noise)
        values = Padded(out.hidden, source.lengths)
        return self.decoder.source(values, self._end_of(out.hidden, source)), out.penalties

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the targets, each token after those that the teacher has read before it."""
        fields = to_tensors(batch, self.target_embedding.weight.device).fields
        pupil, penalties = self._pupil(fields, moment)
        loss, owed = self.teacher.loss(pupil, fields["target"], moment, fields.get("target.weights"))
        return BatchLoss({"target": loss}, state, {**penalties, **owed})

    @property
    def mixes(self) -> str:
        """As its teacher says."""
        return self.teacher.mixes

    def _pupil(self, fields: Mapping[str, Any], moment: Moment | None) -> tuple[Pupil, Mapping[str, Penalty]]:
        """Return what a teacher leads, with its sources, and penalties."""
        memory, penalties = self.encode(fields["source"], moment.noise if moment else None)
        decoder, marks = self._decoder(moment), (self._start, self._end, self._unknown)
        covers = None if decoder is self.decoder else self.coverage
        parts = (self.target_embedding, decoder, self.head, memory, marks, self.config.dropout)
        return Pupil(*parts, self._beside(fields), covers), penalties

    def _beside(self, fields: Mapping[str, Any]) -> Beside:
        """Return what the head reads beside the outputs of the decoder."""
        if self.decoder.sums_over_places:
            return OverPlaces(self.decoder)
        return Copies(places(fields["copies"])) if "copies" in fields else NOTHING_BESIDE

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the encoder, and of coverage."""
        covers = {"coverage": batch.fields["target"].real} if self.config.coverage else {}
        return {**self.encoder.penalty_terms(batch.fields["source"]), **covers}

    def stepper(self, batch: Batch) -> Stepper:
        """Return what writes targets for the sources of a batch."""
        with torch.no_grad():
            fields = to_tensors(batch, self.target_embedding.weight.device).fields
            memory, _ = self.encode(fields["source"])
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

    def _end_of(self, hidden: Tensor, source: Padded) -> Tensor:
        """Return the encoder's outputs where each of its directions ends, (B, D); 0 for a source of no token."""
        width = hidden.shape[2]
        if source.lengths is None:
            last = hidden[:, -1]
        else:
            last = hidden[torch.arange(len(hidden)), (source.lengths - 1).clamp(min=0)]
        if not self.config.bidirectional or self.config.merge == "sum":
            return last
        return torch.cat([last[:, : width // 2], hidden[:, 0, width // 2 :]], -1)
