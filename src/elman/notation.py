"""How textbooks, lecture decks and libraries write the same recurrences, and the way from each to ours and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from elman.cells import CELLS
from elman.cells.base import Cell
from elman.errors import ConfigError, ShapeError

_GATES = {"elman": "h", "lstm": "ifgo", "gru": "rzn", "lstm_1997": "igo"}
"""The blocks of rows of our weights, in order."""


@dataclass(frozen=True)
class Notation:
    """One way to write a recurrence: letters, order, what is concatenated, which sign.

        cell = NOTATIONS["A17"].read({"W_f": ..., "U_f": ..., "b_f": ..., ...})
        weights = NOTATIONS["torch.nn.LSTM"].write(cell)

    Args:
        source: who writes so.
        formula: as the source has it, corrected where the print is wrong.
        cell: our cell.
        options: its options.
        gates: our gate and the source's letter for it, in the source's order.
        input: name of the matrix that multiplies x; `{}` stands for the letter.
        recurrent: name of the matrix that multiplies h.
        biases: names of the biases: none, one or two.
        joined: the source has one matrix (named `input`) for both: [x; h] or [h; x].
        flipped: our gates whose sign is turned: the source's u is our 1 - z.
    """

    source: str
    formula: str
    cell: str
    gates: Mapping[str, str]
    input: str
    recurrent: str = ""
    biases: tuple[str, ...] = ()
    joined: Literal["", "x;h", "h;x"] = ""
    flipped: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def read(self, weights: Mapping[str, Tensor]) -> Cell:
        """Return our cell for weights in this notation.

        Args:
            weights: matrices and biases by the names of the source; its own order of rows.

        Raises:
            ConfigError: a name is missing, or is not one of this notation.
            ShapeError: a matrix that is too narrow for both x and h.
        """
        names = (self.input, *filter(None, (self.recurrent,)), *self.biases)
        unknown = weights.keys() - {name.format(letter) for name in names for letter in self.gates.values()}
        if unknown:
            raise ConfigError(f"{self.source}: has no {min(unknown)!r}. Give the weights of one layer and direction.")
        blocks = {gate: self._block(weights, letter) for gate, letter in self.gates.items()}
        inputs, recurrents, biases = zip(*(self._turned(gate, blocks[gate]) for gate in self._order), strict=True)
        hidden_size = recurrents[0].shape[0]
        kind = CELLS.get(self.cell)
        config = kind.Config(**{**self.options, "bias": bool(self.biases)})
        cell = kind(inputs[0].shape[1], hidden_size, config).to(inputs[0])
        parts = {"weight_ih": torch.cat(inputs), "weight_hh": torch.cat(recurrents)}
        if self.biases:
            rows = [torch.cat(column) for column in zip(*biases, strict=True)]
            parts |= {"bias_ih": rows[0], "bias_hh": rows[1] if len(rows) > 1 else torch.zeros_like(rows[0])}
        cell.load_state_dict(parts)
        return cell

    def write(self, cell: Cell) -> dict[str, Tensor]:
        """Return the weights of one of our cells in this notation.

        Raises:
            ConfigError: it is another recurrence, or has biases that this notation has no place for.
        """
        self._check(cell)
        size, found = cell.hidden_size, dict[str, list[Tensor]]()
        for gate, letter in self.gates.items():
            place = self._order.index(gate)
            rows = slice(place * size, (place + 1) * size)
            biases = [b[rows] for b in (cell.bias_ih, cell.bias_hh) if b is not None]
            block = (cell.weight_ih[rows], cell.weight_hh[rows], tuple(biases))
            w_input, w_recurrent, biases_of_gate = self._turned(gate, block)
            sides = {"x;h": (w_input, w_recurrent), "h;x": (w_recurrent, w_input)}
            matrices = {self.input: w_input, self.recurrent: w_recurrent}
            if self.joined:
                matrices = {self.input: torch.cat(sides[self.joined], dim=1)}
            if len(self.biases) == 1:
                biases_of_gate = (biases_of_gate[0] + biases_of_gate[1],)
            for name, tensor in [*matrices.items(), *zip(self.biases, biases_of_gate, strict=False)]:
                found.setdefault(name.format(letter), []).append(tensor.detach().clone())
        return {name: torch.cat(blocks) for name, blocks in found.items()}

    @property
    def _order(self) -> str:
        return _GATES[self.cell]

    def _block(self, weights: Mapping[str, Tensor], letter: str) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Return input matrix, recurrent matrix and biases of one gate."""
        place = list(self.gates.values()).index(letter)

        def rows(pattern: str) -> Tensor:
            name = pattern.format(letter)
            if name not in weights:
                raise ConfigError(f"{self.source}: there is no {name!r}; got {', '.join(sorted(weights))}.")
            # A name without a letter holds the blocks of all gates, one below the other.
            return weights[name] if "{}" in pattern else weights[name].chunk(len(self.gates))[place]

        biases = tuple(rows(pattern) for pattern in self.biases)
        first = rows(self.input)
        if not self.joined:
            return first, rows(self.recurrent), biases
        size = first.shape[0]
        if first.shape[1] <= size:
            raise ShapeError(
                f"{self.source}: {self.input.format(letter)}: got shape {tuple(first.shape)}, expected (H, I + H): it "
                f"multiplies [{self.joined}]."
            )
        left, right = (
            (first[:, :-size], first[:, -size:]) if self.joined == "x;h" else (first[:, size:], first[:, :size])
        )
        return left, right, biases

    def _turned(
        self, gate: str, block: tuple[Tensor, Tensor, tuple[Tensor, ...]]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        w_input, w_recurrent, biases = block
        if gate not in self.flipped:
            return block
        return -w_input, -w_recurrent, tuple(-bias for bias in biases)

    def _check(self, cell: Cell) -> None:
        kind = CELLS.get(self.cell)
        differs = [key for key, value in self.options.items() if getattr(cell.config, key, None) != value]
        if not isinstance(cell, kind) or differs:
            what = f"{type(cell).__name__} with another {differs[0]}" if isinstance(cell, kind) else type(cell).__name__
            wanted = " ".join([kind.__name__, *(f"{key}={value!r}" for key, value in self.options.items())])
            raise ConfigError(f"{self.source}: got {what}, expected {wanted}.")
        if cell.bias_ih is None or cell.bias_hh is None:
            if self.biases:
                raise ConfigError(f"{self.source}: got a cell without biases, expected one that has them.")
            return
        if not self.biases and bool((cell.bias_ih + cell.bias_hh).any()):
            raise ConfigError(f"{self.source}: has no biases, and those of this cell are not zero.")


def _letters(ours: str, theirs: str) -> dict[str, str]:
    return dict(zip(ours, theirs.split(), strict=True))


_SIMPLE = {"h": "h"}
_RESET_BEFORE = {"reset": "before", "candidate": "tanh"}

NOTATIONS: Mapping[str, Notation] = {
    "A1": Notation(
        "deck 000: simple RNN on a concatenation",
        "s_t = tanh(W [x_t; s_{t-1}] + b)",
        "elman", _SIMPLE, "W", biases=("b",), joined="x;h", options={"activation": "tanh"},
    ),
    "A2": Notation(
        "deck 000: simple RNN with two matrices",
        "u_t = W^x x_t + W^s s_{t-1} + b;  s_t = tanh(u_t)",
        "elman", _SIMPLE, "W^x", "W^s", ("b",), options={"activation": "tanh"},
    ),
    "A3": Notation(
        "deck 001: simple RNN without biases",
        "h_t = tanh(U h_{t-1} + W x_t)",
        "elman", _SIMPLE, "W", "U", options={"activation": "tanh"},
    ),
    "A4": Notation(
        "deck 001: linear RNN",
        "h_t = U h_{t-1} + W x_t",
        "elman", _SIMPLE, "W", "U", options={"activation": "identity"},
    ),
    "A5": Notation(
        "deck 003 (CS224N): RNN language model",
        "h_t = σ(W_h h_{t-1} + W_e e_t + b_1)",
        "elman", _SIMPLE, "W_e", "W_h", ("b_1",), options={"activation": "sigmoid"},
    ),
    "A6": Notation(
        "deck 004, Goodfellow, Bengio & Courville",
        "a_t = b + W h_{t-1} + U x_t;  h_t = tanh(a_t)",
        "elman", _SIMPLE, "U", "W", ("b",), options={"activation": "tanh"},
    ),
    "A7": Notation(
        "torch.nn.RNN",
        "h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)",
        "elman", _SIMPLE, "weight_ih_l0", "weight_hh_l0", ("bias_ih_l0", "bias_hh_l0"), options={"activation": "tanh"},
    ),
    "A8": Notation(
        "deck 004, Pascanu et al. (2013)",
        "a_t = W_hh ρ(a_{t-1}) + W_ih x_t;  our h_t is ρ(a_t), ρ = tanh",
        "elman", _SIMPLE, "W_ih", "W_hh", options={"activation": "tanh"},
    ),
    "A12": Notation(
        "deck 000: LSTM on a concatenation",
        "i, f, o = σ(W^· [x_t; h_{t-1}] + b^·);  c_t = f ⊙ c_{t-1} + i ⊙ tanh(W^c [x_t; h_{t-1}] + b^c)",
        "lstm", _letters("ifog", "i f o c"), "W^{}", biases=("b^{}",), joined="x;h",
    ),
    "A13": Notation(
        "deck 000: LSTM as one product, rows i, f, o, g",
        "u = W [x_t; h_{t-1}] + b;  i, f, o = σ(u_1), σ(u_2), σ(u_3);  g = tanh(u_4)",
        "lstm", _letters("ifog", "i f o g"), "W", biases=("b",), joined="x;h",
    ),
    "A14": Notation(
        "decks 001 and 004, colah's blog",
        "f, i, o = σ(W_· [h_{t-1}, x_t] + b_·);  C̃_t = tanh(W_C [h_{t-1}, x_t] + b_C);  C_t = f * C_{t-1} + i * C̃_t",
        "lstm", _letters("figo", "f i C o"), "W_{}", biases=("b_{}",), joined="h;x",
    ),
    "A15": Notation(
        "deck 001: LSTM for practice, W input and U recurrent",
        "f, i, o = σ(W_· x_t + U_· h_{t-1} + b_·);  Ĉ_t = tanh(W_c x_t + U_c h_{t-1} + b_c)",
        "lstm", _letters("figo", "f i c o"), "W_{}", "U_{}", ("b_{}",),
    ),
    "A16": Notation(
        "deck 002 (SLP3): LSTM without biases, U recurrent and W input",
        "f, i, o = σ(U_· h_{t-1} + W_· x_t);  g_t = tanh(U_g h_{t-1} + W_g x_t);  c_t = i ⊙ g + f ⊙ c_{t-1}",
        "lstm", _letters("figo", "f i g o"), "W_{}", "U_{}",
    ),
    "A17": Notation(
        "deck 003 (CS224N): LSTM, W recurrent and U input",
        "f, i, o = σ(W_· h_{t-1} + U_· x_t + b_·);  c̃_t = tanh(W_c h_{t-1} + U_c x_t + b_c)",
        "lstm", _letters("figo", "f i c o"), "U_{}", "W_{}", ("b_{}",),
    ),
    "A18": Notation(
        "deck 000: GRU with a sigmoid candidate",
        "z, r = σ(W^· [x_t; s_{t-1}] + b^·);  s_t = (1 - z) ⊙ s_{t-1} + z ⊙ σ(W^x [x_t; r ⊙ s_{t-1}] + b^x)",
        "gru", _letters("zrn", "z r x"), "W^{}", biases=("b^{}",), joined="x;h", flipped="z",
        options={"reset": "before", "candidate": "sigmoid"},
    ),
    "A19": Notation(
        "decks 001 and 004: GRU without biases",
        "z, r = σ(W_· [h_{t-1}, x_t]);  h̃_t = tanh(W_h [r * h_{t-1}, x_t]);  h_t = (1 - z) * h_{t-1} + z * h̃_t",
        "gru", _letters("zrn", "z r h"), "W_{}", joined="h;x", flipped="z", options=_RESET_BEFORE,
    ),
    "A20": Notation(
        "deck 003 (CS224N): GRU with the update gate named u",
        "u, r = σ(W_· h_{t-1} + U_· x_t + b_·);  h̃_t = tanh(W_h (r ∘ h_{t-1}) + U_h x_t + b_h);  "
        "h_t = (1 - u) ∘ h_{t-1} + u ∘ h̃_t",
        "gru", _letters("zrn", "u r h"), "U_{}", "W_{}", ("b_{}",), flipped="z", options=_RESET_BEFORE,
    ),
    "A21": Notation(
        "Cho et al. (2014): z keeps",
        "z, r = σ(W_· x_t + U_· h_{t-1});  h̃_t = tanh(W_h x_t + U_h (r ⊙ h_{t-1}));  h_t = z ⊙ h_{t-1} + (1 - z) ⊙ h̃_t",
        "gru", _letters("zrn", "z r h"), "W_{}", "U_{}", options=_RESET_BEFORE,
    ),
    "A22": Notation(
        "Hochreiter & Schmidhuber (1997): LSTM without forget gate",
        "c_t = c_{t-1} + i ⊙ g;  h_t = o ⊙ tanh(c_t)",
        "lstm_1997", _letters("igo", "i g o"), "W_{}", "U_{}", ("b_{}",),
    ),
    "torch.nn.LSTM": Notation(
        "torch.nn.LSTM",
        "rows i, f, g, o;  i, f, o = σ(W_i· x_t + b_i· + W_h· h_{t-1} + b_h·);  c_t = f ⊙ c_{t-1} + i ⊙ g",
        "lstm", _letters("ifgo", "i f g o"), "weight_ih_l0", "weight_hh_l0", ("bias_ih_l0", "bias_hh_l0"),
    ),
    "torch.nn.GRU": Notation(
        "torch.nn.GRU",
        "rows r, z, n;  n = tanh(W_in x_t + b_in + r ⊙ (W_hn h_{t-1} + b_hn));  h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}",
        "gru", _letters("rzn", "r z n"), "weight_ih_l0", "weight_hh_l0", ("bias_ih_l0", "bias_hh_l0"),
        options={"reset": "after", "candidate": "tanh"},
    ),
}  # fmt: skip
