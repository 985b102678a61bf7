"""Draws docs/figures/depth.svg: what skips do for 30 recurrent layers.

    python docs/figures/depth.py

Left: the gradient norm of each layer's weights before training. Right: learning to say the token before, a task that
one layer does in a few updates.
"""

from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import nn

from elman.layers.initialization import initialize
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.training.gradients import GradientWatch

DEPTH, SIZE, UNITS, UPDATES = 30, 8, 16, 600
COLORS = {"plain": "#9aa7b8", "residual": "#c2410c", "highway": "#1d4ed8", "dense": "#0f766e"}


def make(kind: str) -> tuple[RecurrentStack, nn.Linear]:
    """Return a stack and a softmax layer, the same start for the same kind."""
    config = RecurrentConfig(cell="elman", num_layers=DEPTH, hidden_size=UNITS, connections=kind, dropout=0.0)
    stack = RecurrentStack(SIZE, config)
    initialize(stack, 1)
    torch.manual_seed(1)
    return stack, nn.Linear(stack.output_size, SIZE)


def loss_of(stack: RecurrentStack, head: nn.Linear, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of saying the token before."""
    ids = torch.randint(SIZE, (16, 12), generator=draw)
    hidden = stack(nn.functional.one_hot(ids, SIZE).float(), stack.initial_state(16)).hidden
    return nn.functional.cross_entropy(head(hidden)[:, 1:].flatten(0, 1), ids[:, :-1].flatten())


def norms(kind: str) -> list[float]:
    """Return the gradient norm of each layer's weights at the start."""
    stack, head = make(kind)
    watch = GradientWatch(stack)
    with watch.watching():
        loss = loss_of(stack, head, torch.Generator().manual_seed(2))
    loss.backward()
    weights = watch.norms()["weights"]
    return [weights[f"layers.{layer}"] for layer in range(DEPTH)]


def curve(kind: str) -> list[float]:
    """Return the loss of each update, averaged over 20."""
    stack, head = make(kind)
    optimizer = torch.optim.Adam([*stack.parameters(), *head.parameters()], lr=0.003)
    draw, losses = torch.Generator().manual_seed(3), []
    for _ in range(UPDATES):
        loss = loss_of(stack, head, draw)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(stack.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return [sum(losses[i : i + 20]) / 20 for i in range(0, UPDATES, 20)]


def main() -> None:
    """Compute and draw."""
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for kind, color in COLORS.items():
        style = {"color": color, "label": kind, "linewidth": 2}
        left.plot(range(1, DEPTH + 1), norms(kind), **style)
        right.plot(range(20, UPDATES + 1, 20), curve(kind), **style)
    left.set(yscale="log", xlabel="layer (1 = next to the input)", ylabel="gradient norm at the start")
    right.set(xlabel="update", ylabel="loss, nats a token", ylim=(0, None))
    right.axhline(torch.tensor(float(SIZE)).log().item(), color="#e5e7eb", zorder=0)
    right.text(UPDATES, 2.1, "chance", ha="right", color="#64748b")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#eef0f3")
    left.legend(frameon=False)
    figure.suptitle(f"{DEPTH} layers of a simple recurrent network, {UNITS} units each")
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
