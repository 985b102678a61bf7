"""What this machine can do at most."""

from typing import NamedTuple

import torch

from elman.benchmark.timing import in_turn

SIZE = 4096


class Machine(NamedTuple):
    """Limits of a machine.

    Args:
        product: floating-point operations a second in a square float32 product of 4096.
        threads: that PyTorch and compiled code take.
    """

    product: float
    threads: int


def measure(repeats: int = 3) -> Machine:
    """Measure this machine with the threads that torch has."""
    left, right, out = (torch.rand(SIZE, SIZE) for _ in range(3))
    [timing] = in_turn([lambda: torch.mm(left, right, out=out)], repeats)
    return Machine(2 * SIZE**3 / min(timing.seconds), torch.get_num_threads())


def read_bandwidth(size: float, repeats: int = 9) -> float:
    """Return bytes a second when so many bytes are read again and again: from the cache that holds them."""
    values = torch.ones(int(size) // 4)
    [timing] = in_turn([values.sum], repeats)
    return size / timing.median
