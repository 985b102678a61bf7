"""The span reader: a question and a passage are read, and the passage is asked where the answer begins and ends."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline, Passages, outline_of
from elman.data.records import Batch, Padded
from elman.decoding.spans import Scored
from elman.heads.span import SpanHead
from elman.layers.dropout import dropout
from elman.layers.penalties import Penalty
from elman.layers.products import linear
from elman.layers.reading import read_from
from elman.layers.recurrent import RecurrentConfig, RecurrentStack, StackState
from elman.layers.tensors import to_tensors
from elman.layers.two_way import TwoWayAttention
from elman.layers.word_encoder import WordEncoder, WordEncoderConfig
from elman.models.base import BatchLoss, Network
from elman.moment import Moment, Noise


class Asked(NamedTuple):
    """What a network makes of passages and questions.

    Args:
        passage: p, a vector for each word of the passage, (B, T, H).
        question: q, (B, Q).
        looked: α, how much each word of the passage looked at each one of the question, (B, T, J).
        penalties: named terms of the loss that are not about targets.
    """

    passage: Padded
    question: Tensor
    looked: Tensor
    penalties: Mapping[str, Penalty]


class SpanReader(Network, nn.Module):
    """Where the answer to a question stands in a passage.

        x_i = [E w_i; characters; shape];    α_ij ∝ exp(relu(W x_i + b) · relu(W x_j + b)) over the question
        p = RNN_p([x_i; signs_i; Σ_j α_ij x_j]);    h = RNN_q(x_j);    q = Σ_j softmax_j(u · h_j) h_j
        first and last word by `SpanHead`, asked with q

    With `attention` the passage is read once more, in the light of the question: `TwoWayAttention`, and another RNN.

    Args:
        config: words, stacks, attention, head.
        reads: `passage` and `question`.
        answers: `answer`, a piece of the passage.

    Source: Chen et al. (2017), Reading Wikipedia to answer open-domain questions, arXiv:1704.00051, without what needs
    a tagger; Seo et al. (2017), arXiv:1611.01603, for `attention`.
    """

    class Config(RecurrentConfig, WordEncoderConfig, SpanHead.Config, Network.Config):
        """Options of the span reader."""

        name: str = "span_reader"
        hidden_size: int = Field(96, ge=1, le=65536, description="H, units of a layer and direction.")
        bidirectional: bool = Field(True, description="Read from both ends; an answer needs what stands behind it.")
        shape_size: int = Field(8, ge=0, le=4096, description="Numbers for how a word is capitalized; 0 is none.")
        dropout: float = Field(
            0.3, ge=0, lt=1, description="Probability of dropping an output of a layer, or a word's."
        )
        attention: bool = Field(False, description="Read the passage again in the light of the question (Seo et al.).")

        @model_validator(mode="after")
        def _both_ends(self) -> "SpanReader.Config":
            if not self.bidirectional or self.self_attention_heads:
                raise ValueError(
                    "bidirectional, self_attention_heads: the span reader reads from both ends, and has its own "
                    "attention. Leave them out."
                )
            return self

    reads = (("passage", "question"),)
    predicts = requires = ("answer",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        outline = outline_of(reads, "passage", Passages, "passages with questions")
        self.encoder = WordEncoder(outline, config, config.regularization.word_dropout)
        size = self.encoder.output_size
        self.align = nn.Linear(size, config.hidden_size)
        self.passages = RecurrentStack(2 * size + outline.signs, config)
        self.questions = RecurrentStack(size, config)
        width = self.questions.output_size
        self.pool = nn.Parameter(torch.empty(width))
        self.two_way = TwoWayAttention(width) if config.attention else None
        self.again = RecurrentStack(self.two_way.output_size, config) if self.two_way else None
        self.heads = nn.ModuleDict({"answer": SpanHead(width, answers["answer"], SpanHead.Config(ends=config.ends))})
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W and u from U(-bound, bound), 1/sqrt(inputs) if left out; the other parts draw their own."""
        with torch.no_grad():
            for weight in (self.align.weight, self.pool):
                limit = weight.shape[-1] ** -0.5 if bound is None else bound
                weight.uniform_(-limit, limit, generator=generator)
            self.align.bias.zero_()

    @property
    def title(self) -> str:
        """Cell, layers, units, and whether the passage is read again."""
        again = ", read again in the light of the question" if self.config.attention else ""
        return f"span reader, bi-{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}{again}"

    def initial_state(self, batch_size: int) -> StackState:
        """Return nothing: separate passages leave nothing behind."""
        return StackState(())

    def read(self, batch: Batch, noise: Noise | None) -> Asked:
        """Return what the network makes of passages and questions, as tensors."""
        passage, question = batch.fields["passage"], batch.fields["question"]
        rate = self.config.dropout
        words, asked = (dropout(self.encoder(batch, name, noise), rate, noise) for name in ("passage", "question"))
        keys, queries = (functional.relu(linear(one, self.align.weight, self.align.bias)) for one in (asked, words))
        seen = read_from(queries, keys, asked, question.lengths)
        inputs = torch.cat([words, batch.fields["passage.signs"].values.to(words), seen.found], -1)
        read = self._run(self.passages, inputs, passage, noise)
        heard = self._run(self.questions, asked, question, noise)
        pooled = read_from(self.pool.expand(len(words), 1, -1), heard.hidden, heard.hidden, question.lengths).found[
            :, 0
        ]
        hidden, penalties = read.hidden, {**read.penalties}
        if self.two_way is not None and self.again is not None:
            joined = self.two_way(hidden, heard.hidden, passage.lengths, question.lengths)
            again = self._run(self.again, joined, passage, noise)
            hidden, penalties = again.hidden, {**penalties, **{f"again_{k}": v for k, v in again.penalties.items()}}
        return Asked(Padded(hidden, passage.lengths), pooled, seen.weights, penalties)

    @staticmethod
    def _run(stack: RecurrentStack, inputs: Tensor, field: Padded, noise: Noise | None) -> Any:
        return stack(inputs, stack.initial_state(len(inputs)), field.mask, noise)

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the answers, and the penalties of the passage."""
        tensors = self._tensors(batch)
        found = self.read(tensors, moment.noise if moment else None)
        given = {"asked": found.question}
        loss = self._head.loss(found.passage, tensors.fields["answer"], moment, None, given)
        return BatchLoss({"answer": loss}, state, found.penalties)

    @torch.no_grad()
    def spans(self, batch: Batch) -> Scored:
        """Return how good each word of each passage is as the first and as the last one of the answer."""
        found = self.read(self._tensors(batch), None)
        start, end = self._head.logits(found.passage, {"asked": found.question})
        return Scored(*(one.cpu().numpy() for one in (start, end, found.looked)))

    def asked(self, batch: Batch) -> Any:
        """Compute the answers."""
        return self.spans(batch)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the passage, read once or twice."""
        terms = self.passages.penalty_terms(batch.fields["passage"])
        return {**terms, **({f"again_{name}": count for name, count in terms.items()} if self.again else {})}

    @property
    def _head(self) -> Any:
        return self.heads["answer"]

    def _tensors(self, batch: Batch) -> Batch:
        return to_tensors(batch, self.pool.device)
