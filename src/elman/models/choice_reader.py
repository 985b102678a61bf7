"""The choice reader: the passage is read once for each answer, by what it shares with the question and that answer."""

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from elman.data.choices import CHOICES
from elman.data.outlines import Outline, Passages, outline_of
from elman.data.records import Answers, Batch, OnDemand, Padded
from elman.heads.choice import ChoiceHead
from elman.layers.dropout import dropout
from elman.layers.pooling import Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.word_encoder import WordEncoder, WordEncoderConfig
from elman.models.base import BatchLoss, Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Moment, Noise


class ChoiceReader(Headed):
    """Which of four answers is right.

        p_ki = RNN([s_i(question); s_i(c_k)])  for each answer c_k;   s_i: what word i of the passage shares with a text
        v_k = max_i p_ki;    q = 1/J Σ_j E x_j  over the words of the question
        P(k) by `ChoiceHead`, asked with q

    It sees of the passage which words the question and an answer have, and how rare these are, but not which words
    they are: hundreds of questions are too few for that.

    Args:
        config: words, stack, pooling.
        reads: `passage`, `question` and the answers.
        answers: `choice`.
    """

    class Config(RecurrentConfig, WordEncoderConfig, Network.Config):
        """Options of the choice reader."""

        name: str = "choice_reader"
        embedding_size: int = Field(
            8, ge=1, le=65536, description="E, numbers in the vector of a word of the question."
        )
        hidden_size: int = Field(16, ge=1, le=65536, description="H, units of a layer and direction.")
        bidirectional: bool = Field(True, description="Read from both ends.")
        dropout: float = Field(0.3, ge=0, lt=1, description="Probability of dropping an output of a layer, or of q.")

        @model_validator(mode="after")
        def _no_attention(self) -> "ChoiceReader.Config":
            if self.self_attention_heads:
                raise ValueError(
                    "self_attention_heads: the choice reader takes the largest of each number. Leave it out."
                )
            return self

    reads = (("passage", "question", *CHOICES),)
    predicts = requires = ("choice",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        outline = outline_of(reads, "passage", Passages, "passages with questions")
        self.encoder = WordEncoder(outline, config, config.regularization.word_dropout)
        self.stack = RecurrentStack(2 * outline.signs, config)
        self.pool = Pooling("max", self.stack.output_size, config)
        head = ChoiceHead(self.encoder.output_size, answers["choice"], None, self.pool.output_size)
        self.heads = nn.ModuleDict({"choice": head})

    @property
    def title(self) -> str:
        """Cell, layers and units."""
        ways = "bi-" if self.config.bidirectional else ""
        return f"choice reader, {ways}{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return q of each question, (B, 1, E)."""
        asked = batch.fields["question"]
        words = self.encoder(batch, "question", noise)
        real = words.new_ones(words.shape[:2], dtype=torch.bool) if asked.mask is None else asked.mask
        mean = (words * real[..., None]).sum(1, keepdim=True) / real.sum(1).clamp(min=1)[:, None, None]
        return Encoded({"choice": Padded(dropout(mean, self.config.dropout, noise))})

    def choices(self, batch: Batch, noise: Noise | None) -> tuple[Tensor, Mapping[str, Any]]:
        """Return v of each answer, (B, 4, H), and the penalties."""
        asked = batch.fields["passage.signs"]
        signs = [torch.cat([asked.values, batch.fields[f"{name}.signs"].values], -1) for name in CHOICES]
        inputs = torch.cat(signs).to(self.stack_type)
        mask = None if asked.mask is None else asked.mask.repeat(len(CHOICES), 1)
        read = self.stack(inputs, self.stack.initial_state(len(inputs)), mask, noise)
        pooled, _ = self.pool(read, mask, noise)
        return pooled.unflatten(0, (len(CHOICES), -1)).transpose(0, 1), read.penalties

    @property
    def stack_type(self) -> torch.dtype:
        """What numbers the weights are."""
        return self.heads["choice"].weight.dtype  # type: ignore[return-value]

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the answers, and the penalties of the passage."""
        tensors, noise = self._tensors(batch), moment.noise if moment else None
        choices, penalties = self.choices(tensors, noise)
        hidden = self.encode(tensors, noise).hidden["choice"]
        weights = tensors.fields.get("choice.weights")
        loss = self._head("choice").loss(hidden, tensors.fields["choice"], moment, weights, {"choices": choices})
        return BatchLoss({"choice": loss}, state, penalties)

    @torch.no_grad()
    def answers(self, batch: Batch) -> Answers:
        """Return the place of the likeliest answer of each question, and log p of each (nats), (B, 1, 4)."""
        tensors = self._tensors(batch)
        given = {"choices": self.choices(tensors, None)[0]}
        hidden = self.encode(tensors, None).hidden["choice"]
        log_probs = self._head("choice").log_probs(hidden, given).cpu().numpy()
        best = self._head("choice").best(hidden, given).values.cpu().numpy()
        return Answers({"choice": best}, OnDemand(["choice"], lambda name: log_probs))

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the passage, read once for each answer."""
        terms = self.stack.penalty_terms(batch.fields["passage"])
        return {name: len(CHOICES) * count for name, count in terms.items()}
