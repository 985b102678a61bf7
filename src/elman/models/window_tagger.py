"""The window tagger: a feed-forward network on a few words around each place."""

import math
from collections.abc import Mapping

import torch
from pydantic import Field
from torch import nn

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.heads.softmax import SoftmaxHead
from elman.layers.dropout import dropout
from elman.layers.word_encoder import WordEncoder, WordEncoderConfig
from elman.models.base import Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Noise


class WindowTagger(Headed):
    """A tag for each word from the words near it: what a recurrence has to beat.

        z_t = [x_{t-C}; ...; x_t; ...; x_{t+C}];    h_t = tanh(W z_t + b);    p(tag_t) = softmax(V h_t + c)

    Beyond the ends of the sentence stands a vector that is learned.

    Args:
        config: sizes.
        reads: `words`.
        answers: `tags`.

    Source: Collobert et al. (2011), Natural language processing (almost) from scratch, JMLR 12 (window approach).
    """

    class Config(WordEncoderConfig, Network.Config):
        """Options of the window tagger."""

        name: str = "window_tagger"
        window: int = Field(2, ge=0, le=100, description="C, words to each side.")
        hidden_size: int = Field(300, ge=1, le=65536, description="H, units of the hidden layer.")
        shape_size: int = Field(5, ge=0, le=4096, description="Numbers for how a word is capitalized; 0 is none.")
        dropout: float = Field(0.5, ge=0, lt=1, description="Probability of dropping an input or a hidden unit.")

        def narrower(self, share: float) -> str:
            """Return the width with which weights are at most so large a share of these; empty where there is none."""
            hidden = math.floor(self.hidden_size * share)
            return f"--hidden {hidden}" if hidden else ""

    reads = (("words",),)
    predicts = ("tags",)
    requires = ("tags",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        self.encoder = WordEncoder(tokens_of(reads, "words"), config)
        width = self.encoder.output_size
        self.border = nn.Parameter(torch.empty(width))
        self.hidden = nn.Linear((2 * config.window + 1) * width, config.hidden_size)
        self.heads = nn.ModuleDict({"tags": SoftmaxHead(config.hidden_size, answers["tags"])})
        self.reset_parameters(torch.Generator().manual_seed(0))

    @property
    def title(self) -> str:
        """Window and units."""
        return f"window of {2 * self.config.window + 1}, {self.config.hidden_size} units"

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(inputs) if left out; the bias is 0."""
        with torch.no_grad():
            for weight in (self.border, self.hidden.weight):
                limit = weight.shape[-1] ** -0.5 if bound is None else bound
                weight.uniform_(-limit, limit, generator=generator)
            self.hidden.bias.zero_()

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the hidden layer at each word."""
        words, real = self.encoder(batch, "words", noise), batch.fields["words"]
        if real.mask is not None:
            words = torch.where(real.mask[..., None], words, self.border)
        size = self.config.window
        # One border more than is looked at, so that there is a window even in a batch without words.
        edge = self.border.expand(len(words), size + 1, -1)
        windows = torch.cat([edge[:, 1:], words, edge], 1).unfold(1, 2 * size + 1, 1)[:, : words.shape[1]].flatten(2)
        hidden = torch.tanh(self.hidden(dropout(windows, self.config.dropout, noise)))
        return Encoded({"tags": Padded(dropout(hidden, self.config.dropout, noise), real.lengths)})
