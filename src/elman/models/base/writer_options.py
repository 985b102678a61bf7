"""Options of networks that write a target to a source, and what goes together among them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from elman.config import known_name, name_among, options_among
from elman.errors import ConfigError
from elman.heads.softmax import SoftmaxHead
from elman.layers.attention import SCORES
from elman.models.base.model import Network
from elman.steps import STEPS
from elman.steps.base import DEFAULT_SCORE, Decoder, DecoderConfig, LookingDecoder
from elman.teachers import TEACHERS
from elman.teachers.base import Teacher


class WriterOptions(DecoderConfig, SoftmaxHead.Config, Network.Config):
    """Options of networks that write a target to a source."""

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
    doubly_stochastic: float = Field(
        0.0,
        ge=0,
        description="λ, what it costs where a place is not looked at once, all tokens together (Xu et al., 2015).",
    )
    teacher: Annotated[str, name_among(TEACHERS)] = Field(
        "forcing", description="What the decoder reads in training; `elman describe teachers`."
    )
    teacher_options: Annotated[dict[str, Any], options_among(TEACHERS, "teacher")] = Field(
        {}, description="Options of the teacher, such as {schedule = 'linear'}."
    )

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
    def _what_is_said_of_looks_has_who_looks(self) -> Self:
        for option, is_there in (("doubly_stochastic", self.doubly_stochastic > 0), ("gate", self.gate)):
            if is_there and not self.looks:
                raise ValueError(f"{option}: decoder {self.decoder} looks at no place of the source. Leave it out.")
            if is_there and self._writes.sums_over_places:
                raise ValueError(f"{option}: decoder {self.decoder} takes one place and sums over all. Leave it out.")
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
            ("model.doubly_stochastic", self.doubly_stochastic > 0),
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
