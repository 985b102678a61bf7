"""n-gram rows of the curriculum: D14, D17-D21, D25, F1, W3-W5, W7. F9 is in test_d_to_w."""

import math
from itertools import pairwise

import numpy as np
import pytest

import elman
from elman.ngram.counts import count
from elman.ngram.estimate import estimate
from elman.ngram.smoothing import SMOOTHINGS
from elman.ngram.workspace import Workspace

THE, STUDENTS, OPENED, THEIR, PROCTOR = 1, 2, 3, 4, 5


def model_of(text, order, name="mle", size=12, **options):
    kind = SMOOTHINGS.get(name)
    return estimate(count(np.array(text), size, order, 0, Workspace()), kind(kind.Config(**options)), Workspace())


def after(model, *context):
    """Return p of every word after a context."""
    states = model.read(np.array(context), np.array([len(context)]), np.zeros(1, np.int64)).states
    return np.exp(model.distribution(states[0]))


def followed(*context, size, **times):
    """Return a text of lines: a context and a word that follows it, so often."""
    words = {name: 6 + number for number, name in enumerate(times)}
    lines = [[*context, words[name], 0] for name, often in times.items() for _ in range(often)]
    rest = size - sum(times.values())
    return [w for line in [*lines, *[[*context, 11, 0]] * rest] for w in line], words


def test_D17_W3_the_fourgram_of_the_lecture():
    text, words = followed(STUDENTS, OPENED, THEIR, size=1000, books=400, exams=100)
    p = after(model_of(text, 4), STUDENTS, OPENED, THEIR)
    assert p[words["books"]] == pytest.approx(400 / 1000)
    assert p[words["exams"]] == pytest.approx(100 / 1000)


def test_D17_the_proctor_is_out_of_sight_of_a_fourgram():
    """As the proctor started the clock, the students opened their ...: the word that tells is discarded."""
    text, _ = followed(STUDENTS, OPENED, THEIR, size=10, books=6, exams=4)
    model = model_of([PROCTOR, *text], 4)
    np.testing.assert_array_equal(
        after(model, PROCTOR, THE, STUDENTS, OPENED, THEIR), after(model, THE, THE, STUDENTS, OPENED, THEIR)
    )


def test_D18_W3_adding_one_to_ten_thousand_words_takes_nearly_everything():
    text, words = followed(STUDENTS, OPENED, THEIR, size=1000, books=400, exams=100)
    p = after(model_of(text, 4, "add_delta", 10_000), STUDENTS, OPENED, THEIR)
    assert p[words["books"]] == pytest.approx(0.03645, abs=5e-6)
    assert p[words["exams"]] == pytest.approx(0.00918, abs=5e-6)
    assert p.sum() == pytest.approx(1, abs=1e-6)
    assert p.min() > 0


def test_D19_backing_off_conditions_on_fewer_words():
    """No line has "students opened their"; some have "opened their"."""
    text, words = followed(THE, OPENED, THEIR, size=10, books=7, exams=3)
    p = after(model_of(text, 4), STUDENTS, OPENED, THEIR)
    assert p[words["books"]] == pytest.approx(0.7)


def test_D20_F1_kneser_ney_counts_contexts_and_not_occurrences():
    """Francisco is frequent and follows one word only: as a continuation it is rare."""
    san, francisco, glasses = 6, 7, 8
    text = [w for _ in range(20) for w in (san, francisco, 0)]
    text += [w for before in (THE, STUDENTS, OPENED, THEIR, PROCTOR) for w in (before, glasses, 0)]
    unseen = after(model_of(text, 2, "kneser_ney"), 9)
    assert unseen[glasses] > 2 * unseen[francisco]
    plain = after(model_of(text, 2, "absolute_discounting"), 9)
    assert plain[francisco] > 2 * plain[glasses]


def test_D21_storage_grows_with_n_and_with_the_text():
    text = np.minimum(np.random.default_rng(0).zipf(1.3, 20_000), 500)
    sizes = [
        [len(level.words) for level in count(text[:length], 501, 5, None, Workspace())] for length in (5000, 20_000)
    ]
    for of_text in sizes:
        assert all(longer > shorter for shorter, longer in pairwise(of_text[1:]))
    assert all(more > fewer for fewer, more in zip(*sizes, strict=True) if fewer != 501)


def test_D14_D25_a_sample_of_a_trigram_has_only_trigrams_of_its_text(text_file, tmp_path):
    settings = {"model.order": 3, "model.smoothing": "mle"}
    run = elman.train(
        "lm",
        train=str(text_file),
        valid=str(text_file),
        model="ngram",
        level="word",
        out=tmp_path / "run",
        settings=settings,
    )
    words = text_file.read_text(encoding="utf-8").replace("\n", " <eos> ").split()
    seen = set(zip(words, words[1:], words[2:], strict=False))
    sample = elman.load(run.path).generate("anna", length=200, seed=3).replace("\n", " <eos> ").split()
    triples = [t for t in zip(sample, sample[1:], sample[2:], strict=False) if "<eos>" not in t[:2]]
    assert len(triples) > 50
    assert set(triples) <= seen


@pytest.mark.parametrize(
    ("context", "size", "counts"),
    [
        ("W4", 26, {"company": (4, 0.154), "bank": (4, 0.154), "price": (2, 0.077), "italian": (1, 0.0385)}),
        (
            "W5",
            278,
            {"the": (20, 0.072), "18": (12, 0.043), "oil": (12, 0.043), "its": (10, 0.036), "gold": (5, 0.018)},
        ),
    ],
)
def test_D17_shares_of_counts_are_what_the_slides_print(context, size, counts):
    """ "today the" and "price of" in Reuters-21578, whose counts give what the deck prints."""
    text, words = followed(THE, THEIR, size=size, **{name: often for name, (often, _) in counts.items()})
    p = after(model_of(text, 3), THE, THEIR)
    for name, (_, printed) in counts.items():
        assert p[words[name]] == pytest.approx(printed, abs=6e-4), context


def test_W7_perplexities_in_bits():
    assert math.log2(67.6) == pytest.approx(6.08, abs=5e-3)
    assert math.log2(30) == pytest.approx(4.91, abs=5e-3)
    assert pytest.approx(-0.556, abs=5e-4) == 30 / 67.6 - 1
