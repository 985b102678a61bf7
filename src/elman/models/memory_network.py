"""The end-to-end memory network: a question looks at the sentences of a story several times, and then is answered."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline, Sentences, outline_of
from elman.data.records import Batch, Padded
from elman.heads import AnswerConfig, answering
from elman.layers.attention.base import masked_softmax
from elman.layers.memory_table import (
    Kind,
    MemoryTable,
    Position,
    SentenceTable,
    ages_of,
    bags_of,
    draw_normal,
    memories,
)
from elman.models.base import BatchLoss, Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Moment, Noise


class Read(NamedTuple):
    """What a network makes of questions.

    Args:
        state: u after the last hop, (B, d).
        looked: how much each hop looked at each sentence, (B, K, M).
    """

    state: Float[Tensor, "B d"]
    looked: Float[Tensor, "B K M"]


class MemoryNetwork(Headed):
    """An answer to a question about a story.

        m_i = Σ_j l_j ⊙ A x_ij + T_A(i);    c_i = Σ_j l_j ⊙ C x_ij + T_C(i);    u_1 = Σ_j l_j ⊙ B q_j
        p = softmax(u · m);    o = Σ_i p_i c_i;    u' = u + o;    after K hops  softmax(W u + b)

    adjacent: the C of a hop is the A of the next, B the first A, W the last C. layer_wise: all hops share A and C,
    u' = H u + o, and B and W are their own. l: `Position`; T: `MemoryTable`.

    Args:
        config: hops, tying, position, noise, start.
        reads: `story` and `question`.
        answers: `answer`, one of the words of the vocabulary.

    Source: Sukhbaatar et al. (2015), End-to-end memory networks, arXiv:1503.08895.
    """

    class Config(AnswerConfig, Network.Config):
        """Options of the memory network."""

        name: str = "memory_network"
        embedding_size: int = Field(50, ge=1, le=65536, description="d, numbers of a sentence.")
        hops: int = Field(3, ge=1, le=100, description="K, how often a question looks at its story.")
        tying: Literal["adjacent", "layer_wise"] = Field(
            "adjacent", description="What hops share: C is the next A; or all have the same A and C."
        )
        position: Kind = Field(
            "code", description="How the order of words counts: as in the paper, as in its code, or not at all: none."
        )
        time_noise: float = Field(
            0.1, ge=0, le=1, description="In training, moments without a sentence, at most so many a sentence."
        )
        linear_start: float = Field(
            0.0, ge=0, lt=1, description="Share of the training in which hops look without a softmax, p = u · m."
        )

    reads = (("story", "question"),)
    predicts = requires = ("answer",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        outline = outline_of(reads, "story", Sentences, "sentences")
        size, self.adjacent = config.embedding_size, config.tying == "adjacent"
        self.most, self.position = outline.most, Position(config.position, outline.longest)
        count = config.hops + 1 if self.adjacent else 2
        tables = [MemoryTable(len(outline), outline.most, size, self.position) for _ in range(count)]
        self.tables = nn.ModuleList(tables)
        heads: dict[str, Any] = dict(answering(answers, size, config))
        if self.adjacent:
            heads["answer"].tie(tables[-1].weight)
        else:
            self.asking = SentenceTable(len(outline), size, self.position)
            self.between = Between(size)
        self.heads = nn.ModuleDict(heads)

    @property
    def title(self) -> str:
        """Hops, size and tying."""
        return f"memory network {self.config.hops}x{self.config.embedding_size}, {self.config.tying}"

    def read(self, batch: Batch, noise: Noise | None, linear: bool = False) -> Read:
        """Return what a network makes of questions, hop by hop.

        Args:
            batch: stories and questions, as tensors.
            noise: of the training step, or None.
            linear: whether p = u · m, as at the start of a training.
        """
        story, question = batch.fields["story"], batch.fields["question"].values[:, 0]
        tables: list[Any] = list(self.tables)
        bags = bags_of(batch.tables["sentences"], self.position, tables[0].weight)
        ages = ages_of(story, self.most, noise, self.config.time_noise)
        sentences, memory = memories(tables, bags, story.values, ages)
        state = functional.embedding(question, sentences[0] if self.adjacent else self.asking.sentences(bags))
        looked = []
        for hop in range(self.config.hops):
            given, taken = memory[hop : hop + 2] if self.adjacent else memory
            scores = torch.einsum("bmd,bd->bm", given, state)
            weights = scores * story.mask if linear else masked_softmax(scores, story.mask)
            found = torch.einsum("bm,bmd->bd", weights, taken)
            state = (state if self.adjacent else self.between(state)) + found
            looked.append(weights)
        return Read(state, torch.stack(looked, 1))

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return u of each question, and where its hops looked."""
        found = self.read(batch, noise)
        return Encoded({"answer": Padded(found.state[:, None])}, attention=found.looked)

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the answers; at the start of a training hops look without a softmax, if asked for."""
        tensors, noise = self._tensors(batch), moment.noise if moment else None
        linear = moment is not None and moment.share < self.config.linear_start
        found = self.read(tensors, noise, linear)
        loss = self._head("answer").loss(Padded(found.state[:, None]), tensors.fields["answer"], moment)
        return BatchLoss({"answer": loss}, state)


class Between(nn.Module):
    """H u, what is left of a question after a hop."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size, size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw H from N(0, 0.1²), or U(-bound, bound)."""
        draw_normal(self.weight, generator, bound)

    def forward(self, state: Float[Tensor, "B d"]) -> Float[Tensor, "B d"]:
        """Return H u."""
        return state @ self.weight.T
