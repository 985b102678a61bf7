"""The weights of a network updated, and the global gradient norm."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from elman.errors import CheckpointError
from elman.layers.stretches import settled
from elman.runs.configuration import TrainingConfig
from elman.training.agreement import check_array, check_names
from elman.training.rules import Adagrad, LazyAdam, Memory, Rule, rule_of


class Optimizer:
    """Updates the weights of a network by a rule, with g the gradient and α the rate.

    sgd        θ -= α g
    momentum   v = μ v + g;  θ -= α v
    adagrad    s += g²;  θ -= α g / (√s + ε)
    adam       m, v = moving averages of g, g² with β1, β2, corrected for their start;  θ -= α m / (√v + ε)
    adamw      as adam, and θ -= α λ θ  (Loshchilov & Hutter, 2019)

    In all but adamw, weight decay adds λ θ to g.

    A row of an embedding that no token of the batch looked up has a zero gradient, and so has a row of a head that
    learns from drawn classes, if it was neither drawn nor meant. sgd and adagrad without decay leave
    it as it is, so there only the other rows are computed and updated. The other rules would move it by what they
    remember; they update whole tables, unless `lazy_rows` says to leave such rows alone (adam, adamw). A table that
    is also that of a softmax over all classes has no zero rows. A module with a rate of its own, `own_rate`, is updated
    by adagrad from s = `own_accumulator`, where it was looked at.

    Args:
        config: the `[training]` section.
        network: whose weights are updated. Those who look at rows of tables are told which gradient to make.
    """

    def __init__(self, config: TrainingConfig, network: nn.Module) -> None:
        self._network = network
        lazily = config.lazy_rows and config.optimizer in ("adam", "adamw")
        exactly = config.optimizer in ("sgd", "adagrad") and config.weight_decay == 0
        owned: list[Any] = [module for module in network.modules() if hasattr(module, "own_rate")]
        for module in owned:
            module.sparse_rows = True
        tables = _tables(network) if lazily or exactly else []
        for table in tables:
            for owner in table.owners:
                owner.sparse_rows = True
        if tables or owned:
            # What torch does anyway; said aloud, it does not warn of it at every update.
            torch.sparse.check_sparse_tensor_invariants.disable()  # type: ignore[no-untyped-call]
        rows = [table.rows for table in tables] if lazily else []
        apart = {id(one) for one in (*rows, *(module.weight for module in owned))}
        dense = [parameter for parameter in network.parameters() if id(parameter) not in apart]
        self._parts = [_Part(rule_of(config), dense), _Part(LazyAdam(config), rows)]
        undecayed = config.model_copy(update={"weight_decay": 0.0})
        for one in owned:
            rule = Adagrad(undecayed, one.own_accumulator)
            self._parts.append(_Part(rule, [one.weight], one.own_rate / config.rate))
        self._memories: dict[int, Memory] = {}

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._network.parameters():
            parameter.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update every weight that has a gradient with this rate."""
        for rule, parameters, factor in self._parts:
            known = [(parameter, parameter.grad) for parameter in parameters if parameter.grad is not None]
            if not known:
                continue
            for parameter, _ in known:
                if id(parameter) not in self._memories:
                    self._memories[id(parameter)] = rule.memory(parameter)
            memories = [self._memories[id(parameter)] for parameter, _ in known]
            rule.update(
                [parameter for parameter, _ in known], [gradient for _, gradient in known], memories, rate * factor
            )

    def remembers(self) -> int:
        """Return how many bytes it remembers of all weights after an update."""
        kept = [
            rule.kept(nn.Parameter(parameter.detach().to("meta")))
            for rule, parameters, _ in self._parts
            for parameter in parameters
        ]
        return sum(value.nbytes for memory in kept for value in memory.values() if isinstance(value, Tensor))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything that the optimizer remembers, by parameter and key."""
        return {
            f"{name}/{key}": value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
            for name, parameter in self._network.named_parameters()
            for key, value in self._memories.get(id(parameter), {}).items()
        }

    def load(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Remember what `arrays` gave.

        Raises:
            CheckpointError: an array belongs to no parameter, or has not its shape or type.
        """
        names = {id(parameter): name for name, parameter in self._network.named_parameters()}
        unknown = {path.rpartition("/")[0] for path in arrays} - set(names.values())
        if unknown:
            raise CheckpointError(f"the checkpoint has memories of {min(unknown)!r}, which the model does not have.")
        for rule, parameters, _ in self._parts:
            for parameter in parameters:
                prefix = f"{names[id(parameter)]}/"
                found = {p.removeprefix(prefix): array for p, array in arrays.items() if p.startswith(prefix)}
                if found:
                    what = f"the optimizer's memory of {names[id(parameter)]!r}"
                    kept = {key: torch.as_tensor(value) for key, value in rule.kept(parameter).items()}
                    check_names(what, found, kept)
                    for key, array in found.items():
                        check_array(f"{what}, {key!r}", array, kept[key])
                    self._memories[id(parameter)] = {
                        key: rule.remembered(key, torch.tensor(array), parameter) for key, array in found.items()
                    }


def clip_by_global_norm(parameters: Iterable[nn.Parameter], threshold: float) -> float:
    """Scale all gradients so that their common norm is at most the threshold, and return the norm they had.

        ‖g‖ = √(Σ over all parameters of g²);   if ‖g‖ >= threshold: g = g · threshold / ‖g‖

    A gradient that holds some rows only counts with those rows, each once.

    Args:
        parameters: those without a gradient are passed over.
        threshold: 0 only measures.

    Source: Pascanu et al. (2013), On the difficulty of training recurrent neural networks, Algorithm 1.
    """
    gradients = []
    for parameter in parameters:
        if parameter.grad is None:
            continue
        if parameter.grad.is_sparse:
            parameter.grad = settled(parameter.grad)
        gradients.append(parameter.grad._values() if parameter.grad.is_sparse else parameter.grad)
    norm = float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients])))
    if threshold and np.isfinite(norm) and norm >= threshold:
        torch._foreach_mul_(gradients, threshold / norm)
    return norm


def not_finite(named: Iterable[tuple[str, nn.Parameter]], gradients: bool) -> list[str]:
    """Return the names of parameters that are not finite everywhere.

    Args:
        named: parameters by name.
        gradients: ask that of their gradients; a parameter without one is passed over.
    """
    found = []
    for name, parameter in named:
        tensor = parameter.grad if gradients else parameter.detach()
        if tensor is not None:
            values = tensor.coalesce().values() if tensor.is_sparse else tensor
            if not torch.isfinite(values).all():
                found.append(name)
    return found


class _Part(NamedTuple):
    """Some parameters, how they are updated, and how many times the rate is theirs."""

    rule: Rule
    parameters: Sequence[nn.Parameter]
    factor: float = 1.0


class _Table(NamedTuple):
    """A parameter of which every owner looks at some rows at a time."""

    rows: nn.Parameter
    owners: Sequence[Any]


def _tables(network: nn.Module) -> list[_Table]:
    """Return the tables that no module looks at as a whole."""
    owners: dict[int, list[Any]] = {}
    for module in network.modules():
        for parameter in module.parameters(recurse=False):
            owners.setdefault(id(parameter), []).append(module)
    rowwise: list[Any] = [module for module in network.modules() if hasattr(module, "sparse_rows")]
    weights = {id(one.weight): one.weight for one in rowwise if not hasattr(one, "own_rate")}
    return [
        _Table(weight, owners[key])
        for key, weight in weights.items()
        if all(hasattr(owner, "sparse_rows") and owner.weight is weight for owner in owners[key])
    ]
