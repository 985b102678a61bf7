"""A cell whose output is narrower than its memory."""

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional

from elman.cells.base import KEEP_ALL, Cell, LSTMState


class ProjectedLSTMCell(Cell):
    """h_t = W_hr (o ⊙ tanh(c_t)), P wide; Sak et al. (2014), and proj_size of torch.nn.LSTM."""

    class Config(Cell.Config):
        projection: int = Field(3)

    gates = 4
    state_type = LSTMState
    traces = ("i", "f", "o", "g", "c")

    def __init__(self, input_size, hidden_size, config=None):
        super().__init__(input_size, hidden_size, config)
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, self.config.projection))
        self.weight_hr = nn.Parameter(torch.empty(self.config.projection, hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    @property
    def state_sizes(self):
        return {"h": self.config.projection, "c": self.hidden_size}

    def values(self, input_t, state, memory=None, drops=KEEP_ALL):
        z_i, z_f, z_g, z_o = (input_t + self.recurrent(drops.enter(state.h))).chunk(4, dim=-1)
        i, f, o, g = z_i.sigmoid(), z_f.sigmoid(), z_o.sigmoid(), z_g.tanh()
        c = f * state.c + i * drops.write(g)
        return {"i": i, "f": f, "o": o, "g": g, "c": c, "h": functional.linear(o * c.tanh(), self.weight_hr)}
