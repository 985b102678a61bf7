"""The recurrent language model."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from pydantic import Field, ValidationInfo, field_validator
from torch import Tensor, nn

from elman.cells import CELLS
from elman.config import check_table
from elman.data.records import Batch
from elman.heads.base import LossSum
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.layers.recurrent import RecurrentStack, StackState
from elman.layers.tensors import BatchTensors, to_tensors
from elman.models.base import Model, Network
from elman.noise import Noise


class RnnLM(Network, nn.Module):
    """Embedding, recurrent stack, softmax over the vocabulary.

        e_t = E x_t;    h_t = RNN(e_t, h_{t-1});    log p(x_{t+1} | x_1..x_t) = log softmax(W h_t + b)

    Args:
        config: cell and sizes.
        sizes: `tokens` gives V.

    Source: Mikolov et al. (2010), Recurrent neural network based language model, Interspeech; Zaremba et al. (2014),
    arXiv:1409.2329, for where dropout acts.
    """

    class Config(Model.Config):
        """Options of the recurrent language model."""

        name: str = "rnn_lm"
        cell: str = Field("lstm", description="The recurrent cell; `elman describe cells` lists them.")
        cell_options: dict[str, Any] = Field({}, description="Options of the cell, such as {activation = 'relu'}.")
        embedding_size: int = Field(
            0, ge=0, le=65536, description="E, numbers in the vector of a token; 0 takes the smaller of V and H."
        )
        hidden_size: int = Field(384, ge=1, le=65536, description="H, units of a layer.")
        num_layers: int = Field(1, ge=1, le=64, description="L, recurrent layers.")
        dropout: float = Field(0.2, ge=0, lt=1, description="Probability of dropping an output of a layer.")

        @field_validator("cell")
        @classmethod
        def _known_cell(cls, cell: str) -> str:
            CELLS.get(cell)
            return cell

        @field_validator("cell_options")
        @classmethod
        def _options_of_the_cell(cls, options: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
            if "cell" in info.data:
                check_table(CELLS.get(info.data["cell"]).Config, options)
            return options

        def cell_config(self) -> Any:
            """Return the checked options of the cell."""
            return CELLS.get(self.cell).Config(**self.cell_options)

    def __init__(self, config: Config, sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.config = config
        cell, options = CELLS.get(config.cell), config.cell_config()
        embedding_size = config.embedding_size or min(sizes["tokens"], config.hidden_size)
        widths = [embedding_size, *[config.hidden_size] * (config.num_layers - 1)]
        layers = [cell(width, config.hidden_size, options) for width in widths]
        self.embedding = Embedding(sizes["tokens"], embedding_size)
        self.recurrent = RecurrentStack(layers, config.dropout)
        self.heads = nn.ModuleDict({"next_token": SoftmaxHead(config.hidden_size, sizes["tokens"])})

    @property
    def head(self) -> SoftmaxHead:
        """The head that predicts the next token."""
        return self.heads["next_token"]  # type: ignore[return-value]

    def initial_state(self, batch_size: int) -> StackState:
        """Return zeros."""
        return self.recurrent.initial_state(batch_size)

    def loss(self, batch: Batch, state: Any, noise: Noise | None) -> tuple[dict[str, LossSum], StackState]:
        """Return the loss of the next token."""
        tensors = self._tensors(batch)
        hidden, after = self._hidden(tensors.fields["inputs"], state, tensors.masks.get("inputs"), noise)
        losses = {"next_token": self.head.loss(hidden, tensors.fields["targets"], tensors.masks.get("targets"))}
        return losses, after

    @torch.no_grad()
    def nll(self, batch: Batch, state: StackState) -> tuple[np.ndarray, StackState]:
        """Return -log p (nats) of each target and the state after the batch."""
        tensors = self._tensors(batch)
        hidden, after = self._hidden(tensors.fields["inputs"], state, tensors.masks.get("inputs"), None)
        return self.head.nll(hidden, tensors.fields["targets"]).double().cpu().numpy(), after

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: StackState) -> tuple[np.ndarray, StackState]:
        """Read one token a row and return log p (nats) of the next."""
        inputs = torch.from_numpy(ids).to(self.head.weight.device)[:, None]
        hidden, after = self._hidden(inputs, state, None, None)
        return self.head.log_probs(hidden[:, 0]).double().cpu().numpy(), after

    def select(self, state: StackState, rows: np.ndarray) -> StackState:
        """Return the state of some rows."""
        return state.select(torch.from_numpy(rows).to(self.head.weight.device))

    def _tensors(self, batch: Batch) -> BatchTensors:
        return to_tensors(batch, self.head.weight.device)

    def _hidden(
        self, inputs: Tensor, state: StackState, mask: Tensor | None, noise: Noise | None
    ) -> tuple[Tensor, StackState]:
        # Looked up time-major: the layers below work on time-major rows, and then nothing is copied.
        embedded = self.embedding(inputs.t()).transpose(0, 1)
        return self.recurrent(embedded, state, mask, noise)
