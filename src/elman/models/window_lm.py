"""The feed-forward language model: a network over the last few words."""

from collections.abc import Mapping

from pydantic import Field
from torch import nn

from elman.data.outlines import Outline, tokens_of
from elman.decoding.stepper import Stepper
from elman.heads import HEADS
from elman.layers.context_window import ContextWindow, WindowLayers
from elman.layers.embedding import Embedding
from elman.layers.network_stepper import NetworkStepper
from elman.models.base.next_token import NextToken


class WindowLM(NextToken):
    """The next token from the n - 1 before it, by a network: what a recurrence has to beat, and n-grams too.

        x_t = [e(w_{t-n+2}); ..; e(w_t)];    h_t = tanh(H x_t + d)
        log p(w_{t+1} | w_{t-n+2} .. w_t) = log softmax(b + W x_t + U h_t)

    Without `direct`, W = 0. It sees as far as an n-gram, and knows which words are alike.

    Args:
        config: sizes, head.
        reads: `tokens`, V of them.
        answers: `next_token`.

    Source: Bengio et al. (2003), A neural probabilistic language model, JMLR 3.
    """

    class Config(NextToken.Config):
        """Options of the feed-forward language model."""

        name: str = "window_lm"
        order: int = Field(5, ge=2, le=100, description="n: it reads n - 1 tokens.")
        embedding_size: int = Field(60, ge=1, le=65536, description="Numbers in the vector of a token.")
        hidden_size: int = Field(100, ge=1, le=65536, description="H, units of the hidden layer.")
        direct: bool = Field(True, description="Whether vectors of tokens are connected to the softmax directly, too.")
        dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping a number of a vector or a unit.")
        word_dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping the vector of a whole word.")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        tokens = tokens_of(reads, "tokens")
        self._start = tokens.marks.get("start", 0)
        self.embedding = Embedding(len(tokens), config.embedding_size, config.word_dropout)
        sizes = (config.order, config.embedding_size, config.hidden_size)
        self.window = ContextWindow(*sizes, config.direct, config.dropout, self._start)
        head = HEADS.get(config.head)
        options = head.Config(**config.head_options)
        self.heads = nn.ModuleDict({"next_token": head(self.window.output_size, answers["next_token"], options)})

    @property
    def title(self) -> str:
        """How far it sees, and its units."""
        return f"window of {self.config.order - 1}, {self.config.hidden_size} units"

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token."""
        return NetworkStepper(self.layers, self._start)

    @property
    def layers(self) -> WindowLayers:
        """From tokens to what predicts the next one."""
        return WindowLayers(self.embedding, self.window, self.head)
