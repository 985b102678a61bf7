"""What a head promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.nn import functional

from elman.config import Config
from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.decoding.choice import NO_NUMBERS
from elman.errors import ConfigError, TrainingError
from elman.layers.ranking import Ranking
from elman.moment import Moment

NOTHING: Mapping[str, Any] = {}


class LossSum(NamedTuple):
    """A loss as a sum and what it was summed over, so that parts of a batch can be added before they are divided.

    Args:
        nats: the sum.
        targets: how many real targets there were; weights of targets do not change it, but for those that are 0.
    """

    nats: Float[Tensor, ""]
    targets: int


class Head(nn.Module, ABC):
    """Turns hidden states into a loss, log-probabilities, or the best answer. The loss lives here, never outside.

    Args:
        hidden_size: H.
        target: what is answered; its length is K, or V for tokens.
        config: options of the head; its defaults if left out.
    """

    class Config(Config):
        """Options that every head has: none."""

    reads: ClassVar[tuple[str, ...]] = ()
    """What it needs besides hidden states, by name: the network hands it over in `given`."""

    mixes: ClassVar[str] = ""
    """What its loss in training is made of, in words; empty where that is nats a target."""

    answers_are: ClassVar[str] = "classes"
    """What it chooses among, in the plural."""

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_classes = len(target)  # type: ignore[arg-type]
        self.config: Any = config if config is not None else type(self).Config()

    def __repr__(self) -> str:
        """Say name and sizes, which options differ from the usual, and how many weights there are."""
        set_ = self.config.model_dump(exclude_defaults=True)
        options = "".join(f", {name}={value!r}" for name, value in set_.items())
        weights = sum(parameter.numel() for parameter in self.parameters())
        sizes = f"{self.hidden_size}, {self.num_classes:,} {self.answers_are}"
        return f"{type(self).__name__}({sizes}{options}: {weights:,} weights)"

    def beside(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is given beside hidden states.

        Raises:
            ConfigError: something that `reads` names is not.
        """
        if missing := [name for name in self.reads if given.get(name) is None]:
            raise ConfigError(
                f"{type(self).__name__}: given has no {' and no '.join(missing)}: got {', '.join(given) or 'nothing'}, "
                f"expected {', '.join(self.reads)}. It is for a network that hands that over, beside hidden states."
            )
        return given

    @abstractmethod
    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the negative log-likelihood of the real targets, summed, and how many they are.

        Args:
            hidden: h, (B, T, H).
            target: (B, T), or (B, T, K) where several classes may hold; its lengths say which targets are real.
            moment: of the training step; None in evaluation, when every head is normalised.
            weights: (B, 1) or (B, T), what the loss of each target is multiplied by; 0 is no target.
            given: what `reads` names.

        Raises:
            ConfigError: that is not given; so do all others who take it.
        """

    @abstractmethod
    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the likeliest answer.

        Raises:
            TrainingError: what it is taken from are no numbers.
        """


class ClassHead(Head):
    """A head over classes: each has a probability."""

    @abstractmethod
    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B T K"]:
        """Return the log-probabilities (nats) of every answer at each place."""

    def chained(self, hidden: Padded, best: Padded) -> Float[Tensor, "B T"]:
        """Return the log-probability (nats) of each of some answers given the one before; here each is by itself."""
        return self.log_probs(hidden).gather(-1, best.values[..., None])[..., 0]

    def answers(self, hidden: Padded) -> tuple[Padded, Callable[[], Tensor]]:
        """Return the likeliest answer, and what makes log p (nats) of every one where it is wanted.

        Raises:
            TrainingError: what they are taken from are no numbers.
        """
        return self.best(hidden), lambda: self.log_probs(hidden)


class LinearHead(ClassHead):
    """A head whose scores are one linear layer: logits = W h + b.

    Args:
        hidden_size: H.
        target: what is answered, K or V of them.
        config: options of the head.
    """

    def __init__(self, hidden_size: int, target: Outline, config: Any = None) -> None:
        super().__init__(hidden_size, target, config)
        self.weight = nn.Parameter(torch.empty(self.num_classes, hidden_size))
        self.bias = nn.Parameter(torch.empty(self.num_classes))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; biases are 0."""
        draw_uniform(self.drawn(), generator, self.hidden_size**-0.5 if bound is None else bound)

    def drawn(self) -> dict[str, nn.Parameter]:
        """Return the parameters that it draws, by name."""
        return dict(self.named_parameters())

    def logits(self, rows: Float[Tensor, "... H"]) -> Float[Tensor, "... K"]:
        """Return W h + b of hidden states in any shape."""
        return functional.linear(rows, self.weight, self.bias)


class TokenHead(ClassHead):
    """A head that gives one class to each place, whatever it gives to the others: it can predict the next token.

    What padding gets means nothing.
    """

    @abstractmethod
    def tie(self, table: nn.Parameter) -> None:
        """Take the rows of an embedding (V, H) as output vectors, in place of weights of its own."""

    @property
    def linear(self) -> tuple[Tensor, Tensor] | None:
        """Weight (V, H) and bias (V) where the logits are one product, so that compiled code can make them."""
        return None

    def leading(self, rows: Float[Tensor, "B H"], k: int, end: int | None, given: Mapping[str, Any]) -> Ranking | None:
        """Return the k likeliest classes of each row but the end, and how likely that is; None if no code does."""
        return None

    @abstractmethod
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return the negative log-likelihood of each target in nats, without a gradient."""

    def unsmoothed(self, hidden: Padded, target: Padded, moment: Moment | None, weights: Padded | None) -> LossSum:
        """Return the loss without what is spread over other classes in teaching: that of what was drawn.

        Arguments are those of `loss`.
        """
        return self.loss(hidden, target, moment, weights)

    @abstractmethod
    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return the log-probabilities (nats) of every class, given hidden states in any shape."""

    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B T V"]:
        """Return the log-probabilities (nats) of every class at each place."""
        return self.next(hidden.values, given)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the likeliest class of each place."""
        return likeliest(Padded(self.next(hidden.values, given), hidden.lengths))


def likeliest(scores: Padded) -> Padded:
    """Return the class with the largest score of each place, (B, T).

    Args:
        scores: of each class, (B, T, K).

    Raises:
        TrainingError: some are no numbers.
    """
    largest, classes = scores.values.max(-1)  # one that is no number is taken for the largest
    check_numbers(Padded(largest, scores.lengths))
    return Padded(classes, scores.lengths)


def check_numbers(found: Padded) -> None:
    """Refuse what is not a number, or too large to be one; what padding gets means nothing.

    Raises:
        TrainingError: there is something.
    """
    real = found.values if found.mask is None else found.values[found.mask]
    if not torch.isfinite(real).all():
        raise TrainingError(NO_NUMBERS)


class Counted(NamedTuple):
    """The targets that count, one a row, time-major, as the recurrent layers leave their outputs.

    Args:
        hidden: h of each, (N, H).
        target: each, (N, ...).
        weights: what each is multiplied by, (N,), in the type of h; None where that is 1.
    """

    hidden: Float[Tensor, "N H"]
    target: Shaped[Tensor, "N ..."]
    weights: Float[Tensor, " N"] | None


def counted(hidden: Padded, target: Padded, weights: Padded | None = None) -> Counted:
    """Return the hidden states and targets that count. Without padding and weights nothing is copied."""
    rows, wanted = hidden.values.transpose(0, 1), target.values.transpose(0, 1)
    real = None if target.mask is None else target.mask.t()
    factors = None if weights is None else weights.values.t().expand(wanted.shape[:2])
    if factors is not None:
        real = factors != 0 if real is None else real & (factors != 0)
    if real is None:
        return Counted(rows.flatten(0, 1), wanted.flatten(0, 1), None)
    if factors is None or factors.dtype == torch.bool:
        return Counted(rows[real], wanted[real], None)
    return Counted(rows[real], wanted[real], factors[real].to(rows.dtype))


def padded_again(rows: Float[Tensor, " N"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
    """Return one number a row, time-major, as (B, T)."""
    return rows.view(target.shape[1], target.shape[0]).transpose(0, 1)


def time_major(hidden: Shaped[Tensor, "B T H"]) -> Shaped[Tensor, "N H"]:
    """Return every hidden state, one a row, time-major: then nothing is copied."""
    return hidden.transpose(0, 1).flatten(0, 1)


def draw_uniform(parameters: Mapping[str, nn.Parameter], generator: torch.Generator, bound: float) -> None:
    """Draw weights from U(-bound, bound); whatever is called a bias is 0."""
    with torch.no_grad():
        for name, parameter in parameters.items():
            if "bias" in name:
                parameter.zero_()
            else:
                parameter.uniform_(-bound, bound, generator=generator)
