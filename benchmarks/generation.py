"""One step and one drawn character of a two-layer LSTM, batch 1: elman, ONNX Runtime and a loop over nn.LSTM, in turn.

    pip install onnx onnxruntime
    python benchmarks/generation.py --threads 2

The ONNX model has the same weights, takes token and state, gives probabilities and state; its outputs are compared with
ours before anything is timed. Its text is drawn with NumPy from the probabilities. Its threads wait for more work
without sleeping, so each measurement starts after a rest.
"""

import argparse
from collections.abc import Callable
from functools import partial

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from elman.benchmark.stepping import torch_text
from elman.benchmark.timing import a_piece, in_turn
from elman.data.outlines import Tokens
from elman.decoding.choice import Choice
from elman.decoding.stepper import Stepper
from elman.models.rnn_lm import RnnLM
from elman.native.sessions import StepSession

TOKENS, LAYERS, DRAWN, MANY = 65, 2, 100, 1000
REST = 0.3


def onnx_session(model: RnnLM, hidden: int, threads: int) -> onnxruntime.InferenceSession:
    """Return the model as ONNX: token (1, 1), h and c of each layer in; probabilities, h and c out."""
    weights, nodes, inputs, outputs = [], [], [], []

    def constant(name: str, values: np.ndarray) -> str:
        weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def ours_to_theirs(rows: torch.Tensor) -> np.ndarray:
        i, f, g, o = rows.detach().numpy().reshape(4, hidden, -1)
        return np.concatenate([i, o, f, g])  # ONNX's order

    nodes.append(
        helper.make_node("Gather", [constant("table", model.embedding.weight.detach().numpy()), "token"], ["x"])
    )
    below = "x"
    for layer, cell in enumerate(model.recurrent.layers):
        w, r = (ours_to_theirs(getattr(cell, f"weight_{part}"))[None] for part in ("ih", "hh"))
        biases = [ours_to_theirs(getattr(cell, f"bias_{part}")).reshape(1, -1) for part in ("ih", "hh")]
        names = [constant(f"w{layer}", w), constant(f"r{layer}", r), constant(f"b{layer}", np.concatenate(biases, 1))]
        nodes.append(
            helper.make_node(
                "LSTM",
                [below, *names, "", f"h{layer}", f"c{layer}"],
                [f"y{layer}", f"h{layer}_out", f"c{layer}_out"],
                hidden_size=hidden,
            )
        )
        nodes.append(helper.make_node("Squeeze", [f"y{layer}", constant(f"axis{layer}", np.array([1]))], [f"s{layer}"]))
        below = f"s{layer}"
        for part in "hc":
            inputs.append(helper.make_tensor_value_info(f"{part}{layer}", TensorProto.FLOAT, [1, 1, hidden]))
            outputs.append(helper.make_tensor_value_info(f"{part}{layer}_out", TensorProto.FLOAT, [1, 1, hidden]))
    head = [
        constant("head", model.head.weight.detach().numpy().T),
        constant("head_bias", model.head.bias.detach().numpy()),
    ]
    nodes += [
        helper.make_node("MatMul", [below, head[0]], ["product"]),
        helper.make_node("Add", ["product", head[1]], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=-1),
    ]
    inputs.insert(0, helper.make_tensor_value_info("token", TensorProto.INT64, [1, 1]))
    outputs.insert(0, helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 1, TOKENS]))
    graph = helper.make_graph(nodes, "lstm", inputs, outputs, weights)
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(whole)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(whole.SerializeToString(), options, providers=["CPUExecutionProvider"])


def start(hidden: int) -> dict[str, np.ndarray]:
    zeros = np.zeros((1, 1, hidden), np.float32)
    return {"token": np.zeros((1, 1), np.int64), **{f"{part}{i}": zeros for i in range(LAYERS) for part in "hc"}}


def onnx_text(session: onnxruntime.InferenceSession, hidden: int, uniforms: np.ndarray) -> list[np.ndarray]:
    """Draw a character for each of `uniforms`; return their probabilities."""
    given, found = start(hidden), []
    for u in uniforms:
        probabilities, *state = session.run(None, given)
        found.append(probabilities[0, 0])
        cumulative = np.cumsum(probabilities[0, 0], dtype=np.float64)
        token = min(int(np.searchsorted(cumulative, u * cumulative[-1], side="right")), TOKENS - 1)
        names = [f"{part}{i}" for i in range(LAYERS) for part in "hc"]
        given = {"token": np.array([[token]]), **dict(zip(names, state, strict=True))}
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    uniforms, first = np.random.default_rng(0).random(DRAWN), np.zeros(1, np.int64)
    tokens = Tokens([chr(32 + number) for number in range(TOKENS)])
    print("                                            elman  ONNX Runtime  nn.LSTM loop    ratios")
    for hidden in (128, 512):
        config = RnnLM.Config(hidden_size=hidden, embedding_size=hidden, num_layers=LAYERS)
        model = RnnLM(config, {"tokens": tokens}, {"next_token": tokens})
        session, steps = onnx_session(model, hidden, arguments.threads), model.stepper()
        compare(session, steps, hidden)
        works = [
            partial(steps.draw, first, steps.begin(first), Choice(), uniforms[None]),
            partial(onnx_text, session, hidden, uniforms),
            torch_text(hidden),
        ]
        drawn = [1 / a_piece(timing, DRAWN).median for timing in in_turn(works, arguments.repeats, REST)]
        show(f"2x{hidden}: characters drawn a second", drawn)
        own = StepSession(steps.packed)
        steps_of = (partial(own.advance, np.array([0])), partial(session.run, None, start(hidden)), torch_step(model))
        works = [partial(many, step) for step in steps_of]
        bare = [1 / a_piece(timing, MANY).median for timing in in_turn(works, arguments.repeats, REST)]
        show(f"2x{hidden}: bare steps a second", bare)


def many(step: Callable[[], object]) -> None:
    """Make steps in a row."""
    for _ in range(MANY):
        step()


def compare(session: onnxruntime.InferenceSession, steps: Stepper, hidden: int) -> None:
    """Refuse to measure two models that differ: after each of some tokens, so from states that are not zero."""
    given, state = start(hidden), steps.begin(np.zeros(1, np.int64))
    for token in (0, 5, 9):
        log_probs, state = steps.advance(np.array([token]), state)
        given["token"] = np.array([[token]])
        probabilities, *after = session.run(None, given)
        np.testing.assert_allclose(np.exp(log_probs[0]), probabilities[0, 0], rtol=1e-4)
        given.update(zip([f"{part}{i}" for i in range(LAYERS) for part in "hc"], after, strict=True))


def torch_step(model: RnnLM) -> Callable[[], None]:
    """Return one step of nn.LSTM between the embedding and the head of a model, state in and out."""
    lstm, state = nn.LSTM(model.config.hidden_size, model.config.hidden_size, LAYERS), None
    token, head = torch.zeros(1, 1, dtype=torch.long), nn.Linear(model.config.hidden_size, TOKENS)

    def work() -> None:
        nonlocal state
        with torch.no_grad():
            output, state = lstm(nn.functional.embedding(token, model.embedding.weight), state)
            head(output[0])

    return work


def show(work: str, speeds: list[float]) -> None:
    """Print one comparison."""
    ours, theirs, loop = speeds
    print(
        f"LSTM {work:<36}{ours:>8,.0f}{theirs:>14,.0f}{loop:>14,.0f}"
        f"    {ours / theirs:.1f}x ONNX Runtime, {ours / loop:.1f}x nn.LSTM"
    )


if __name__ == "__main__":
    main()
