"""The recurrent tagger: words and their characters, or frames, a (bidirectional) recurrence, softmax or CRF."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from torch import nn

from elman.data.outlines import Frames, Outline
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.heads import HEADS, AnswerConfig
from elman.heads.softmax import SoftmaxHead
from elman.layers.frame_encoder import FrameEncoder
from elman.layers.frame_steps import FrameSteps, spread
from elman.layers.inputs import InputConfig, encoder_of, read, steps_of
from elman.layers.pooling import Kind, Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.models.base import Network
from elman.models.base.frame_stream import FrameStream
from elman.models.base.headed import Encoded, Headed
from elman.moment import Noise


class RnnTagger(Headed):
    """A tag for each word, and one label for the sentence if there are labels; or a label for each frame.

        x_t = [E w_t; characters(w_t); shape(w_t)], or what is read of frames;    h = RNN(x)
        tags = softmax(W h_t + b) each, or CRF(W h + b);    label = softmax(U pool(h) + c)

    Where k frames are one step, that step answers for each of them: h_⌊t/k⌋ stands at frame t, in training as in use.

    Args:
        config: encoder of words or frames, stack, head.
        reads: `words`, or `frames`.
        answers: `tags`, and `label` where a sentence has one.

    Source: Huang et al. (2015), arXiv:1508.01991; Lample et al. (2016), arXiv:1603.01360; Ma & Hovy (2016),
    arXiv:1603.01354; for the label of the sentence Liu & Lane (2016), arXiv:1609.01454.
    """

    class Config(RecurrentConfig, InputConfig, AnswerConfig, Network.Config):
        """Options of the recurrent tagger."""

        name: str = "rnn_tagger"
        hidden_size: int = Field(128, ge=1, le=65536, description="H, units of a layer and direction.")
        bidirectional: bool = Field(True, description="Read the sentence from both ends.")
        characters: Literal["none", "lstm", "cnn"] = Field(
            "lstm", description="How a word's characters are read: not at all, by a BiLSTM (Lample), by a CNN (Ma)."
        )
        head: Literal["softmax", "crf"] = Field(
            "crf", description="What predicts the tags: softmax, each alone; crf, the whole sequence."
        )
        pooling: Kind = Field("max", description="How the outputs become one vector for the label of a sentence.")
        label_weight: float = Field(
            1.0, gt=0, description="What the loss of a sentence's label counts, beside that of its tags."
        )

    reads = (("words",), ("frames",))
    predicts = ("tags", "label")
    requires = ("tags",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        ((self._field, outline),) = reads.items()
        self.encoder = encoder_of(outline, config, config.regularization.word_dropout)
        self._width = outline.width if isinstance(outline, Frames) else 0
        self.span = self.encoder.span if isinstance(self.encoder, FrameSteps) else 1
        self.recurrent = RecurrentStack(self.encoder.output_size, config)
        width = self.recurrent.output_size
        softmax = SoftmaxHead.Config(label_smoothing=config.label_smoothing)
        if config.label_smoothing and config.head == "crf" and "label" not in answers:
            raise ConfigError(
                f"model.label_smoothing: got {config.label_smoothing:g}, expected 0: a CRF has none, and the sentences "
                "have no label. Leave it out."
            )
        kind = HEADS.get(config.head)
        heads: dict[str, nn.Module] = {"tags": kind(width, answers["tags"], softmax if kind is SoftmaxHead else None)}
        self.pooling = Pooling(config.pooling, width, config) if "label" in answers else None
        if self.pooling is not None:
            heads["label"] = SoftmaxHead(self.pooling.output_size, answers["label"], softmax)
        self.heads = nn.ModuleDict(heads)

    @property
    def title(self) -> str:
        """Cell, layers, units, characters or frames a step, and head."""
        both = "bi-" if self.config.bidirectional else ""
        size = f"{both}{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}"
        read = "" if self.config.characters == "none" else f", characters by {self.config.characters}"
        if isinstance(self.encoder, FrameSteps):
            read = f", {self.span} frames a step" if self.span > 1 else ""
        return f"{size}{read}, {self.config.head}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the output of the stack at each word or frame, and one vector for the label."""
        steps, field = read(self.encoder, batch, self._field, noise), batch.fields[self._field]
        out = self.recurrent(steps.values, self.recurrent.initial_state(batch.size), steps.mask, noise)
        hidden = {"tags": Padded(spread(out.hidden, self.span, field.values.shape[1]), field.lengths)}
        if self.pooling is not None:
            hidden["label"] = Padded(self.pooling(out, steps.mask, noise)[0][:, None])
        return Encoded(hidden, out.penalties)

    def stream(self) -> FrameStream:
        """Return what reads one recording while its frames arrive, and says log p of each label at each step.

        Raises:
            ConfigError: the network reads words, from both ends, or looks ahead; or a CRF does.
        """
        if not isinstance(self.encoder, FrameEncoder):
            raise ConfigError("listen: got a model that reads words, expected one that reads frames as they arrive.")
        if not isinstance(head := self.heads["tags"], SoftmaxHead):
            raise ConfigError(
                f"model.head: got {self.config.head}, which looks at a whole recording, expected softmax to answer "
                "while frames arrive. Train one with --set model.head=softmax."
            )
        return FrameStream(self.encoder, self._width, self.recurrent, head)

    @property
    def head_weights(self) -> Mapping[str, float]:
        """What the label of a sentence counts."""
        return {"label": self.config.label_weight}

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(steps_of(self.encoder, batch.fields[self._field]))
