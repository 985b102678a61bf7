"""The memory network: stage by stage against the golden story, loops, and finite differences."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.outlines import Classes, Sentences, Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.initialization import initialize
from elman.models.memory_network import MemoryNetwork
from elman.moment import Moment, Noise

GOLDEN = json.loads((Path(__file__).parent / "golden_memory_network.json").read_text())["story"]
WORDS = [f"w{number}" for number in range(9)]
STORIES = [[[1, 2], [3, 4, 5], [2]], [[6, 7, 8, 1]], [[5], [1, 1], [2, 3], [4, 8], [7]]]
QUESTIONS, ANSWERS = [[8, 1], [2], [3, 6, 1]], [4, 2, 7]


def network(words=WORDS, most=6, seed=1, **options):
    config = MemoryNetwork.Config(**{"embedding_size": 4, "hops": 2, "position": "paper", **options})
    made = MemoryNetwork(
        config,
        {"story": Sentences(words, most=most), "question": Sentences(words, most=most)},
        {"answer": Classes(words)},
    )
    initialize(made, seed, 0.5)
    return made.double()


def batch(stories=STORIES, questions=QUESTIONS, answers=ANSWERS, wider=0):
    """Return a batch as the task makes it; `wider` adds columns and rows of padding."""
    rows = list(dict.fromkeys(tuple(one) for story in [*stories, questions] for one in story))
    longest = max(map(len, rows)) + wider
    table = np.full((len(rows) + wider, longest), 5 * bool(wider))
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    lengths = np.array([*map(len, rows), *[0] * wider])
    told = np.full((len(stories), max(map(len, stories)) + wider), bool(wider) * 1)
    for place, story in enumerate(stories):
        told[place, : len(story)] = [rows.index(tuple(one)) for one in story]
    asked = np.array([[rows.index(tuple(one))] for one in questions])
    fields = {
        "story": Padded(told, np.array([*map(len, stories)])),
        "question": Padded(asked, np.ones(len(asked), np.int64)),
        "answer": Padded(np.array(answers)[:, None]),
    }
    return Batch(len(stories), fields, {"sentences": Padded(table, lengths)})


def read(made, given, linear=False):
    with torch.no_grad():
        return made.read(made._tensors(given), None, linear)


@pytest.fixture
def golden():
    made = network(GOLDEN["voc"], most=3)
    with torch.no_grad():
        for hop, one in enumerate(made.tables):
            one.weight.copy_(torch.tensor(GOLDEN[f"E{hop}"], dtype=torch.float64))
            one.times.copy_(torch.tensor(GOLDEN[f"T{hop}"], dtype=torch.float64))
    number = {word: place for place, word in enumerate(GOLDEN["voc"])}
    story = [[number[word] for word in sentence.split()] for sentence in GOLDEN["story"]]
    return made, batch([story], [[number[word] for word in GOLDEN["question"].split()]], [5])


def test_the_golden_story_is_read_stage_by_stage(golden):
    made, given = golden
    found, expected = read(made, given), GOLDEN["paper"]
    np.testing.assert_allclose(found.looked[0], [expected["p_1"], expected["p_2"]], atol=1e-11)
    np.testing.assert_allclose(found.state[0], expected["u3"], atol=1e-11)
    answers = made.answers(given)
    np.testing.assert_allclose(np.exp(answers.log_probs["answer"][0, 0]), expected["answer"], atol=1e-11)
    assert GOLDEN["voc"][answers.best["answer"][0, 0]] == expected["best"] == "kitchen"


def test_at_the_start_hops_look_without_a_softmax_and_the_answer_keeps_its_own(golden):
    made, given = golden
    found, expected = read(made, given, linear=True), GOLDEN["linear_start"]
    np.testing.assert_allclose(found.looked[0], [expected["p_1"], expected["p_2"]], atol=1e-11)
    np.testing.assert_allclose(found.state[0], expected["u3"], atol=1e-11)
    made.config = made.config.model_copy(update={"linear_start": 0.5, "time_noise": 0.0})
    losses = [made.loss(given, None, moment).heads["answer"].nats.item() for moment in moments(0, 49, 50, 99, None)]
    first, usual = -np.log(expected["answer"][5]), -np.log(GOLDEN["paper"]["answer"][5])
    np.testing.assert_allclose(losses, [first, first, usual, usual, usual], atol=1e-10)


def moments(*steps):
    return [None if step is None else Moment(Noise(1, step), step, 100) for step in steps]


def by_hand(made, story, question):
    """Return u after the last hop and where each looked, sentence by sentence and word by word."""
    size = made.config.embedding_size

    def vector(one, sentence):
        count, found = len(sentence), np.zeros(size)
        for j, word in enumerate(sentence, start=1):
            factors = (1 - j / count) - np.arange(1, size + 1) / size * (1 - 2 * j / count)
            found += factors * one.weight.detach().numpy()[word]
        return found

    adjacent = made.adjacent
    state, looked = vector(made.tables[0] if adjacent else made.asking, question), []
    for hop in range(made.config.hops):
        first, second = (hop, hop + 1) if adjacent else (0, 1)
        memory = [
            [
                vector(made.tables[n], one) + made.tables[n].times[len(story) - 1 - place].detach().numpy()
                for n in (first, second)
            ]
            for place, one in enumerate(story)
        ]
        scores = np.exp([m @ state for m, _ in memory])
        weights = scores / scores.sum()
        found = sum(weight * c for weight, (_, c) in zip(weights, memory, strict=True))
        state = (state if adjacent else made.between.weight.detach().numpy() @ state) + found
        looked.append(weights)
    return state, np.array(looked)


@pytest.mark.parametrize("tying", ["adjacent", "layer_wise"])
@pytest.mark.parametrize("hops", [1, 3])
def test_hops_are_those_of_loops(tying, hops):
    made = network(tying=tying, hops=hops)
    found = read(made, batch())
    for row, (story, question) in enumerate(zip(STORIES, QUESTIONS, strict=True)):
        state, looked = by_hand(made, story, question)
        np.testing.assert_allclose(found.state[row], state, atol=1e-12)
        np.testing.assert_allclose(found.looked[row, :, : len(story)], looked, atol=1e-12)
        assert not found.looked[row, :, len(story) :].any()


@pytest.mark.parametrize("tying", ["adjacent", "layer_wise"])
@pytest.mark.parametrize("step", [0, 99])
def test_gradients_are_those_of_finite_differences(tying, step):
    made, given = network(tying=tying, linear_start=0.5), batch()

    def loss():
        return made.loss(given, None, *moments(step)).heads["answer"].nats

    loss().backward()
    for name, parameter in made.named_parameters():
        flat, gradient = parameter.data.view(-1), parameter.grad.view(-1)
        for place in range(0, len(flat), max(1, len(flat) // 7)):
            before, around = flat[place].item(), []
            for change in (1e-6, -1e-6):
                flat[place] = before + change
                around.append(loss().item())
            flat[place] = before
            assert gradient[place].item() == pytest.approx((around[0] - around[1]) / 2e-6, rel=1e-5, abs=1e-7), name


def test_padding_cannot_matter():
    made = network()
    one, other = read(made, batch()), read(made, batch(wider=3))
    torch.testing.assert_close(other.state, one.state)
    torch.testing.assert_close(other.looked[:, :, : one.looked.shape[2]], one.looked)


def test_rows_cannot_matter_to_each_other():
    made, whole = network(), read(network(), batch())
    for row in range(3):
        alone = read(made, batch([STORIES[row]], [QUESTIONS[row]], [ANSWERS[row]]))
        torch.testing.assert_close(alone.state[0], whole.state[row])
    turned = read(made, batch(STORIES[::-1], QUESTIONS[::-1], ANSWERS[::-1]))
    torch.testing.assert_close(turned.state.flip(0), whole.state)


def test_what_is_told_before_moves_the_memory_of_nothing_else():
    made = network(hops=1)
    story = STORIES[0]
    short, long = (read(made, batch([told], [[2]], [1])).looked[0, 0] for told in (story, [[6, 6], *story]))
    torch.testing.assert_close(long[1:] / long[1:].sum(), short)


def test_a_tied_answer_is_a_word_that_is_read():
    made = network()
    assert made.heads["answer"].weight is made.tables[-1].weight
    names = {name for name, _ in made.named_parameters()}
    assert names == {*(f"tables.{n}.{part}" for n in range(3) for part in ("weight", "times")), "heads.answer.bias"}
    own = {name for name, _ in network(tying="layer_wise").named_parameters()}
    assert {"heads.answer.weight", "asking.weight", "between.weight", "tables.1.times"} <= own
    assert not any(name.startswith("tables.2") for name in own)


def test_noise_of_time_acts_in_training_only():
    made, given = network(time_noise=1.0), batch()
    calm, again, noisy, same = (
        made.loss(given, None, moment).heads["answer"].nats.item() for moment in (None, None, *moments(7, 7))
    )
    assert calm == again != noisy == same


def test_it_reads_sentences():
    with pytest.raises(ConfigError, match=r"^story: got tokens, expected sentences\. Choose another model\.$"):
        MemoryNetwork(
            MemoryNetwork.Config(), {"story": Tokens(WORDS), "question": Tokens(WORDS)}, {"answer": Classes(WORDS)}
        )
