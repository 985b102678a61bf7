"""What tests share: a small text, a small run, and quiet threads."""

import random
import signal
from pathlib import Path

import jaxtyping
import pytest
import torch
from hypothesis import HealthCheck, settings

import elman
from tests import reports

# Tests share the cores, so how long an example takes says nothing.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

SHAPES_UNCHECKED = {"cli", "golden", "inference", "runs", "soak", "tasks", "training"}
"""Where what functions of cells, layers and heads take and give is not held against its declared shape: they are called
by whole trainings there, of which the checks would be two fifths."""
_NEVER_CHECKED = jaxtyping.config.jaxtyping_disable  # what JAXTYPING_DISABLE says

NAMES = ["anna", "ben", "carla", "dora", "emil"]
VERBS = ["sees", "likes", "follows", "calls"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Check shapes or not, in fixtures as well."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    jaxtyping.config.update("jaxtyping_disable", _NEVER_CHECKED or folder in SHAPES_UNCHECKED)


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Tests run side by side; one thread each keeps them from waiting for each other."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _interruptible():
    """What is started in the background may ignore Ctrl-C, and so would all that it starts."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _plain_reports():
    """Reports of trainings draw pictures and do not render them: that takes longer than most trainings of tests."""
    with reports.plain():
        yield


@pytest.fixture
def pictures():
    """Trainings of this test render the pictures of their reports."""
    with reports.rendered():
        yield


@pytest.fixture
def float64():
    """Draw numbers in float64, the same in every test."""
    torch.manual_seed(7)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def sentences(count: int, seed: int = 0) -> str:
    """Return a text of a small grammar, one sentence a line."""
    draw = random.Random(seed)
    return "".join(f"{draw.choice(NAMES)} {draw.choice(VERBS)} {draw.choice(NAMES)} .\n" for _ in range(count))


@pytest.fixture(scope="session")
def text_file(tmp_path_factory) -> Path:
    """A file of 300 sentences."""
    path = tmp_path_factory.mktemp("text") / "sentences.txt"
    path.write_text(sentences(300), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_run(tmp_path_factory, text_file) -> Path:
    """A finished character run; tests that change it copy it first."""
    path = tmp_path_factory.mktemp("runs") / "small"
    with reports.rendered():
        elman.train("lm", str(text_file), out=path, steps=60, hidden=24, level="character", threads=1)
    return path
