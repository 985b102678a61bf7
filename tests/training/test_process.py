"""A training gives the process back as it was."""

import os
import signal
import subprocess
import sys
import threading

import pytest
import torch

import elman
from elman.errors import TrainingError
from elman.events import Stepped
from elman.runs.configuration import DEFAULT_RATES
from elman.training import gradients
from elman.training.process import repeatable

SETTINGS = {"training.checkpoint_every": 5, "training.optimizer": "sgd"}


def state():
    """Return what a training may change of a process."""
    return {
        "threads": torch.get_num_threads(),
        "deterministic": torch.get_deterministic_debug_mode(),
        "fill": torch.utils.deterministic.fill_uninitialized_memory,
        "checks": torch.sparse.check_sparse_tensor_invariants.is_enabled(),
        "environment": {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
    }


@pytest.fixture
def unusual(monkeypatch):
    """A process that is not as torch makes it."""
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    before = torch.get_deterministic_debug_mode()
    torch.set_deterministic_debug_mode("warn")
    torch.utils.deterministic.fill_uninitialized_memory = True
    torch.sparse.check_sparse_tensor_invariants.enable()
    yield state()
    torch.sparse.check_sparse_tensor_invariants.disable()
    torch.set_deterministic_debug_mode(before)


def go(out, text_file, listener=None, **more):
    return elman.train(
        "lm", str(text_file), out=out, steps=6, hidden=6, batch_size=4, threads=2, level="word", listener=listener,
        settings=SETTINGS, **more,
    )  # fmt: skip


def test_a_training_and_its_resumption_give_the_process_back(tmp_path, text_file, unusual):
    within = []

    def listener(event):
        if isinstance(event, Stepped):
            within.append(state())
            if event.step == 3:
                os.kill(os.getpid(), signal.SIGTERM)

    assert not go(tmp_path / "run", text_file, listener).finished
    assert state() == unusual
    assert elman.resume(tmp_path / "run", listener=listener).finished
    assert state() == unusual
    for one in within:
        assert (one["threads"], one["deterministic"], one["fill"], one["checks"]) == (2, 2, False, False)
        assert one["environment"]["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
        assert one["environment"].keys() - unusual["environment"].keys() == {"CUBLAS_WORKSPACE_CONFIG"}
    assert within[0]["signals"] != unusual["signals"]


def test_errors_give_it_back_too(tmp_path, text_file, unusual, monkeypatch):
    monkeypatch.setattr(gradients, "clip_by_global_norm", lambda *_: float("nan"))
    with pytest.raises(TrainingError, match="the gradient of step 1 is not a finite number"):
        go(tmp_path / "run", text_file)
    assert state() == unusual

    def die(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "other", text_file, die)
    assert state() == unusual


def test_the_users_own_workspace_setting_stays(tmp_path, text_file, unusual, monkeypatch):
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    with repeatable(1):
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"


def test_the_last_of_several_threads_gives_it_back(unusual):
    entered, leave = threading.Event(), threading.Event()

    def long():
        with repeatable(1):
            entered.set()
            leave.wait(60)

    other = threading.Thread(target=long)
    other.start()
    assert entered.wait(60)
    with repeatable(1):
        assert torch.get_deterministic_debug_mode() == 2
    assert torch.get_deterministic_debug_mode() == 2, "the other thread still trains"
    leave.set()
    other.join()
    assert state() == unusual


def test_a_training_in_a_thread_gives_it_back(tmp_path, text_file, unusual):
    runs = []
    thread = threading.Thread(target=lambda: runs.append(go(tmp_path / "run", text_file)))
    thread.start()
    thread.join()
    assert runs[0].finished
    assert state() == unusual


def test_a_training_does_not_load_the_compiler(tmp_path, text_file):
    code = (
        "import sys, elman\n"
        "text, out, *optimizers = sys.argv[1:]\n"
        "for name in optimizers:\n"
        "    settings = {'training.optimizer': name}\n"
        "    elman.train('lm', text, out=f'{out}/{name}', steps=2, hidden=4, threads=1, settings=settings)\n"
        "    if 'torch._dynamo' in sys.modules or 'torch._inductor.config' in sys.modules:\n"
        "        sys.exit(name)"
    )
    subprocess.run([sys.executable, "-c", code, str(text_file), str(tmp_path), *DEFAULT_RATES], check=True)
