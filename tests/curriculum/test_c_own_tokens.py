"""Curriculum rows C16 and C17: a decoder that only ever read right tokens is lost behind its own mistakes."""

import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.moment import Moment, Noise
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from elman.teachers.base import Pupil
from elman.teachers.forcing import ForcingTeacher
from elman.teachers.sampling import SamplingTeacher

pytestmark = pytest.mark.slow
TEXTS, LENGTH, TOKENS, UNITS, UPDATES = 24, 12, 6, 8, 200


def taught(teacher, seed):
    """Return who has learned to write random texts by heart, more than its units hold, and those texts."""
    torch.manual_seed(seed)
    step = STEPS.get("initial")(TOKENS, TEXTS, DecoderConfig(hidden_size=UNITS, decoder="initial", cell="gru"))
    head, embedding = SoftmaxHead(UNITS, Tokens(list("<abcde"))), Embedding(TOKENS, TOKENS)
    weights = [*step.parameters(), *head.parameters(), *embedding.parameters()]
    for parameter in weights:
        parameter.data = torch.randn_like(parameter) * 0.4
    texts, names = torch.randint(1, TOKENS, (TEXTS, LENGTH)), torch.eye(TEXTS)
    optimizer = torch.optim.Adam(weights, lr=0.02)

    def pupil():
        source = step.source(Padded(names[:, None], torch.ones(TEXTS, dtype=torch.long)), names)
        return Pupil(embedding, step, head, source, (0, 0, 0), 0.0)

    for update in range(UPDATES):
        target = Padded(texts, torch.full((TEXTS,), LENGTH))
        loss, _ = teacher.loss(pupil(), target, Moment(Noise(1, update), update, UPDATES), None)
        optimizer.zero_grad()
        (loss.nats / loss.targets).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    return pupil(), texts


@torch.no_grad()
def errors(who, texts, free):
    """Return the share of wrong tokens, where right ones are read or those that were written."""
    state, ids, wrong = who.step.initial_state(TEXTS, who.memory), torch.zeros(TEXTS, dtype=torch.long), 0
    for right in texts.unbind(1):
        output, state = who.step.recur(who.step.project(who.embedding(ids)), state, who.memory.spread())
        said = who.head.next(output).argmax(-1)
        wrong += int((said != right).sum())
        ids = said if free else right
    return wrong / texts.numel()


@pytest.fixture(scope="module")
def forced():
    return taught(ForcingTeacher(UNITS), seed=1)


def gap(each):
    return errors(*each, True) - errors(*each, False)


def test_C16_own_mistakes_cost_more_than_right_tokens_tell(forced):
    assert gap(forced) > 0.15


@pytest.mark.parametrize("schedule", [{"schedule": "linear", "least": 0.2}, {"schedule": "inverse_sigmoid"}], ids=str)
def test_C17_reading_its_own_tokens_in_training_closes_the_gap(schedule, forced):
    sampled = taught(SamplingTeacher(UNITS, SamplingTeacher.Config(**schedule)), seed=1)
    assert gap(sampled) < 0.5 * gap(forced)
    assert errors(*sampled, True) < errors(*forced, True)
