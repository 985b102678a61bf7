"""Curriculum row C17: who only ever reads its own tokens in training loses its place among the right ones."""

import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.evaluation.rewards import rewards
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.moment import Moment, Noise
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from elman.teachers.base import Pupil
from elman.teachers.forcing import ForcingTeacher
from elman.teachers.sampling import SamplingTeacher

pytestmark = pytest.mark.slow
WORDS, TEXTS, LENGTH, UNITS, UPDATES = [".", *"abcde", "um"], 16, 12, 10, 300


class AlwaysSampling(SamplingTeacher):
    """Reads no right token at all: ε = 0."""

    def share(self, step, steps):
        return 0.0


def spoken(texts, draw):
    """Return texts with a pause before three words in ten, another time at other words."""
    rows = [
        [one for word, pause in zip(row, (torch.rand(LENGTH, generator=draw) < 0.3).tolist(), strict=True)
         for one in ([6, word] if pause else [word])] + [0]
        for row in texts.tolist()
    ]  # fmt: skip
    lengths = torch.tensor(list(map(len, rows)))
    return Padded(torch.tensor([row + [0] * (int(lengths.max()) - len(row)) for row in rows]), lengths)


def bleu(teacher, seed):
    """Return the mean BLEU of what is written after a training, each text against five ways of speaking it."""
    torch.manual_seed(seed)
    step = STEPS.get("initial")(len(WORDS), TEXTS, DecoderConfig(hidden_size=UNITS, decoder="initial", cell="gru"))
    head, embedding = SoftmaxHead(UNITS, Tokens(WORDS)), Embedding(len(WORDS), len(WORDS))
    weights = [*step.parameters(), *head.parameters(), *embedding.parameters()]
    for parameter in weights:
        parameter.data = torch.randn_like(parameter) * 0.4
    texts, names = torch.randint(1, 6, (TEXTS, LENGTH)), torch.eye(TEXTS)
    optimizer, draw = torch.optim.Adam(weights, lr=0.02), torch.Generator().manual_seed(seed)

    def pupil():
        source = step.source(Padded(names[:, None], torch.ones(TEXTS, dtype=torch.long)), names)
        return Pupil(embedding, step, head, source, (0, 0, 0), 0.0)

    for update in range(UPDATES):
        loss, _ = teacher.loss(pupil(), spoken(texts, draw), Moment(Noise(1, update), update, UPDATES), None)
        optimizer.zero_grad()
        (loss.nats / loss.targets).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    said = written(pupil())
    every = [pair for _ in range(5) for pair in zip(said, sentences(spoken(texts, draw).values), strict=True)]
    return sum(rewards("bleu", every, str.split)) / len(every)


@torch.no_grad()
def written(who):
    """Return the likeliest texts, word after word."""
    state, ids, kept = who.step.initial_state(TEXTS, who.memory), torch.zeros(TEXTS, dtype=torch.long), []
    for _ in range(2 * LENGTH):
        output, state = who.step.recur(who.step.project(who.embedding(ids)), state, who.memory.spread())
        ids = who.head.next(output).argmax(-1)
        kept.append(ids)
    return sentences(torch.stack(kept, 1))


def sentences(rows):
    return [" ".join(WORDS[k] for k in row[: [*row, 0].index(0)]) for row in rows.tolist()]


def test_C17_always_sampling_is_worse_than_never_and_than_sometimes():
    always = bleu(AlwaysSampling(UNITS), 1)
    assert always < bleu(SamplingTeacher(UNITS, SamplingTeacher.Config(schedule="linear", least=0.2)), 1) - 0.02
    assert always < bleu(ForcingTeacher(UNITS), 1) - 0.1
