"""What models of the next token share."""

from abc import abstractmethod
from typing import Annotated, Any

from pydantic import Field, field_validator
from torch import nn

from elman.config import options_among
from elman.data.records import Batch, Padded
from elman.heads import HEADS
from elman.heads.base import TokenHead
from elman.layers.tensors import to_tensors
from elman.models.base.model import BatchLoss, Network
from elman.moment import Moment


class NextToken(Network, nn.Module):
    """A network whose layers read tokens, and whose head, `next_token`, predicts the one after each."""

    class Config(Network.Config):
        """Options of every model of the next token."""

        head: str = Field("softmax", description="What predicts the token; `elman describe heads` lists them.")
        head_options: Annotated[dict[str, Any], options_among(HEADS, "head")] = Field(
            {}, description="Options of the head, such as {samples = 1000}."
        )

        @field_validator("head")
        @classmethod
        def _known_head(cls, head: str) -> str:
            return predicts_alone(head)

    reads = (("tokens",),)
    predicts = ("next_token",)
    heads: nn.ModuleDict

    @property
    @abstractmethod
    def layers(self) -> Any:
        """From tokens to what predicts the next one, a `elman.layers.network_stepper.Layers`."""

    @property
    def mixes(self) -> str:
        """What the loss of its head in training is made of."""
        return self.head.mixes

    @property
    def head(self) -> TokenHead:
        """The head that predicts the next token."""
        return self.heads["next_token"]  # type: ignore[return-value]

    def initial_state(self, batch_size: int) -> Any:
        """Return the state before the first token."""
        return self.layers.initial_state(batch_size)

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the next token."""
        layers = self.layers
        fields = to_tensors(batch, layers.embedding.device).fields
        out = layers.run(fields["tokens"], state, moment.noise if moment else None)
        hidden = Padded(out.hidden, fields["tokens"].lengths)
        loss = self.head.loss(hidden, fields["next_token"], moment, fields.get("next_token.weights"), out.given)
        return BatchLoss({"next_token": loss}, out.state, out.penalties)


def predicts_alone(name: str) -> str:
    """Return the name of a head that predicts each token from the hidden state there and nothing else.

    Raises:
        ValueError: it does something else.
    """
    if not _alone(HEADS.get(name)):
        able = ", ".join(one for one in HEADS.names() if _alone(HEADS.get(one)))
        raise ValueError(
            f"got {name!r}, expected one that predicts each token by itself: {able}. A language model is asked for the "
            "next token alone."
        )
    return name


def _alone(kind: type[Any]) -> bool:
    return issubclass(kind, TokenHead) and not kind.reads
