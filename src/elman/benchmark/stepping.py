"""One step at a time, and drawing text, against a loop over torch's LSTM."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from elman.benchmark.timing import Row, a_piece, in_turn
from elman.data.outlines import Tokens
from elman.decoding.choice import Choice
from elman.models.rnn_lm import RnnLM
from elman.native.sessions import LayerWeights, PackedModel, StepSession

SIZES = (128, 512, 1024)
TOKENS = 65
_LAYERS = 2
_DRAWN = 100


def single_steps(repeats: int) -> Iterator[Row]:
    """Yield rows for one step of a two-layer LSTM, batch 1."""
    for hidden in SIZES:
        module = nn.LSTM(hidden, hidden, _LAYERS)
        layers = [_layer(module, number) for number in range(_LAYERS)]
        session = StepSession(PackedModel(layers, threads=torch.get_num_threads()))
        session.input[:] = 0.1
        read = 4.0 * sum(parameter.numel() for parameter in module.parameters())
        theirs, ours = in_turn([_torch_step(module, torch.full((1, 1, hidden), 0.1)), session.step], repeats)
        yield Row("one step, batch 1", f"lstm 2x{hidden}", "nn.LSTM in a loop", theirs, ours, read=read)


def drawing(repeats: int) -> Iterator[Row]:
    """Yield rows for one drawn character of a two-layer LSTM over 65 characters."""
    tokens = Tokens([chr(32 + number) for number in range(TOKENS)])
    for hidden in SIZES[:2]:
        config = RnnLM.Config(hidden_size=hidden, embedding_size=hidden, num_layers=_LAYERS)
        steps = RnnLM(config, {"tokens": tokens}, {"next_token": tokens}).stepper()
        first, uniforms = np.zeros(1, np.int64), np.random.default_rng(0).random((1, _DRAWN))
        draw = partial(steps.draw, first, steps.begin(first), Choice(), uniforms)
        theirs, ours = (a_piece(timing, _DRAWN) for timing in in_turn([torch_text(hidden), draw], repeats))
        yield Row("drawing text, one character", f"lstm 2x{hidden}", "nn.LSTM in a loop", theirs, ours)


def _layer(module: nn.LSTM, number: int) -> LayerWeights:
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    weight_ih, weight_hh, bias_ih, bias_hh = (getattr(module, f"{name}_l{number}").detach().numpy() for name in names)
    return LayerWeights("lstm", weight_ih, weight_hh, bias_ih, bias_hh)


def _torch_step(module: nn.LSTM, x: Tensor) -> Callable[[], None]:
    state = None

    def work() -> None:
        nonlocal state
        with torch.no_grad():
            _, state = module(x, state)

    return work


def torch_text(hidden: int) -> Callable[[], None]:
    """Return what one writes with torch: embedding, LSTM, linear, softmax, multinomial, one character at a time."""
    embedding, module, head = nn.Embedding(TOKENS, hidden), nn.LSTM(hidden, hidden, _LAYERS), nn.Linear(hidden, TOKENS)

    def work() -> None:
        token, state = torch.zeros(1, 1, dtype=torch.long), None
        with torch.no_grad():
            for _ in range(_DRAWN):
                output, state = module(embedding(token), state)
                token = torch.multinomial(head(output[0]).softmax(-1), 1)

    return work
