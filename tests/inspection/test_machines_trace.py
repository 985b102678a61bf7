"""A step of a machine number by number: those of its definition."""

import numpy as np
import pytest
import torch

import elman


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    (folder / "copy.toml").write_text('task = "copy"\ncount = 12\nlength = [1, 4]\n')
    settings = {"model.machine_options.slots": 6, "model.machine_options.slot_size": 3}
    path = str(folder / "copy.toml")
    made = elman.train("transduce", path, valid=path, out=folder / "run", steps=1, hidden=5, threads=1,
                       settings=settings, listener=elman.silent)  # fmt: skip
    return made.path, path


def test_every_quantity_of_a_step_is_that_of_its_definition(run):
    folder, path = run
    model = elman.load(folder)
    example = next(iter(model.read(path)))
    found = elman.inspect(model, "trace", [path], at=2)[0]
    machine = model.model.machine.double()
    state = machine.initial_state(1)
    for step in range(2):
        values = machine.values(torch.tensor(example.fields["steps"][step : step + 1]).double(), state)
        state = state.filled(values)
    for letter in ("h", "k", "beta", "content", "read", "write", "r", "M", "y"):
        np.testing.assert_allclose(found.values[letter], values[letter][0].detach().numpy(), atol=1e-9)
    assert found.verdict.startswith("Where the heads that write stood: ")
    assert [panel.title for panel in found.panels][-1] == "Memory: mean size of each place"
    for panel in found.panels:
        assert panel.draw().startswith("<svg")


def test_what_is_not_there_is_refused(run):
    folder, path = run
    model = elman.load(folder)
    with pytest.raises(elman.ConfigError, match="--at: got 99, expected 1 to "):
        elman.inspect(model, "trace", path, at=99)
    with pytest.raises(elman.ConfigError, match=r"--letter: got 'f'. Choose one of: M, a, beta, content"):
        elman.inspect(model, "trace", path, letter="f")
    with pytest.raises(elman.ConfigError, match=r"has no recurrent layers .* This run has: trace\."):
        elman.inspect(model, "gates", path)
