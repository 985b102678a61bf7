"""What this machine can do at most."""

import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from elman.benchmark.timing import in_turn
from elman.native import matrices

SIZE = 4096


class Machine(NamedTuple):
    """Limits of a machine.

    Args:
        products: floating-point operations a second in a square float32 product of 4096, by who computes it.
        threads: that PyTorch and compiled code take.
    """

    products: dict[str, float]
    threads: int

    @property
    def product(self) -> float:
        """The fastest of them: what a recurrence, which is products, cannot exceed."""
        return max(self.products.values())


def measure(repeats: int = 3) -> Machine:
    """Measure this machine with the threads that torch has."""
    threads = torch.get_num_threads()
    left, right, out = (torch.rand(SIZE, SIZE) for _ in range(3))
    arrays = (left.numpy(), right.numpy(), out.numpy())
    works: dict[str, Callable[[], object]] = {
        "torch": lambda: torch.mm(left, right, out=out),
        "elman": lambda: matrices.multiply(*arrays, threads),
    }
    if threads == cores():  # NumPy's library takes all of them, and cannot be told otherwise from here
        works["numpy"] = lambda: np.matmul(arrays[0], arrays[1], out=arrays[2])
    timings = in_turn(list(works.values()), repeats)
    speeds = {name: 2 * SIZE**3 / min(timing.seconds) for name, timing in zip(works, timings, strict=True)}
    return Machine(speeds, threads)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_bandwidth(size: float, repeats: int = 9) -> float:
    """Return bytes a second when so many bytes are read again and again: from the cache that holds them."""
    values = torch.ones(int(size) // 4)
    [timing] = in_turn([values.sum], repeats)
    return size / timing.median
