"""Features of the last few words, hashed into one table: what an n-gram would know, learned beside a network."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from elman.errors import ConfigError

PRIMES = np.array(
    [
        *(108641969, 116049371, 125925907, 133333309, 145678979, 175308587, 197530793, 234567803, 251851741, 264197411),
        *(330864029, 399999781, 407407183, 459258997, 479012069, 545678687, 560493491, 607407037, 629629243, 656789717),
        *(716048933, 718518067, 725925469, 733332871, 753085943, 755555077, 782715551, 790122953, 812345159, 814814293),
        *(893826581, 923456189, 940740127, 953085797, 985184539, 990122807),
    ],
    np.uint64,
)
"""Of the hash of RNNLM."""


def hashes(history: np.ndarray, salt: np.ndarray, order: int) -> np.ndarray:
    """Return a hash of the last a words for each a from 0 to order - 1, (N, order) uint64.

        h_a = P_0 P_1 salt + Σ_{b=1..a} P[(a P_b + b) mod 36] (w_{t-b} + 1)    mod 2^64

    Args:
        history: ids, the nearest first, (N, order - 1).
        salt: a number for what is predicted, (N,).
        order: n.

    Source: Mikolov et al. (2011), Strategies for training large scale neural network language models, ASRU; RNNLM 0.4.
    """
    found = np.empty((len(history), order), np.uint64)
    words, first = history.astype(np.uint64) + np.uint64(1), PRIMES[0] * PRIMES[1] * salt.astype(np.uint64)
    for a in range(order):
        found[:, a] = first
        for b in range(1, a + 1):
            place = (a * int(PRIMES[b]) + b) % len(PRIMES)
            found[:, a] += PRIMES[place] * words[:, b - 1]
    return found


class HashedFeatures(nn.Module):
    """A number for each pair of the last a words and a coming one, a from 0 to n - 1, in one table by hash.

        f(w | history) = Σ_{a=0..n-1} D[o_a + h_a(history, salt) mod (S - K + 1) + w]

    The K numbers of one history stand side by side; each order has S cells of its own, half of them for words, half for
    their classes. Different histories may share cells: what they teach mixes. `sparse_rows`, set by whoever updates the
    weights, makes the gradient hold only cells that were looked at.

    Args:
        order: n.
        cells: of the whole table.
        widest: the largest K.
        rate: the learning rate of the table, which has its own: most cells are seen a few times only.
        accumulator: what Adagrad's sum of squares starts from, so that small gradients make small steps.

    Raises:
        ConfigError: too few cells.
    """

    def __init__(self, order: int, cells: int, widest: int, rate: float, accumulator: float = 0.0) -> None:
        super().__init__()
        self.order, self.own_rate, self.own_accumulator, self.sparse_rows = order, rate, accumulator, False
        self._each = cells // (2 * order)
        if self._each < 2 * widest:
            raise ConfigError(
                f"model.head_options.cells: got {cells:,}, expected at least {4 * order * widest:,}: each of {order} "
                f"orders has a part for words and one for classes, with room for {widest:,} numbers of a history."
            )
        self.weight = nn.Parameter(torch.empty(2 * order * self._each))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Start from 0: an n-gram that was never seen says nothing."""
        with torch.no_grad():
            self.weight.zero_()

    def places(self, history: Int[Tensor, "N O"], salt: Int[Tensor, " N"], widths: Any, of_words: bool) -> Tensor:
        """Return where the numbers of a history begin for each order, (N, n).

        Args:
            history: ids, the nearest first.
            salt: what is predicted: a class, from 1.
            widths: K, one or one a row.
            of_words: whether words of a class are predicted, or else classes.
        """
        made = hashes(history.cpu().numpy(), salt.cpu().numpy(), self.order)
        room = np.asarray(self._each - np.asarray(widths) + 1, np.uint64).reshape(-1, 1)
        offsets = (np.arange(self.order, dtype=np.uint64) * np.uint64(2) + np.uint64(of_words)) * np.uint64(self._each)
        return torch.from_numpy((made % room + offsets).astype(np.int64)).to(self.weight.device)

    def numbers(self, places: Int[Tensor, "N O"], width: int) -> Float[Tensor, "N K"]:
        """Return f of K things that stand side by side, without a gradient."""
        with torch.no_grad():
            cells = places[..., None] + torch.arange(width, device=places.device)
            return self.weight[cells].sum(1)
