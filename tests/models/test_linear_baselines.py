"""What is fitted in one go on words: n-grams with TF-IDF, and features of pairs."""

import builtins
import math
import random
import re
from itertools import product

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.data.records import Example
from elman.errors import CheckpointError, ConfigError
from elman.models import MODELS
from elman.models.base import Fitting
from elman.models.base.ngram_counts import NgramCounts
from elman.models.base.tfidf import EDGE, Tfidf
from elman.models.pair_features import stem, surface, unmatched
from elman.regression import LinearWeights, fit_logistic
from elman.tasks import TASKS
from elman.tasks.base import DataFiles

WORDS = [f"w{letter}" for letter in "abcdefghijkl"]


def prepared(name, text, folder, reader="table", **config):
    path = folder / "train.csv"
    path.write_text(text)
    kind, reads = TASKS.get(name), READERS.get(reader)
    settings = kind.settle(kind.Config(**{"words": "blanks", "digits": False, **config}), [str(path)])
    options = {"label_separator": "|"} if name == "classify" else {}
    read = reads(reads.Config(delimiter=",", header="yes", **options), names_of(kind.fields(settings)))
    return kind.prepare(settings, read, DataFiles([path], [path], 0), folder, print)


def fitted(name, task, data, folder, **options):
    kind = MODELS.get(name)
    model = kind(kind.Config(**options), *task.outlines)
    model.fit(data.train, Fitting(folder, 0, 1, print))
    return model


def copied(model, task):
    """Return another model with the weights of the first."""
    other = type(model)(model.config, *task.outlines)
    other.load_weights({name: array.copy() for name, array in model.weights().items()})
    return other


def told(task, model, data):
    """Return log p of each label of each text, (N, K)."""
    found = {row: said for row, said, _ in task.each(model, data, True)}
    return np.stack([found[row] for row in range(len(found))])


@pytest.mark.parametrize(
    ("name", "task", "text"),
    [("linear", "classify", "text,label\na,x\nb,y\n"), ("pair_features", "pair", "first,second,label\na,b,x\nb,a,y\n")],
)
def test_a_model_without_a_table_takes_no_vectors(tmp_path, name, task, text):
    (tmp_path / "v.txt").write_text("a 1 2 3 4\n")
    task, _ = prepared(task, text, tmp_path, vectors=str(tmp_path / "v.txt"))
    kind = MODELS.get(name)
    with pytest.raises(ConfigError) as refused:
        kind(kind.Config(), *task.outlines)
    assert str(refused.value) == f"task.vectors: model {name} has no table for vectors. Leave them out."


# linear


def corpus(classes, count=40):
    """Return texts whose words hint at their class, and the classes."""
    draw = random.Random(classes)
    labels = [f"c{draw.randrange(classes)}" for _ in range(count)]
    texts = [
        " ".join(draw.choice([f"hint{label}", "Wa", *WORDS]) for _ in range(draw.randint(3, 12))) for label in labels
    ]
    return texts, labels


def table(texts, labels):
    return "text,label\n" + "".join(f"{text},{label}\n" for text, label in zip(texts, labels, strict=True))


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("ngrams", "strength"), [(2, 10.0), (1, 0.5)])
def test_linear_is_the_pipeline_of_scikit_learn(tmp_path, classes, ngrams, strength):
    texts, labels = corpus(classes)
    task, data = prepared("classify", table(texts, labels), tmp_path)
    model = fitted("linear", task, data, tmp_path, ngrams=ngrams, strength=strength)
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, ngrams), token_pattern=r"\S+")
    pipeline = make_pipeline(vectorizer, LogisticRegression(C=strength, max_iter=1000)).fit(texts, labels)
    asked = [*texts, "wa wb unseen hintc0 wa wa", "unseen words alone", "hintc1"]
    found = told(task, model, task.encode([Example({"text": text}) for text in asked]))
    order = [list(pipeline.classes_).index(label) for label in task.labels.tokens]
    np.testing.assert_allclose(np.exp(found), pipeline.predict_proba(asked)[:, order], atol=1e-6)
    np.testing.assert_allclose(np.exp(found).sum(1), 1)
    assert len(model.weights()["ngrams"]) == len(vectorizer.vocabulary_)
    batch = task.batch(task.encode([Example({"text": text}) for text in asked]), np.arange(43))
    best = model.answers(batch).best["label"][:, 0]
    assert task.answers["label"].decode(best) == pipeline.predict(asked).tolist()


def test_ngrams_that_are_too_rare_are_no_features(tmp_path):
    texts, labels = corpus(2)
    task, data = prepared("classify", table(texts, labels), tmp_path)
    grams = [gram for text in texts for gram in CountVectorizer(ngram_range=(1, 2)).build_analyzer()(text)]
    expected = {gram for gram in grams if grams.count(gram) >= 4}
    model = fitted("linear", task, data, tmp_path, least=4)
    rows = [task.coder.decode(row[row >= 0]) for row in model.weights()["ngrams"]]
    assert {" ".join(row) for row in rows} == expected
    with pytest.raises(ConfigError, match=r"model.least: no n-gram occurs 1,000 times in training. Give a smaller"):
        fitted("linear", task, data, tmp_path, least=1000)


def test_each_of_several_labels_is_a_regression_of_its_own(tmp_path):
    texts, first = corpus(3)
    labels = [f"{label}|even" if len(text) % 2 else label for text, label in zip(texts, first, strict=True)]
    task, data = prepared("classify", table(texts, labels), tmp_path)
    model = fitted("linear", task, data, tmp_path, strength=3.0)
    log_probs = told(task, model, data.train)
    assert set(task.labels.tokens) == {"c0", "c1", "c2", "even"}
    for column, label in enumerate(task.labels.tokens):
        yes = [label in one.split("|") for one in labels]
        vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\S+")
        pipeline = make_pipeline(vectorizer, LogisticRegression(C=3.0, max_iter=1000)).fit(texts, yes)
        np.testing.assert_allclose(np.exp(log_probs[:, column]), pipeline.predict_proba(texts)[:, 1], atol=1e-6)
    batch = task.batch(data.train, np.arange(len(texts)))
    best = model.answers(batch).best["labels"]
    assert best.shape == (len(texts), 1, 4)
    assert (best[:, 0] == (log_probs > np.log(0.5))).all()


def spelled(classes, count=60):
    """Return names whose endings hint at their class, and the classes."""
    draw = random.Random(7 + classes)
    labels = [f"c{draw.randrange(classes)}" for _ in range(count)]
    endings = {"c0": ["ova", "ska"], "c1": ["son", "Sen"], "c2": ["ini", "o 2"]}
    stems = ["".join(draw.choice("Abekrimnö ") for _ in range(draw.randint(1, 6))) for _ in labels]
    texts = [" ".join(f"{stem}{draw.choice(endings[one])}".split()) for stem, one in zip(stems, labels, strict=True)]
    return texts, labels


def features(model, ngrams, idf):
    """Return idf by n-gram, whose edges are blanks in the n-grams of scikit-learn here."""
    weights = model.weights()
    return {tuple(row[row != -1]): value for row, value in zip(weights[ngrams], weights[idf], strict=True)}


@pytest.mark.parametrize("ngrams", [1, 3, None])
def test_ngrams_of_characters_are_those_of_scikit_learn_between_edges(tmp_path, ngrams):
    texts, labels = spelled(3)
    task, data = prepared("classify", table(texts, labels), tmp_path, words="characters")
    model = fitted("linear", task, data, tmp_path, ngrams=ngrams)
    vectorizer = TfidfVectorizer(analyzer="char", sublinear_tf=True, ngram_range=(1, ngrams or 5))
    pipeline = make_pipeline(vectorizer, LogisticRegression(C=10, max_iter=1000))
    pipeline.fit([f"|{text}|" for text in texts], labels)
    letters = {letter: number for number, letter in enumerate(task.coder.words.tokens)} | {"|": EDGE}
    expected = {
        tuple(letters[letter] for letter in name): vectorizer.idf_[column]
        for name, column in vectorizer.vocabulary_.items()
    }
    found = features(model, "ngrams", "idf")
    assert found.keys() == expected.keys()
    assert max(abs(found[name] - expected[name]) for name in found) < 1e-12
    asked = [*texts, "anova", "Björnsen", "x", "ö 2"]
    said = told(task, model, task.encode([Example({"text": text}) for text in asked]))
    order = [list(pipeline.classes_).index(label) for label in task.labels.tokens]
    right = pipeline.predict_proba([f"|{text}|" for text in asked])[:, order]
    np.testing.assert_allclose(np.exp(said), right, atol=1e-6)
    assert (told(task, copied(model, task), data.train) == told(task, model, data.train)).all()
    assert model.title == f"TF-IDF of up to {ngrams or 5}-grams of characters, logistic regression"


def test_rows_of_characters_are_those_of_scikit_learn():
    texts = ["anna", "hannah", "ann an", "bo"]
    letters = {letter: number for number, letter in enumerate("abhno ")} | {"|": EDGE}
    coded = [[[letters[letter] for letter in f"|{text}|"]] for text in texts]
    learned = Tfidf.learn(NgramCounts.of(coded, 4))
    vectorizer = TfidfVectorizer(analyzer="char", sublinear_tf=True, ngram_range=(1, 4))
    dense = vectorizer.fit_transform([f"|{text}|" for text in texts]).toarray()
    for text, row in zip(coded, dense, strict=True):
        found = learned.row(text)
        named = {
            name: found.get(learned.columns[tuple(letters[letter] for letter in name)], 0.0)
            for name in vectorizer.vocabulary_
        }
        for name, column in vectorizer.vocabulary_.items():
            assert abs(named[name] - row[column]) < 1e-12


def test_characters_within_words_stand_beside_words_with_a_norm_of_their_own(tmp_path):
    texts, labels = spelled(2)
    task, data = prepared("classify", table(texts, labels), tmp_path, unknown_rate=0.0)
    model = fitted("linear", task, data, tmp_path, characters=3)
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\S+")
    within = TfidfVectorizer(analyzer="char_wb", lowercase=False, sublinear_tf=True, ngram_range=(1, 3))
    pipeline = make_pipeline(FeatureUnion([("w", words), ("c", within)]), LogisticRegression(C=10, max_iter=1000))
    pipeline.fit(texts, labels)
    assert len(model.weights()["characters.idf"]) == len(within.vocabulary_)
    np.testing.assert_allclose(sorted(model.weights()["characters.idf"]), sorted(within.idf_), atol=1e-12)
    asked = [*texts, "Annova", "rinSen b", "qq"]
    said = told(task, model, task.encode([Example({"text": text}) for text in asked[:-1]]))
    order = [list(pipeline.classes_).index(label) for label in task.labels.tokens]
    np.testing.assert_allclose(np.exp(said), pipeline.predict_proba(asked[:-1])[:, order], atol=1e-6)
    assert (told(task, copied(model, task), data.train) == told(task, model, data.train)).all()
    assert model.title == "TF-IDF of up to 2-grams and 3-grams of characters within words, logistic regression"
    with pytest.raises(CheckpointError, match=r"the linear model has no 'characters\.idf'"):
        model.load_weights({name: one for name, one in model.weights().items() if name != "characters.idf"})


def test_characters_of_characters_are_refused(tmp_path):
    texts, labels = spelled(2)
    task, data = prepared("classify", table(texts, labels), tmp_path, words="characters")
    message = r"model\.characters: got 3, but what is read are characters already .* Set model\.ngrams\."
    with pytest.raises(ConfigError, match=message):
        fitted("linear", task, data, tmp_path, characters=3)
    kind = MODELS.get("rnn_classifier")
    message = r"model\.characters: got lstm, but what is read are characters already .* Leave it out\."
    with pytest.raises(ConfigError, match=message):
        kind(kind.Config(characters="lstm"), *task.outlines)
    assert kind(kind.Config(shape_size=2), *task.outlines).num_weights()


def test_a_label_that_all_or_no_texts_have_is_a_bias():
    rows = [{0: 1.0}, {1: 1.0}, {0: 1.0, 1: 2.0}]
    found = fit_logistic(rows, 2, np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1]], bool), 1.0)
    assert found.bias[:2].tolist() == [10.0, -10.0]
    assert not found.weight[:2].any()
    assert found.weight[2].any()


def test_logits_are_a_product_of_matrices():
    draw = np.random.default_rng(0)
    linear = LinearWeights(draw.normal(size=(3, 5)), draw.normal(size=3))
    dense = np.array([[0, 2.0, 0, 0, -1.0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1.0]])
    rows = [{column: value for column, value in enumerate(row) if value} for row in dense.tolist()]
    np.testing.assert_allclose(linear.logits(rows), dense @ linear.weight.T + linear.bias)
    assert linear.logits([]).shape == (0, 3)


@pytest.mark.parametrize("strength", [0.1, 10.0])
def test_a_regression_is_where_its_objective_is_flat(strength):
    draw = np.random.default_rng(1)
    dense = draw.normal(size=(40, 3))
    targets = draw.integers(0, 3, 40)
    rows = [dict(enumerate(row)) for row in dense.tolist()]
    weight, bias = fit_logistic(rows, 3, targets, strength)
    logits = dense @ weight.T + bias
    wrong = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)) - np.eye(3)[targets]
    # ∂ of C Σ -log p + ½ ‖W‖², by hand
    np.testing.assert_allclose(strength * wrong.T @ dense + weight, 0, atol=1e-3 * strength * 40)
    np.testing.assert_allclose(strength * wrong.sum(0), 0, atol=1e-3 * strength * 40)


def test_weights_of_linear_round_trip_and_wrong_ones_are_refused(tmp_path):
    texts, labels = corpus(3)
    task, data = prepared("classify", table(texts, labels), tmp_path)
    model = fitted("linear", task, data, tmp_path)
    found = [told(task, one, data.train) for one in (model, copied(model, task))]
    assert (found[0] == found[1]).all()
    good, columns = model.weights(), len(model.weights()["idf"])
    assert model.title == "TF-IDF of up to 2-grams, logistic regression"
    for name in good:
        rest = {other: array for other, array in good.items() if other != name}
        with pytest.raises(CheckpointError, match=f"the linear model has no '{name}'."):
            model.load_weights(rest)
    for name, wrong, shape in [
        ("ngrams", good["ngrams"][:, :1], (columns, 2)),
        ("weight", good["weight"][:2], (3, columns)),
        ("bias", good["bias"][:2], (3,)),
    ]:
        message = f"the linear model has {name} of shape {wrong.shape}, expected {shape}."
        with pytest.raises(CheckpointError, match=re.escape(message)):
            model.load_weights({**good, name: wrong})


@pytest.mark.parametrize("missing", ["sklearn", "scipy"])
def test_without_scikit_learn_the_extra_is_named(monkeypatch, missing):
    found = builtins.__import__

    def importing(name, *args, **kwargs):
        if name.partition(".")[0] == missing:
            raise ImportError(name)
        return found(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importing)
    message = "a linear model is fitted by scikit-learn, which is missing: pip install 'elman[linear]'."
    with pytest.raises(ConfigError, match=re.escape(message)):
        fit_logistic([{0: 1.0}, {0: -1.0}], 1, np.array([0, 1]), 1.0)


# pair_features

FLAGS = [
    "not 1", "not 2", "not one", "not both", "equal", "same words", "all of 1", "all of 2", "one left 1", "one left 2",
    "all", "one each",
]  # fmt: skip
NUMBERS = [
    "shared 1", "shared 2", "jaccard", "pairs 1", "pairs 2", "words 1", "words 2", "difference", "signed",
    "left 1", "left 2", "left share 1", "left share 2",
]  # fmt: skip


def named(first, second):
    """Return what the features of two texts are, by name, and check how negation multiplies them."""
    values = surface(first.split(), second.split())
    flags, numbers, products = values[:12], values[12:25], values[25:]
    assert products == [flags[2] * number for number in numbers]
    return dict(zip(FLAGS + NUMBERS, [*flags, *numbers], strict=True))


def test_features_of_a_pair_by_hand():
    found = named("a man is playing a guitar", "the man is not playing guitars")
    assert {name for name in FLAGS if found[name]} == {"not 2", "not one"}
    # shared: man is playing; the stem of guitar is that of guitars; left over: a a | the not
    expected = [3 / 6, 3 / 6, 3 / 9, 1 / 5, 1 / 5, 6 / 30, 6 / 30, 0, 0, 2 / 5, 2 / 5, 2 / 6, 2 / 6]
    assert [found[name] for name in NUMBERS] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("first", "second", "flags"),
    [
        ("no dogs", "no dogs", {"not 1", "not 2", "not both", "equal", "same words", "all of 1", "all of 2", "all"}),
        ("a b", "b a", {"same words", "all of 1", "all of 2", "all"}),
        ("nobody sleeps", "sleeping", {"not 1", "not one", "one left 1", "all of 2"}),
        ("a man", "a woman", {"one left 1", "one left 2", "one each"}),
        ("a b c", "b", {"all of 2"}),
        ("", "", {"equal", "same words", "all of 1", "all of 2", "all"}),
        ("", "do n't", {"not 2", "not one", "all of 1"}),
    ],
)
def test_flags_of_a_pair(first, second, flags):
    found = named(first, second)
    assert {name for name in FLAGS if found[name]} == flags
    assert all(math.isfinite(value) for value in found.values())


def test_lengths_are_compared_with_the_longer():
    found = named("a b c d", "e")
    assert (found["difference"], found["signed"]) == (0.75, 0.75)
    assert named("e", "a b c d")["signed"] == -0.75


def test_words_are_aligned_by_themselves_then_by_stem_each_once():
    assert unmatched(["dogs", "run"], ["dog", "running", "ran"]) == (["run"], ["running", "ran"])
    assert unmatched(["walk", "walks", "walked"], ["walking"]) == (["walks", "walked"], [])
    assert unmatched(["a", "a", "b"], ["a"]) == (["a", "b"], [])
    assert unmatched(["make", "baked"], ["making", "bakes"]) == ([], [])
    assert [stem(word) for word in ("is", "bus", "the", "class", "toes", "sing")] == [
        "is", "bus", "the", "clas", "to", "sing",
    ]  # fmt: skip


def pairs_text(target="label"):
    draw = random.Random(3)
    lines = [f"first,second,{target}"]
    for _ in range(60):
        first = [draw.choice(WORDS) for _ in range(4)]
        second = first[:3] if draw.random() < 0.5 else [draw.choice(WORDS) for _ in range(3)]
        value = len(set(first) & set(second)) if target == "score" else "yes" if second == first[:3] else "no"
        lines.append(f"{' '.join(first)},{' '.join(second)},{value}")
    return "\n".join(lines) + "\n"


def test_pairs_are_told_apart_by_their_overlap(tmp_path):
    task, data = prepared("pair", pairs_text(), tmp_path)
    model = fitted("pair_features", task, data, tmp_path, buckets=256)
    assert task.evaluation(model, data.train).scores[0].value == 1.0
    assert model.title == "overlap, negation, length, alignment; logistic regression"
    batch = task.batch(data.train, np.arange(8))
    np.testing.assert_allclose(np.exp(model.answers(batch).log_probs["label"]).sum(-1), 1)


def test_a_score_is_the_mean_of_its_levels(tmp_path):
    task, data = prepared("pair", pairs_text("score"), tmp_path, target="score", levels=5, lowest=0, highest=4)
    model = fitted("pair_features", task, data, tmp_path, buckets=64)
    batch = task.batch(data.train, np.arange(60))
    found = model.answers(batch)
    probabilities = np.exp(found.log_probs["score"][:, 0])
    assert found.best["score"][:, 0] == pytest.approx(probabilities @ [0, 1, 2, 3, 4])
    assert set(np.unique(np.rint(data.train.targets["score"].values))) <= {0, 1, 2, 3}
    assert probabilities[:, 4].max() < 1e-9  # no pair of the training part has it
    assert np.corrcoef(found.best["score"][:, 0], data.train.targets["score"].values)[0, 1] > 0.9


def test_pairs_of_one_level_only_are_given_that_level(tmp_path):
    text = "first,second,score\na b,b c,2.0\na,d,2.1\nb,c,1.9\n"
    task, data = prepared("pair", text, tmp_path, target="score", levels=6, lowest=0, highest=5)
    model = fitted("pair_features", task, data, tmp_path, buckets=8)
    assert task.told(model, data.train) == pytest.approx([2, 2, 2])


def test_unknown_words_equal_themselves_only_and_answers_do_not_depend_on_other_pairs(tmp_path):
    task, data = prepared("pair", pairs_text(), tmp_path)
    model = fitted("pair_features", task, data, tmp_path, buckets=8)
    unseen = ["xa", "xb", "xc", "xd", "xe", "xf"]
    asked = [Example({"first": f"wa {one} wb", "second": f"wa {other} wb"}) for one, other in product(unseen, repeat=2)]
    together = told(task, model, task.encode(asked))
    alone = np.stack([told(task, model, task.encode([example]))[0] for example in asked])
    yes = task.answers["label"].names.index("yes")
    probabilities = [np.exp(found[:, yes]).tolist() for found in (together, alone)]
    assert probabilities[0] == pytest.approx(probabilities[1], rel=1e-12)
    # Whether the two are the same word is all that is known of them.
    same = {round(probability, 12) for probability in probabilities[0][:: len(unseen) + 1]}
    assert len(same) == 1
    assert len({round(probability, 12) for probability in probabilities[0]} - same) == 1


def test_weights_of_features_round_trip_and_wrong_ones_are_refused(tmp_path):
    task, data = prepared("pair", pairs_text(), tmp_path)
    model = fitted("pair_features", task, data, tmp_path, buckets=16)
    found = [told(task, one, data.train) for one in (model, copied(model, task))]
    np.testing.assert_array_equal(found[0], found[1])
    good = model.weights()
    for name, shape in {"weight": (2, 80), "bias": (2,)}.items():
        rest = {other: array for other, array in good.items() if other != name}
        for weights, got in ((rest, "none"), ({**good, name: good[name][:1]}, str(good[name][:1].shape))):
            message = f"the model of features has {name} of shape {got}, expected {shape}."
            with pytest.raises(CheckpointError, match=re.escape(message)):
                model.load_weights(weights)


def test_an_example_that_counts_twice_is_like_two():
    draw = random.Random(4)
    rows = [{column: draw.uniform(-1, 1) for column in range(3)} for _ in range(30)]
    targets, weights = np.array([draw.randrange(3) for _ in rows]), np.array([draw.randrange(1, 4) for _ in rows])
    twice = [row for row, weight in zip(rows, weights, strict=True) for _ in range(weight)]
    weighted = fit_logistic(rows, 3, targets, 1.0, weights)
    repeated, plain = fit_logistic(twice, 3, np.repeat(targets, weights), 1.0), fit_logistic(rows, 3, targets, 1.0)
    np.testing.assert_allclose(weighted.weight, repeated.weight, atol=2e-3)
    np.testing.assert_allclose(weighted.bias, repeated.bias, atol=2e-3)
    assert np.abs(weighted.weight - plain.weight).max() > 0.02


def test_a_fit_that_stops_short_of_its_minimum_says_so(monkeypatch):
    rows, said = [{0: 1.0, 1: 3.0}, {0: -1.0, 1: 2.0}, {0: 0.5}], []
    fit_logistic(rows, 2, np.array([0, 1, 2]), 1.0, None, said.append)
    assert said == []
    monkeypatch.setattr("elman.regression._ROUNDS", 1)
    fit_logistic(rows, 2, np.array([0, 1, 2]), 1.0, None, said.append)
    assert said == ["the regression stopped after 1 rounds, short of its minimum; a smaller model.strength helps"]


def test_what_working_counted_is_not_cut_again(tmp_path, monkeypatch):
    texts, labels = corpus(2)
    task, data = prepared("classify", table(texts, labels), tmp_path)
    expected, cut, real = fitted("linear", task, data, tmp_path, characters=2).weights(), [], NgramCounts.of
    monkeypatch.setattr(NgramCounts, "of", lambda texts, longest: cut.append(longest) or real(texts, longest))
    kind = MODELS.get("linear")
    model = kind(kind.Config(characters=2), *task.outlines)
    assert model.working(data.train) > 0
    model.fit(data.train, Fitting(tmp_path, 0, 1, print))
    assert cut == [2, 2]
    assert all((model.weights()[name] == array).all() for name, array in expected.items())
    model.fit(task.encode(data.train.examples[:30], learns=True), Fitting(tmp_path, 0, 1, print))
    assert cut == [2, 2, 2, 2]


@pytest.mark.parametrize(("classes", "rows"), [(2, 1), (3, 3)])
def test_a_fit_is_said_to_last_by_words_and_rows_of_weights(tmp_path, monkeypatch, classes, rows):
    texts, labels = corpus(classes)
    task, data = prepared("classify", table(texts, labels), tmp_path)
    model = MODELS.get("linear")(MODELS.get("linear").Config(), *task.outlines)
    words = sum(len(text.split()) for text in texts)
    assert model.seconds(data.train) == pytest.approx(1 + words * (2.5e-6 + rows * 4.5e-6), abs=1e-12)
    monkeypatch.setattr("elman.models.linear.can_fit", lambda: False)
    assert model.seconds(data.train) == math.inf
