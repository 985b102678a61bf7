"""The loss of CTC with its gradient, in turn with torch's: `python benchmarks/ctc.py [--threads 1]`.

T 800 frames, B 16 utterances, V 80 symbols, U 100 labels, float32, on the CPU. torch needs a log softmax before its
operator and differentiates both; `elman.native.ctc` takes logits, so that the softmax is in its time, too.
"""

import argparse
import time

import numpy as np
import torch
from torch.nn import functional

from elman.native import ctc, instruction_sets, instructions

T, B, V, U = 800, 16, 80, 100
REPEATS = 15


def drawn():
    draw = np.random.default_rng(1)
    logits = draw.normal(0, 1, (B, T, V)).astype(np.float32)
    return logits, draw.integers(1, V, (B, U))


def by_torch(logits, labels, lengths, sizes):
    given = logits.detach().requires_grad_()
    log_probs = given.log_softmax(-1)
    nats = functional.ctc_loss(log_probs, labels, lengths, sizes, reduction="none")
    nats.sum().backward()
    return nats.detach().numpy(), given.grad.numpy()


def timed(work):
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    logits, labels = drawn()
    rows = np.ascontiguousarray(logits.reshape(B * T, V))
    lengths, sizes = np.full(B, T), np.full(B, U)
    time_major = torch.from_numpy(np.ascontiguousarray(logits.transpose(1, 0, 2)))
    given = (time_major, torch.from_numpy(labels), torch.from_numpy(lengths), torch.from_numpy(sizes))
    own, other, softmaxes = [], [], []
    for _ in range(REPEATS):
        seconds, (nats, gradient) = timed(lambda: by_torch(*given))
        other.append(seconds)
        seconds, found = timed(lambda: ctc.losses(rows, lengths, labels.ravel(), sizes, 0, True, threads))
        own.append(seconds)
        softmaxes.append(timed(lambda: time_major.log_softmax(-1))[0])
    best = instruction_sets()[instructions()]
    print(f"T {T}, B {B}, V {V}, U {U}, float32, {threads} thread(s), {best}; medians of {REPEATS}")
    print(f"torch, log_softmax + ctc_loss + backward  {1e3 * np.median(other):7.1f} ms (best {1e3 * min(other):.1f})")
    print(f"elman, loss and gradient by the logits    {1e3 * np.median(own):7.1f} ms (best {1e3 * min(own):.1f})")
    print(f"ratio {np.median(other) / np.median(own):.1f}, of the best {min(other) / min(own):.1f}")
    print(f"torch, log_softmax alone                  {1e3 * np.median(softmaxes):7.1f} ms")
    exact, slopes = by_torch(given[0].double(), *given[1:])
    for name, loss, by_logits in (("elman", found.nats, found.gradient), ("torch", nats, by_row(gradient))):
        off, far = np.abs(loss / exact - 1).max(), np.abs(by_logits - by_row(slopes)).max()
        print(f"{name} in float32 from torch in float64: loss {off:.1e} of it, gradient {far:.1e} at most")


def by_row(gradient):
    """Return gradients (T, B, V) as one frame a row, utterance behind utterance."""
    return gradient.transpose(1, 0, 2).reshape(B * T, V)


if __name__ == "__main__":
    main()
