"""Conditional random fields small enough to sum over every path, and those sums."""

import itertools
import os

import numpy as np
import torch

from elman.heads.crf import CrfHead
from elman.native import module
from tests.asking import classes

K, H = 3, 4
LENGTHS = [3, 0, 1, 4, 2]
STARTS = np.array([True, False, True])
PAIRS = np.array([[True, True, False], [False, True, True], [True, False, True]])
ENDS = np.array([False, True, True])
needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
MODES = ["reference", *(["native"] if module() is not None or needed else [])]


def make(constrained=False, size=K):
    head = CrfHead(H, classes(size, STARTS, PAIRS, ENDS) if constrained else classes(size))
    for parameter in head.parameters():
        parameter.data = torch.randn_like(parameter)
    return head


def bind(head, *follows):
    """Return a head with the same weights, for which only some classes may follow each other."""
    found = CrfHead(H, classes(head.num_classes, *follows)).to(head.weight.dtype)
    found.load_state_dict(head.state_dict())
    return found


def case(lengths=LENGTHS, size=K):
    steps = max(lengths, default=0)
    mask = torch.arange(steps) < torch.tensor(lengths, dtype=torch.int64)[:, None]
    return torch.randn(len(lengths), steps, H), torch.randint(size, mask.shape), mask


def score(head, emissions, path):
    if not path:
        return emissions.sum()
    total = head.starts[path[0]] + head.ends[path[-1]] + emissions[range(len(path)), path].sum()
    return total + sum((head.transitions[pair] for pair in itertools.pairwise(path)), torch.zeros(()))


def legal(head, path):
    if head.legal_starts is None or not path:
        return True
    pairs = all(bool(head.legal_pairs[pair]) for pair in itertools.pairwise(path))
    return bool(head.legal_starts[path[0]]) and bool(head.legal_ends[path[-1]]) and pairs


def paths_of(head, length):
    every = list(itertools.product(range(head.num_classes), repeat=length))
    return [path for path in every if legal(head, path)] or every


def enumerated(head, hidden, target, mask):
    """Return the loss, log marginals and best paths from every path of every sentence."""
    nats, marginals, best = torch.zeros(()), torch.full((*mask.shape, head.num_classes), 1 / head.num_classes), []
    for states, tags, real, rows in zip(hidden, target, mask, marginals, strict=True):
        length = int(real.sum())
        emissions = states[:length] @ head.weight.T + head.bias
        paths = paths_of(head, length)
        scores = torch.stack([score(head, emissions, path) for path in paths])
        nats = nats + torch.logsumexp(scores, 0) - score(head, emissions, tuple(tags[:length].tolist()))
        best.append([*paths[int(scores.argmax())], *[0] * (len(real) - length)])
        rows[:length] = 0
        for path, p in zip(paths, torch.softmax(scores.detach(), 0), strict=True):
            rows[range(length), path] += p
    return nats, marginals.log(), torch.tensor(best)


def gradients(nats, head, hidden):
    return torch.autograd.grad(nats, [hidden, *head.parameters()])
