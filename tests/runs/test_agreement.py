"""Sections of a configuration that do not go together: what learns from rewards, and a task that has none."""

import pytest

from elman.config import Settings
from elman.errors import ConfigError
from elman.models.encoder_decoder import EncoderDecoder
from elman.runs.agreement import check_reward
from elman.tasks import TASKS


def test_a_teacher_that_goes_by_rewards_needs_a_task_that_has_some():
    settings = Settings({"task": {"name": "lm"}, "model": {"teacher": "mixer"}})
    mixer, forcing = (EncoderDecoder.Config(teacher=name) for name in ("mixer", "forcing"))
    message = (
        r"\[model\] teacher: mixer learns from how good texts are: got task lm, which does not say it, "
        "expected caption or seq"
    )
    with pytest.raises(ConfigError, match=message):
        check_reward(settings, mixer, TASKS.get("lm"))
    check_reward(settings, forcing, TASKS.get("lm"))
    check_reward(settings, mixer, TASKS.get("seq2seq"))
