"""A controller with a memory of its own, which answers with bits at every step."""

import copy
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from pydantic import Field
from torch import nn

from elman.config import name_among, options_among
from elman.data.outlines import Frames, Outline, outline_of
from elman.data.records import Batch, Padded
from elman.heads.sigmoid import SigmoidHead
from elman.layers.dropout import dropout
from elman.layers.packing import Packing
from elman.layers.recurrent import CellConfig
from elman.layers.unroll import unroll
from elman.machines import MACHINES
from elman.machines.base import Machine
from elman.models.base import Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Noise


class MemoryMachine(Headed):
    """Bits for each step of a sequence of vectors, from all steps before and what was written to a memory of them.

        y_t, state_t = machine(x_t, state_{t-1});    p(bit k of step t) = σ(W y_t + b)_k

    Args:
        config: controller and machine.
        reads: `steps`.
        answers: `bits`.

    Source: Graves et al. (2014), arXiv:1410.5401; the machines name their own.
    """

    class Config(CellConfig, Network.Config):
        """Options of machines with a memory."""

        name: str = "memory_machine"
        hidden_size: int = Field(100, ge=1, le=65536, description="H, units of the controller.")
        num_layers: int = Field(1, ge=1, le=1, description="Layers of the controller: one.")
        dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping what the machine gives.")
        machine: Annotated[str, name_among(MACHINES)] = Field(
            "ntm", description="The memory beside it; `elman describe machines` lists them."
        )
        machine_options: Annotated[dict[str, Any], options_among(MACHINES, "machine")] = Field(
            {}, description="Options of the machine, such as {slots = 64}."
        )

    reads = (("steps",),)
    predicts = ("bits",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        steps, bits = outline_of(reads, "steps", Frames, "numbers"), answers["bits"]
        kind = MACHINES.get(config.machine)
        options = kind.Config(**config.machine_options)
        self.machine: Machine = kind(lambda size: config.make_cell(size, config.hidden_size), steps.width, options)
        self._bits = len(bits)  # type: ignore[arg-type]
        self.heads = nn.ModuleDict({"bits": SigmoidHead(self.machine.output_size, bits)})

    @property
    def title(self) -> str:
        """Machine, controller and units."""
        return f"{self.config.machine}, {self.config.cell} {self.config.hidden_size}"

    @property
    def head_weights(self) -> Mapping[str, float]:
        """What is learned from is the mean over the bits of a step, so that rate and clipping suit any number."""
        return {"bits": 1 / self._bits}

    @property
    def slots(self) -> int:
        """Places of its memory; 0 where it has as many as there are steps, or none."""
        return self.machine.slots

    def resized(self, slots: int) -> "MemoryMachine":
        """Return the model with another number of places of its memory, and the same weights.

        Raises:
            ConfigError: its machine has no fixed number of them.
        """
        other = copy.copy(self)
        other._modules = {**self._modules, "machine": self.machine.resized(slots)}
        return other

    @torch.no_grad()
    def watched(self, batch: Batch) -> dict[str, np.ndarray]:
        """Return what its machine lets be seen of one sequence, by what it is: over time and places, (T, N), 0 to 1."""
        steps, letters = self._tensors(batch).fields["steps"].values, list(self.machine.shown)
        packing, state = Packing(1, steps.shape[1]), self.machine.initial_state(1, steps=steps.shape[1])
        kept = unroll(self.machine, packing.pack(steps), packing, state, keep=letters).kept
        every = {title: torch.cat(kept[letter]) for letter, title in self.machine.shown.items()}
        return {title: one.reshape(len(one), -1, one.shape[-1]).amax(1).cpu().numpy() for title, one in every.items()}

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return what the machine gives at each step."""
        steps = batch.fields["steps"]
        packing = Packing(len(steps.values), steps.values.shape[1], steps.lengths)
        state = self.machine.initial_state(len(steps.values), steps=steps.values.shape[1])
        made = unroll(self.machine.under(noise, packing), packing.pack(steps.values), packing, state)
        rows = dropout(made.outputs, self.config.dropout, noise)
        return Encoded({"bits": Padded(packing.unpack(rows), steps.lengths)})
