"""Part H: words as vectors, local and distributed, and how they are learned."""

import json
import math
import random
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import torch
from torch.nn import functional

import elman
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.vectors.neighbours import Neighbours
from tests.asking import classes

# Deck 004, "Distributed Word Representations": w, then C(w).
TABLE = {
    "the": [0.6762, -0.9607, 0.3626, -0.2410, 0.6636],
    "a": [0.6859, -0.9266, 0.3777, -0.2140, 0.6711],
    "have": [0.1656, -0.1530, 0.0310, -0.3321, -0.1342],
    "be": [0.1760, -0.1340, 0.0702, -0.2981, -0.1111],
    "cat": [0.5896, 0.9137, 0.0452, 0.7603, -0.6541],
    "dog": [0.5965, 0.9143, 0.0899, 0.7702, -0.6392],
    "car": [-0.0069, 0.7995, 0.6433, 0.2898, 0.6359],
}
WORDS = list(TABLE)
C = np.array(list(TABLE.values()), np.float32)
PLACES = [("paris", "france"), ("rome", "italy"), ("madrid", "spain"), ("vienna", "austria"), ("oslo", "norway")]


def one_hot(word, size):
    """Return e(w); the deck counts words from 1."""
    return functional.one_hot(torch.tensor(word - 1), size)


def distance(one, other):
    return float(np.linalg.norm(C[WORDS.index(one)] - C[WORDS.index(other)]))


def nearest(word):
    """Return the nearest word and its cosine."""
    number = WORDS.index(word)
    [(found, cosine)] = Neighbours(C).nearest(C[number], 1, [number])
    return WORDS[found], cosine


def test_H1_W8_word_four_of_ten():
    assert one_hot(4, 10).tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_H2_W8_a_window_of_ten_one_hot_words_is_a_million_units():
    window = [one_hot(word, 100_000) for word in range(1, 11)]
    assert torch.cat(window).shape == (1_000_000,)
    table = Embedding(100_000, 5)
    assert table(torch.arange(10)).flatten().shape == (50,)


@pytest.mark.parametrize(
    ("one", "other", "apart", "cosine"),
    [("the", "a", 0.0476, 0.9995), ("have", "be", 0.0608, 0.9917), ("cat", "dog", 0.0486, 0.9995)],
)
def test_H3_W8_words_that_are_alike_are_near(one, other, apart, cosine):
    assert distance(one, other) == pytest.approx(apart, abs=5e-5)
    assert nearest(one) == (other, pytest.approx(cosine, abs=5e-5))
    assert nearest(other) == (one, pytest.approx(cosine, abs=5e-5))
    assert min((distance(one, word), word) for word in WORDS if word != one)[1] == other


def test_H3_the_car_stands_alone():
    assert nearest("car") == ("dog", pytest.approx(0.3265, abs=5e-5))
    apart, word = min((distance("car", word), word) for word in WORDS if word != "car")
    assert (word, apart) == ("be", pytest.approx(1.4618, abs=5e-5))
    assert apart > 20 * distance("the", "a")


def test_H4_local_vectors_are_all_equally_far_and_distributed_ones_are_not():
    local = np.eye(7, dtype=np.float32)
    apart = [float(np.linalg.norm(local[i] - local[j])) for i, j in combinations(range(7), 2)]
    np.testing.assert_allclose(apart, np.sqrt(2), rtol=1e-6)
    assert all(cosine == 0 for _, cosine in Neighbours(local).nearest(local[0], 6, [0]))
    distributed = [distance(one, other) for one, other in combinations(WORDS, 2)]
    assert max(distributed) > 30 * min(distributed)
    # Of a local vector one number says the word; of a distributed one every number says something of each.
    assert (local != 0).sum(1).tolist() == [1] * 7
    assert (C != 0).all()


def test_H5_H7_W8_looking_up_is_multiplying_by_a_one_hot_vector(float64):
    embed = Embedding(5, 100)
    assert tuple(embed.weight.shape) == (5, 100)
    row = embed(torch.tensor([1]))
    assert row.shape == (1, 100)
    assert torch.equal(row[0], embed.weight[1])
    one = functional.one_hot(torch.tensor([1]), 5).double()
    assert torch.equal(one @ embed.weight, row)
    # The textbook has E with a column a word, and e = E x.
    assert torch.equal(embed.weight.T @ one[0], row[0])


@pytest.mark.parametrize("sparse", [False, True])
def test_H5_the_gradient_is_of_the_rows_that_were_looked_up(sparse):
    """ "Can be optimized for large vocabulary": nothing is done for the other rows."""
    embed = Embedding(5, 100)
    embed.sparse_rows = sparse
    embed(torch.tensor([1, 3, 1])).sum().backward()
    gradient = embed.weight.grad
    if sparse:
        assert gradient.is_sparse
        assert sorted(gradient.coalesce().indices()[0].tolist()) == [1, 3]
        gradient = gradient.to_dense()
    assert gradient[:, 0].tolist() == [0, 2, 0, 1, 0]


def train(folder, lines, epochs, **settings):
    (folder / "text.txt").write_text("".join(f"{line}\n" for line in lines))
    given = {f"model.{key}": value for key, value in settings.items()}
    given |= {"model.embedding_size": 16, "model.subsample": 0, "training.learning_rate": 0.1}
    options = {"out": folder / "run", "epochs": epochs, "threads": 1, "settings": given}
    return elman.load(elman.train("embed", str(folder / "text.txt"), valid=str(folder / "text.txt"), **options).path)


@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
def test_D22_the_missing_word_is_found_from_both_sides(tmp_path, loss):
    """ "I love this _ and I've seen it many times": what comes after the gap tells as much as what comes before."""
    draw, lines = random.Random(1), []
    kinds = [("love", "movie", "seen"), ("read", "book", "opened"), ("play", "song", "heard")]
    for _ in range(200):
        does, what, done = draw.choice(kinds)
        lines.append(f"i {does} this {what} and {draw.choice(['they', 'we'])} have {done} it")
    model = train(tmp_path, lines, 20, architecture="cbow", loss=loss, window=8)
    found = {score.name: score.value for score in model.evaluate(tmp_path / "text.txt").scores}
    counts = Counter(word for line in lines for word in line.split())
    most_frequent = max(counts.values()) / sum(counts.values())
    assert found["cloze_accuracy"] > 4 * most_frequent
    ids = {word: model.task.vocabulary.encode([word])[0] for word in counts}
    for does, what, done in kinds:
        gap = [ids[word] for word in f"i {does} this and we have {done} it".split()]
        assert model.task.vocabulary.tokens[model.model.missing_word([gap])[0]] == what


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A run on sentences of capitals and their countries: each word of a pair has its own, and its kind's, company."""
    draw, lines = random.Random(2), []
    kinds = {"city": ["mayor", "street", "tower"], "country": ["border", "army", "president"]}
    for _ in range(1500):
        number = draw.randrange(len(PLACES))
        kind, name = draw.choice(list(zip(kinds, PLACES[number], strict=True)))
        own = [f"{thing}{number}" for thing in ("food", "river", "poet")]
        lines.append(" ".join([draw.choice(own), draw.choice(kinds[kind]), name, draw.choice(own), kind]))
    folder = tmp_path_factory.mktemp("places")
    return train(folder, lines, 20, window=4)


def test_D23_neighbours_share_their_company(places):
    for capital, country in PLACES:
        words = {word for word, _ in places.predict(capital, 12)}
        assert country in words or words & {other for other, _ in PLACES}
        assert "president" not in {word for word, _ in places.predict(capital, 3)}


def test_D23_a_country_is_to_its_capital_as_another_to_its_own(places, tmp_path):
    assert places.analogy("paris", "france", "rome", 1).value[0][0] == "italy"
    lines = [f"{a} {b} {c} {d}" for (a, b), (c, d) in combinations(PLACES, 2)]
    (tmp_path / "capitals.txt").write_text("\n".join([": capitals", *lines]) + "\n")
    [score] = places.evaluate(tmp_path / "capitals.txt").scores
    assert score.value > 0.9
    events = [json.loads(line) for line in (places.path / "metrics.jsonl").read_text().splitlines()]
    losses = [event["nats"] for event in events if event["event"] == "pass"]
    assert losses[-1] < 0.85 * losses[0]


@pytest.mark.usefixtures("float64")
def test_H6_a_softmax_is_a_power_over_the_sum_of_powers_over_the_vocabulary():
    head = SoftmaxHead(3, classes(7))
    head.weight.data, head.bias.data = torch.randn(7, 3), torch.randn(7)
    hidden = torch.randn(4, 3)
    found = head.next(hidden).exp().detach()
    weight, bias = head.weight.detach(), head.bias.detach()
    for row in range(4):
        a = [float(weight[k] @ hidden[row] + bias[k]) for k in range(7)]
        total = sum(math.exp(one) for one in a)
        assert found[row].tolist() == pytest.approx([math.exp(one) / total for one in a], abs=1e-12)
