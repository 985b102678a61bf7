"""Deep stacks of simple recurrent layers, and a task that one layer learns in a few updates."""

import torch
from torch import nn

from elman.lab.starts import one_thread
from elman.lab.underway import underway
from elman.layers.initialization import initialize
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.randomness import seed_of
from elman.text.printed import counted

KINDS = ("plain", "residual", "dense", "highway")
_TOKENS, _LENGTH, _BATCH = 8, 12, 16


def norms(kind: str, layers: int, units: int, seed: int) -> list[float]:
    """Return the gradient norm of each layer's weights at the start."""
    with one_thread():
        stack, head = _network(kind, layers, units, seed)
        torch.autograd.backward(_loss(stack, head, seed, 0))
    found = []
    for layer in stack.layers:
        squares = [parameter.grad.square().sum() for parameter in layer.parameters() if parameter.grad is not None]
        found.append(float(torch.stack(squares).sum().sqrt()))
    return found


def learned(kind: str, layers: int, units: int, seed: int, updates: int) -> list[float]:
    """Return the mean loss of each ten updates of Adam, rate .003, gradients clipped at 1."""
    with one_thread():
        stack, head = _network(kind, layers, units, seed)
        weights = [*stack.parameters(), *head.parameters()]
        optimizer = torch.optim.Adam(weights, lr=0.003)
        losses = []
        for update in range(updates):
            underway(f"{counted(layers, 'layers')}, {kind}, seed {seed}", update, updates)
            loss = _loss(stack, head, seed, update + 1)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            losses.append(loss.item())
    return [sum(losses[first : first + 10]) / len(losses[first : first + 10]) for first in range(0, updates, 10)]


def _network(kind: str, layers: int, units: int, seed: int) -> tuple[RecurrentStack, nn.Linear]:
    config = RecurrentConfig(cell="elman", num_layers=layers, hidden_size=units, connections=kind, dropout=0.0)
    stack = RecurrentStack(_TOKENS, config)
    initialize(stack, seed)
    head = nn.Linear(stack.output_size, _TOKENS)
    generator = torch.Generator().manual_seed(seed_of(seed, "lab.depth.head"))
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.uniform_(-(stack.output_size**-0.5), stack.output_size**-0.5, generator=generator)
    return stack, head


def _loss(stack: RecurrentStack, head: nn.Linear, seed: int, update: int) -> torch.Tensor:
    """Return the loss of saying the token before."""
    draw = torch.Generator().manual_seed(seed_of(seed, "lab.depth", update))
    ids = torch.randint(_TOKENS, (_BATCH, _LENGTH), generator=draw)
    hidden = stack(nn.functional.one_hot(ids, _TOKENS).float(), stack.initial_state(_BATCH)).hidden
    return nn.functional.cross_entropy(head(hidden)[:, 1:].flatten(0, 1), ids[:, :-1].flatten())
