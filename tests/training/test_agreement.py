"""Arrays and counters of a checkpoint that are not those of the network: refused before a step is made."""

import re

import numpy as np
import pytest
import torch
from torch import nn

from elman.errors import CheckpointError
from elman.layers.embedding import Embedding
from elman.runs.configuration import TrainingConfig
from elman.training.agreement import check_counters
from elman.training.averaging import NonMonotonicAverage
from elman.training.optimizers import Optimizer

CHANGES = {
    "without its last row": lambda array: array[:-1],
    "one number": lambda array: array.reshape(-1)[:1],
    "flat": lambda array: array.reshape(-1),
    "int8": lambda array: array.astype(np.int8),
    "float64": lambda array: array.astype(np.float64),
    "one axis more": lambda array: array[None],
    "no numbers": lambda array: array * np.nan,
}


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = Embedding(5, 4)
        self.product = nn.Linear(4, 3)

    def forward(self):
        return self.product(self.table.weight).square().sum()


def trained(**config):
    """Return an optimizer after two updates, and its network."""
    network = Small()
    optimizer = Optimizer(TrainingConfig(**config), network)
    for _ in range(2):
        optimizer.zero_grad()
        network().backward()
        if config.get("lazy_rows"):
            network.table.weight.grad = network.table.weight.grad.to_sparse(1)
        optimizer.step(0.01)
    return optimizer, network


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize(
    "config",
    [{"optimizer": name} for name in ("momentum", "adagrad", "adam", "adamw")]
    + [{"optimizer": "adam", "lazy_rows": True}],
    ids=str,
)
def test_memories_that_do_not_fit_are_refused(config, change):
    optimizer, network = trained(**config)
    arrays = optimizer.arrays()
    again = Optimizer(TrainingConfig(**config), network)
    again.load(arrays)
    assert all((array == again.arrays()[name]).all() for name, array in arrays.items())
    for name in [name for name, array in arrays.items() if array.ndim == 2]:
        path, _, key = name.rpartition("/")
        with pytest.raises(CheckpointError, match=re.escape(f"memory of {path!r}, {key!r}: ")):
            again.load({**arrays, name: change(arrays[name])})


def test_memories_of_other_names_are_refused():
    optimizer, network = trained(optimizer="adam")
    arrays = optimizer.arrays()
    del arrays["product.bias/exp_avg_sq"]
    with pytest.raises(CheckpointError, match=r"memory of 'product\.bias' 'exp_avg_sq' is missing"):
        Optimizer(TrainingConfig(optimizer="adam"), network).load(arrays)
    with pytest.raises(CheckpointError, match="'exp_avg' belongs to nothing in the model"):
        Optimizer(TrainingConfig(optimizer="adagrad"), network).load(optimizer.arrays())
    with pytest.raises(CheckpointError, match="memories of 'other', which the model does not have"):
        Optimizer(TrainingConfig(optimizer="adam"), network).load({"other/step": np.array(1.0)})


def test_an_average_that_does_not_fit_is_refused():
    network = nn.Linear(3, 2)
    arrays = {name: tensor.detach().numpy().copy() for name, tensor in network.named_parameters()}
    average = NonMonotonicAverage(network, 5)
    counters = {"losses": [1.0, 2.0], "updates": 3}
    average.restore(counters, arrays)
    assert average.state() == counters
    with pytest.raises(CheckpointError, match=r"averaged weight 'weight': got float32 of shape \(1, 3\), expected"):
        average.restore(counters, {**arrays, "weight": arrays["weight"][:1]})
    with pytest.raises(CheckpointError, match="averaged weight 'bias' is missing"):
        average.restore(counters, {"weight": arrays["weight"]})
    with pytest.raises(CheckpointError, match="averaged weight 'bias' is missing"):
        average.restore(counters, {})
    for wrong in ({"x": 1}, {"losses": 5, "updates": 3}, {"losses": ["x"], "updates": 3}, 5):
        with pytest.raises(CheckpointError, match="the average's"):
            average.restore(wrong, arrays)


def test_counters_have_names_and_types():
    check_counters("the schedule's", {"current": 1, "waited": 0.5}, {"current": 1.0, "waited": 0.0})
    with pytest.raises(CheckpointError, match="the schedule's 'x' belongs to nothing in the model"):
        check_counters("the schedule's", {"x": 1}, {})
    with pytest.raises(CheckpointError, match="the schedule's 'current': got True, expected float"):
        check_counters("the schedule's", {"current": True}, {"current": 1.0})
    with pytest.raises(CheckpointError, match=r"the schedule's: got \[\], expected counters by name"):
        check_counters("the schedule's", [], {})


def test_a_restored_state_has_the_shape_and_type_of_the_networks(tmp_path, text_file):
    import dataclasses
    import shutil

    import elman
    from elman.runs import checkpoint as checkpoints

    elman.train(
        "lm", str(text_file), out=tmp_path / "run", level="character", steps=4, hidden=8, batch_size=4, threads=1
    )
    folder = tmp_path / "run" / "checkpoints"
    whole = checkpoints.load(folder)
    arrays = {name: np.array(array) for name, array in whole.arrays.items()}

    def saved(**changes):
        shutil.rmtree(folder)
        checkpoints.save(folder, dataclasses.replace(whole, **changes))

    for key, change in {"state/0": lambda a: a[:, :-1], "state/1": lambda a: a.astype(np.int8)}.items():
        saved(arrays={**arrays, key: change(arrays[key])})
        with pytest.raises(
            CheckpointError, match=r"checkpoints/4: cannot be gone on from: the carried state '\d': got"
        ):
            elman.resume(tmp_path / "run", steps=8)
    saved(arrays={name: array for name, array in arrays.items() if name != "state/1"})
    with pytest.raises(CheckpointError, match="the carried state '1' is missing"):
        elman.resume(tmp_path / "run", steps=8)
    saved(arrays={name: array for name, array in arrays.items() if not name.startswith("model/")})
    with pytest.raises(CheckpointError, match="the file has no weight"):
        elman.resume(tmp_path / "run", steps=8)
    saved(arrays={name: array * np.nan if name.startswith("model/") else array for name, array in arrays.items()})
    with pytest.raises(CheckpointError, match=r"checkpoints/4: weight '.*' has numbers that are not finite"):
        elman.resume(tmp_path / "run", steps=8)
    saved(progress=dataclasses.replace(whole.progress, learner={"schedule": {"x": 1}, "averaging": {}}))
    with pytest.raises(CheckpointError, match="the schedule's 'x' belongs to nothing in the model"):
        elman.resume(tmp_path / "run", steps=8)
    saved()
    assert elman.resume(tmp_path / "run", steps=8).finished
    assert torch.get_num_threads() >= 1
