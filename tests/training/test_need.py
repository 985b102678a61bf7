"""What a batch and a training take of memory, counted before the first step, beside what they take."""

import threading

import pytest

from elman.config import Settings
from elman.errors import ConfigError
from elman.events import silent
from elman.layers import passes
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.tasks import TASKS
from elman.training import memory
from elman.training.assembly import learner_of, read_data
from elman.training.gradients import _ENDLESS, Gradients
from elman.training.learner import Lesson
from elman.training.memory import BATCH, WEIGHTS, line_of, need_of, places, taken
from elman.training.room import Process


@pytest.fixture
def learner(tmp_path, text_file, monkeypatch):
    """Return a learner with options, as it is weighed, in a process that grows by its tensors alone."""
    monkeypatch.setattr(memory, "process", lambda: Process(0, 0, 0))
    monkeypatch.setattr(passes, "_memory", threading.local())  # room that a larger pass of another test left behind

    def learner(**given):
        tree, least = Settings(), {"model.hidden_size": 16, "training.steps": 4, "training.batch_size": 8}
        rhythm = {"training.validate_every": 4, "training.log_every": 4}
        named = {key.replace("__", "."): value for key, value in given.items()}
        of_data = {"task.name": "lm", "task.level": "character", "data.train": [str(text_file)]}
        for key, value in {**of_data, **least, **rhythm, **named}.items():
            if value is not None:
                tree.set(key, value)
        config = RunConfig.resolve(tree)
        task, data, config = read_data(config, RunFolder(tmp_path / "run"), silent)
        model = learner_of(config).built(config, task)
        endless = config.training.model_copy(update=_ENDLESS)
        return Gradients(Lesson(task, data, model, endless, tmp_path / "run", silent)), config.training

    return learner


def largest(learner):
    batches = learner._batches(0)
    return batches[batches.largest]


def test_a_batch_that_is_tried_whole_takes_what_it_takes(learner):
    one, _ = learner()
    batch = largest(one)
    line = line_of(one, batch, 0)
    assert line.fixed == 0
    assert line.at(places(batch)) == pytest.approx(taken(one, batch), rel=0.01)


@pytest.mark.parametrize("most", [0, 10**12])
def test_from_its_parts_what_a_batch_takes_is_told_within_30_percent(learner, monkeypatch, most):
    one, _ = learner(training__batch_size=32, task__bptt=128)
    batch = largest(one)
    monkeypatch.setattr(memory, "_TRIED", 512)
    computed = []
    monkeypatch.setattr(memory, "taken", lambda *given: computed.append(places(given[1])) or taken(*given))
    line = line_of(one, batch, most)
    assert line.at(places(batch)) == pytest.approx(taken(one, batch), rel=0.3)
    # Where there is little room, what would not fit is not computed to find that out.
    assert (max(computed) < places(batch)) == (most == 0)


@pytest.mark.parametrize(
    ("options", "copies"),
    [
        ({"training__optimizer": "sgd"}, 1),
        ({"training__optimizer": "momentum"}, 2),
        ({"training__optimizer": "adam"}, 3),
        ({"training__optimizer": "sgd", "training__averaging": "ntasgd"}, 2),
        ({"training__optimizer": "sgd", "training__steps": None, "training__minutes": 1.0}, 2),  # measured on a copy
    ],
)
def test_weights_are_counted_with_what_is_kept_of_them(learner, options, copies):
    asked, config = learner(**options)
    weights = sum(parameter.nbytes for parameter in asked.network.parameters())
    need = need_of(asked, config, asked._batches(0))
    assert need.parts[WEIGHTS] == pytest.approx(copies * weights, rel=0.01)
    assert need.parts[BATCH] >= taken(asked, largest(asked))


def test_parts_make_the_need_of_a_batch_smaller(learner):
    sizes = []
    for number in (1, 4):
        one, config = learner(training__batch_size=64, training__parts=number)
        sizes.append(need_of(one, config, one._batches(0)).parts[BATCH])
    assert sizes[1] < 0.6 * sizes[0]


def test_options_of_training_and_task_are_named_that_make_it_fit(learner, monkeypatch):
    one, config = learner(training__batch_size=32)
    need = need_of(one, config, one._batches(0))
    # Nine tenths of this is what there is without half of the batch.
    options = need.fitting(int((need.total - 0.49 * need.parts[BATCH]) / 0.9))
    assert options == ["--batch-size 16", "--set training.parts=2", "--set task.bptt=32"]
    monkeypatch.setattr(memory, "room", lambda own: 1000)
    with pytest.raises(ConfigError, match="this machine has 1 MB for it"):  # of the weights alone that is known at once
        need_of(one, config, one._batches(0))


def test_what_makes_a_batch_smaller_is_an_option_of_its_task():
    for name in TASKS.names():
        task = TASKS.get(name)
        assert set(task.bounds) <= set(task.Config.model_fields)
        assert set(task.bounds.values()) <= {"places", "width"}
    assert list(TASKS.get("classify").bounds) == ["batch_places", "longest"]
