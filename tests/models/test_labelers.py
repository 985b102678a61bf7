"""Models of sentences, texts and pairs: padding, formulas, what may depend on what, and their heads."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from elman.config import Settings
from elman.data.outlines import Classes, Numbers, StartingVectors, Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.heads import AnswerConfig, answering
from elman.heads.graded import GradedHead
from elman.heads.sigmoid import SigmoidHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.initialization import initialize
from elman.layers.recurrent import StackState
from elman.layers.tensors import to_tensors
from elman.models.conditional_pair import ConditionalPair
from elman.models.independent_pair import IndependentPair
from elman.models.rnn_classifier import RnnClassifier
from elman.models.rnn_tagger import RnnTagger
from elman.models.window_tagger import WindowTagger
from elman.moment import Moment, Noise
from elman.training.parts import add_gradients, split
from tests.fields import side_by_side

pytestmark = pytest.mark.usefixtures("float64")

WORDS = Tokens([f"w{number}" for number in range(9)], parts={"characters": 6, "shapes": 4})
TAGS, LABEL, LABELS, SCORE = {"tags": 3}, {"label": 4}, {"labels": 3}, {"score": 5}
SPELLED = {1: [1], 2: [2, 1, 5], 3: [3, 3], 4: [0, 4, 2, 1], 5: [5], 6: [1, 2], 7: [4, 4, 4], 8: [2, 3]}
SENTENCES = [[3, 1, 4, 1], [5], [2, 6, 5]]
PAIRS = [([3, 1, 4], [2, 7]), ([5], [8, 2, 6, 1]), ([8, 1], [3])]
SMALL = {"embedding_size": 4, "hidden_size": 3, "character_embedding_size": 3, "character_hidden_size": 2}


def padded(rows):
    return side_by_side([np.array(row, np.int64) for row in rows])


def batch(texts, **targets):
    """Return a batch of texts by field; what a word's id is says how it is spelled and shaped."""
    different = sorted({word for rows in texts.values() for row in rows for word in row})
    fields = {}
    for name, rows in texts.items():
        fields[name] = padded(rows)
        fields[f"{name}.forms"] = padded([[different.index(word) for word in row] for row in rows])
    for name, rows in targets.items():
        fields[name] = padded(rows) if name == "tags" else Padded(np.array(rows))
    shapes = np.array([word % 4 for word in different], np.int64)[:, None]
    tables = {"characters": padded([SPELLED[word] for word in different]), "shapes": Padded(shapes)}
    return Batch(len(next(iter(texts.values()))), fields, tables)


def sentences(rows, **targets):
    return batch({"words": rows}, **targets)


def pairs(rows, **targets):
    return batch({"first": [first for first, _ in rows], "second": [second for _, second in rows]}, **targets)


def outlined(answers):
    """Return what a model is told of answers of so many kinds each."""
    names = {name: [f"{name} {number}" for number in range(size)] for name, size in answers.items()}
    return {
        name: Numbers(0, size - 1, size) if name == "score" else Classes(names[name], name == "labels")
        for name, size in answers.items()
    }


def built(kind, answers, words=WORDS, **options):
    return kind(
        kind.Config(name="model", **{**SMALL, **options}), dict.fromkeys(kind.reads[0], words), outlined(answers)
    )


def make(kind, answers, **options):
    model = built(kind, answers, **options)
    for parameter in model.parameters():
        parameter.data += 0.7 * torch.randn_like(parameter)
    return model


def probabilities(model, given):
    return {name: np.exp(values) for name, values in model.answers(given).log_probs.items()}


POOLINGS = ("last", "mean", "max", "attention")
CASES = [
    *[(RnnTagger, TAGS, {"characters": read, "shape_size": 2}) for read in ("none", "lstm", "cnn")],
    (RnnTagger, {**TAGS, **LABEL}, {"head": "softmax", "num_layers": 2, "merge": "sum"}),
    (RnnTagger, {**TAGS, **LABEL}, {"self_attention_heads": 2, "initial_state": "learned", "pooling": "attention"}),
    (RnnTagger, {**TAGS, **LABEL}, {"initial_state": "learned", "pooling": "last"}),
    *[(WindowTagger, TAGS, {"characters": read, "window": 2}) for read in ("none", "cnn")],
    *[(RnnClassifier, LABEL, {"pooling": pooling, "characters": "lstm"}) for pooling in POOLINGS],
    (RnnClassifier, LABEL, {"label_smoothing": 0.1}),
    (RnnTagger, TAGS, {"head": "softmax", "label_smoothing": 0.1}),
    (RnnClassifier, LABELS, {"connections": "residual", "num_layers": 2}),
    *[(IndependentPair, LABEL, {"pooling": pooling, "shape_size": 2}) for pooling in POOLINGS],
    *[(IndependentPair, SCORE, {"compare": compare}) for compare in ("concat", "siamese", "all")],
    *[(ConditionalPair, LABEL, {"attention": kind, "characters": "cnn"}) for kind in ("none", "last", "word_by_word")],
    (ConditionalPair, SCORE, {"num_layers": 2, "comparison_layers": 1}),
]
every_model = pytest.mark.parametrize(
    ("kind", "answers", "options"), CASES, ids=lambda value: value.__name__ if isinstance(value, type) else str(value)
)


def examples(kind):
    """Return some examples and what makes a batch of them."""
    return (PAIRS, pairs) if kind in (IndependentPair, ConditionalPair) else (SENTENCES, sentences)


@every_model
def test_an_example_gets_the_same_answer_alone_as_beside_longer_ones(kind, answers, options):
    model, (rows, together) = make(kind, answers, **options), examples(kind)
    every = model.answers(together(rows))
    assert list(every.best) == list(every.log_probs) == list(answers)
    for place, row in enumerate(rows):
        one = model.answers(together([row]))
        for name, log_probs in one.log_probs.items():
            steps = log_probs.shape[1]
            assert steps == (len(row) if name == "tags" else 1)
            np.testing.assert_allclose(every.log_probs[name][place, :steps], log_probs[0], atol=1e-10, rtol=0)
            np.testing.assert_allclose(every.best[name][place, :steps], one.best[name][0], atol=1e-10, rtol=0)
        if one.attention is not None:
            real = tuple(slice(size) for size in one.attention[0].shape)
            np.testing.assert_allclose(every.attention[place][real], one.attention[0], atol=1e-10, rtol=0)
            assert every.attention[place].sum() == pytest.approx(one.attention[0].sum(), abs=1e-10)


@every_model
def test_gradients_reach_every_weight(kind, answers, options):
    model, (rows, together) = make(kind, answers, **options), examples(kind)
    every = {
        "tags": [[0] * len(row) for row in rows],
        "label": [[1]] * len(rows),
        "labels": [[[1.0, 0.0, 1.0]]] * len(rows),
        "score": [[0.5]] * len(rows),
    }
    given = together(rows, **{name: every[name] for name in answers})
    found = model.loss(given, model.initial_state(len(rows)), None)
    sum(loss.nats for loss in found.heads.values()).backward()
    assert list(found.heads) == list(answers)
    assert all(loss.targets == len(rows) for name, loss in found.heads.items() if name != "tags")
    unread = {name for name, value in model.named_parameters() if value.grad is None or not value.grad.any()}
    assert not unread


@every_model
def test_no_words_at_all_have_an_answer(kind, answers, options):
    model, (_, together) = make(kind, answers, **options), examples(kind)
    nothing = ([], []) if together is pairs else []
    log_probs = model.answers(together([nothing, nothing])).log_probs
    assert [values.shape[:2] for values in log_probs.values()] == [(2, 0 if name == "tags" else 1) for name in answers]
    assert all(np.isfinite(values).all() for values in log_probs.values())


@pytest.mark.parametrize("attention", ["none", "last", "word_by_word"])
def test_one_empty_text_of_a_pair_has_an_answer(attention):
    model = make(ConditionalPair, LABEL, attention=attention)
    rows = [([3, 1], []), ([], [2, 5])]
    every = probabilities(model, pairs(rows))["label"]
    assert np.isfinite(every).all()
    for place, row in enumerate(rows):
        np.testing.assert_allclose(probabilities(model, pairs([row]))["label"][0], every[place], atol=1e-10)


# Taggers


@pytest.mark.parametrize("window", [0, 1, 2])
def test_the_window_tagger_looks_at_the_words_around_and_a_border(window):
    model = make(WindowTagger, TAGS, window=window, characters="none", shape_size=2)
    assert model.title == f"window of {2 * window + 1}, 3 units"
    found = model.answers(sentences(SENTENCES)).log_probs["tags"]
    # The weight of input i of the word at place k stands in column i (2C + 1) + k.
    weight = model.hidden.weight.view(3, 6, 2 * window + 1)
    for row, words in enumerate(SENTENCES):
        x = [torch.cat([model.encoder.words.weight[word], model.encoder.shapes.weight[word % 4]]) for word in words]
        for t in range(len(words)):
            around = range(t - window, t + window + 1)
            z = [x[place] if 0 <= place < len(words) else model.border for place in around]
            h = torch.tanh(sum(weight[:, :, k] @ part for k, part in enumerate(z)) + model.hidden.bias)
            head = model.heads["tags"]
            expected = torch.log_softmax(head.weight @ h + head.bias, -1)
            np.testing.assert_allclose(found[row, t], expected.detach(), atol=1e-10, rtol=0)


def test_the_window_tagger_drops_in_training_and_starts_within_its_bound():
    model = make(WindowTagger, TAGS)
    given = sentences(SENTENCES, tags=[[0] * len(row) for row in SENTENCES])
    once, again, plain = (
        model.loss(given, None, moment).heads["tags"].nats
        for moment in (Moment(Noise(0, 0)), Moment(Noise(0, 1)), None)
    )
    assert len({once.item(), again.item(), plain.item()}) == 3
    model.reset_parameters(torch.Generator().manual_seed(0))
    width = model.encoder.output_size
    assert 0 < model.border.abs().max() <= width**-0.5
    assert 0 < model.hidden.weight.abs().max() <= (5 * width) ** -0.5
    model.reset_parameters(torch.Generator().manual_seed(0), 0.01)
    assert max(model.border.abs().max(), model.hidden.weight.abs().max()) <= 0.01
    assert (model.hidden.bias == 0).all()


def hidden_of(model, given):
    return model.encode(to_tensors(given, torch.device("cpu")), None).hidden


def test_the_loss_of_a_softmax_tagger_is_that_of_each_tag_and_of_the_label():
    model = make(RnnTagger, {**TAGS, **LABEL}, head="softmax", dropout=0.0)
    tags, label = [[0, 2, 1, 1], [2], [1, 0, 0]], [[3], [0], [1]]
    given = sentences(SENTENCES, tags=tags, label=label)
    found, log_probs = model.loss(given, None, None).heads, model.answers(given).log_probs
    expected = -sum(log_probs["tags"][b, t, tag] for b, row in enumerate(tags) for t, tag in enumerate(row))
    assert found["tags"].nats.item() == pytest.approx(expected, abs=1e-10)
    assert found["label"].nats.item() == pytest.approx(-sum(log_probs["label"][b, 0, label[b][0]] for b in range(3)))
    assert (found["tags"].targets, found["label"].targets) == (8, 3)
    model.config = model.config.model_copy(update={"label_weight": 0.25})
    nats = {name: loss.nats for name, loss in model.loss(given, None, None).heads.items()}
    assert nats == {name: loss.nats for name, loss in found.items()}  # nats are nats, whatever they count
    parts = split(given, StackState(()), 2, model.penalty_terms, lambda part: Moment(Noise(0, 0)), model.initial_state)
    sums = add_gradients(model.loss, parts, {"tags": 1.0, **model.head_weights})
    means = [float(found[name].nats.detach()) / found[name].targets for name in ("tags", "label")]
    assert sums.loss == pytest.approx(means[0] + 0.25 * means[1], abs=1e-12)


def test_the_loss_of_a_crf_tagger_is_the_share_of_the_path_among_all_paths():
    model, words = make(RnnTagger, TAGS), [3, 1, 4]
    head = model.heads["tags"]
    hidden = hidden_of(model, sentences([words]))["tags"].values[0]
    emissions = (hidden @ head.weight.T + head.bias).tolist()
    starts, pair_scores, ends = head.starts.tolist(), head.transitions.tolist(), head.ends.tolist()
    scores = {}
    for path in itertools.product(range(3), repeat=3):
        moves = sum(pair_scores[a][b] for a, b in itertools.pairwise(path))
        scores[path] = starts[path[0]] + sum(emissions[t][tag] for t, tag in enumerate(path)) + moves + ends[path[-1]]
    total = math.log(sum(math.exp(score) for score in scores.values()))
    for path in [(0, 2, 1), (1, 1, 1)]:
        nats, count = model.loss(sentences([words], tags=[list(path)]), None, None).heads["tags"]
        assert nats.item() == pytest.approx(total - scores[path], abs=1e-10)
        assert count == 3
    assert tuple(model.answers(sentences([words])).best["tags"][0]) == max(scores, key=scores.get)


@pytest.mark.parametrize("head", ["softmax", "crf"])
def test_B5_the_last_word_changes_the_first_tag_where_both_directions_are_read(head):
    for both in (True, False):
        model = make(RnnTagger, TAGS, bidirectional=both, head=head)
        if head == "crf":
            for scores in (model.heads["tags"].transitions, model.heads["tags"].starts, model.heads["tags"].ends):
                scores.data.zero_()  # tags that do not depend on their neighbours
        one, other = (probabilities(model, sentences([words]))["tags"][0] for words in ([3, 1, 4, 2], [3, 1, 4, 6]))
        assert (np.abs(one[0] - other[0]).max() > 1e-6) == both
        assert np.abs(one[-1] - other[-1]).max() > 1e-6
        if not both:
            np.testing.assert_allclose(one[:-1], other[:-1], atol=1e-12, rtol=0)


def test_the_label_of_a_tagged_sentence_is_made_from_both_last_states():
    model = make(RnnTagger, {**TAGS, **LABEL}, pooling="last")
    hidden, head = hidden_of(model, sentences(SENTENCES)), model.heads["label"]
    outputs, found = hidden["tags"].values, model.answers(sentences(SENTENCES)).log_probs["label"]
    for row, words in enumerate(SENTENCES):
        both = torch.cat([outputs[row, len(words) - 1, :3], outputs[row, 0, 3:]])
        expected = torch.log_softmax(head.weight @ both + head.bias, -1).detach()
        np.testing.assert_allclose(found[row, 0], expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ({}, "bi-lstm 1x3, characters by lstm, crf"),
        ({"bidirectional": False, "characters": "none", "head": "softmax", "cell": "gru"}, "gru 1x3, softmax"),
    ],
)
def test_the_title_of_a_tagger(options, title):
    assert make(RnnTagger, TAGS, **options).title == title


def test_an_unknown_head_is_refused():
    with pytest.raises(ConfigError) as refused:
        Settings({"model": {"head": "cfr"}}).build("model", RnnTagger.Config)
    assert str(refused.value) == "[model] head: got 'cfr', expected 'softmax' or 'crf'."


@pytest.mark.parametrize(("kind", "answers"), [(RnnTagger, {**TAGS, **LABEL}), (RnnClassifier, LABEL)])
@pytest.mark.parametrize("options", [{"self_attention_heads": 2}, {"connections": "residual", "num_layers": 2}])
def test_the_last_state_is_not_pooled_past_other_layers(kind, answers, options):
    with pytest.raises(ConfigError) as refused:
        make(kind, answers, pooling="last", **options)
    assert str(refused.value) == (
        "model.pooling: last takes the state of the last layer, past self-attention and connections. Take max, mean or "
        "attention with them."
    )
    make(kind, answers, pooling="mean", **options)


# Classifier and pairs


def test_a_classifier_says_where_it_looked():
    model = make(RnnClassifier, LABEL, pooling="attention")
    found = model.answers(sentences(SENTENCES)).attention
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-12)
    assert (found[1, 1:] == 0).all()
    assert model.title == "bi-lstm 1x3, pooling attention"
    plain = make(RnnClassifier, LABEL, bidirectional=False)
    assert plain.answers(sentences(SENTENCES)).attention is None
    assert plain.title == "lstm 1x3, pooling max"


@pytest.mark.parametrize("compare", ["concat", "siamese", "all"])
def test_two_texts_are_read_by_one_network_and_compared(compare):
    model = make(IndependentPair, LABEL, compare=compare, pooling="mean", comparison_size=5)
    assert model.title == f"independent, {compare}, lstm 3"
    found = hidden_of(model, pairs(PAIRS))["label"].values[:, 0]
    for row, texts in enumerate(PAIRS):
        vectors = []
        for words in texts:
            x = model.encoder.words.weight[torch.tensor([words])]
            vectors.append(model.recurrent(x, model.recurrent.initial_state(1)).hidden[0].mean(0))
        u, v = vectors
        parts = {"concat": [u, v], "siamese": [abs(u - v), u * v], "all": [u, v, abs(u - v), u * v]}[compare]
        layer = model.compare.layers[0]
        torch.testing.assert_close(
            found[row], torch.tanh(layer.weight @ torch.cat(parts) + layer.bias), atol=1e-10, rtol=0
        )
    swapped = hidden_of(model, pairs([(second, first) for first, second in PAIRS]))["label"].values[:, 0]
    assert torch.allclose(swapped, found, atol=1e-12, rtol=0) == (compare == "siamese")


def states(stack, words, table, state):
    """Run a stack of one layer over a text, word by word; return all outputs and the last state."""
    outputs = []
    for word in words:
        h, state = stack.layers[0](table[word][None], state)
        outputs.append(h[0])
    return outputs, state


@pytest.mark.parametrize("attention", ["none", "last", "word_by_word"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_second_text_begins_where_the_first_ended(attention, cell):
    model = make(ConditionalPair, LABEL, attention=attention, cell=cell)
    assert model.title == f"conditional, attention {attention}, {cell} 3"
    found, table = hidden_of(model, pairs(PAIRS))["label"].values[:, 0], model.encoder.words.weight
    for row, (first, second) in enumerate(PAIRS):
        premise, state = states(model.first, first, table, model.first.initial_state(1)[0])
        hypothesis, _ = states(model.second, second, table, state)
        expected = hypothesis[-1]
        if attention != "none":
            keys, r = model.attend, torch.zeros(3)
            every_word = attention == "word_by_word"
            for h in hypothesis if every_word else hypothesis[-1:]:
                query = keys.weight_h @ h + (keys.weight_r @ r if every_word else 0)
                scores = torch.stack([keys.score @ torch.tanh(keys.weight_y @ y + query) for y in premise])
                alpha = torch.softmax(scores, 0)
                kept = torch.tanh(keys.weight_t @ r) if every_word else 0
                r = sum(a * y for a, y in zip(alpha, premise, strict=True)) + kept
            join = model.join.layers[0]
            expected = torch.tanh(join.weight @ torch.cat([r, expected]) + join.bias)
        torch.testing.assert_close(found[row], expected, atol=1e-10, rtol=0)


def test_the_first_text_changes_the_answer_without_attention_too():
    model = make(ConditionalPair, LABEL, attention="none")
    one, other = (probabilities(model, pairs([(first, [2, 7])]))["label"] for first in ([3, 1, 4], [6, 1, 4]))
    assert np.abs(one - other).max() > 1e-6


def test_a_conditional_pair_is_read_from_left_to_right():
    message = (
        r"\[model\] bidirectional: the second text begins where the first ended, so both are read from left to right\. "
        r"Leave it out, or take independent_pair\."
    )
    with pytest.raises(ConfigError, match=message):
        Settings({"model": {"bidirectional": True}}).build("model", ConditionalPair.Config)


@pytest.mark.parametrize("kind", [RnnTagger, RnnClassifier, IndependentPair, ConditionalPair])
def test_penalties_and_word_dropout_act_in_training(kind):
    rows, together = examples(kind)
    answers = TAGS if kind is RnnTagger else LABEL
    [name] = answers
    given = together(rows, **{name: [[0] * len(row) if kind is RnnTagger else [0] for row in rows]})
    rates = {"word_dropout": 0.5, "activation_penalty": 2.0}
    model = make(kind, answers, dropout=0.0, characters="none", regularization=rates)
    plain, noisy = model.loss(given, None, None), model.loss(given, None, Moment(Noise(0, 0)))
    assert plain.penalties == {}
    assert list(noisy.penalties) == (["first_activation"] if together is pairs else []) + ["activation"]
    assert all(penalty.value > 0 for penalty in noisy.penalties.values())
    assert noisy.heads[name].nats != plain.heads[name].nats


@pytest.mark.parametrize("kind", [RnnTagger, WindowTagger, RnnClassifier, IndependentPair, ConditionalPair])
def test_rows_with_a_vector_start_with_it_in_every_model_and_are_learned_on(kind):
    vectors = StartingVectors(np.array([5, 2]), np.arange(8, dtype=np.float32).reshape(2, 4), "v.txt")
    answers = TAGS if "tags" in kind.predicts else LABEL
    one, other, plain = (
        built(kind, answers, words=words)
        for words in (replace(WORDS, vectors=vectors), replace(WORDS, vectors=vectors), WORDS)
    )
    for draw in (lambda model: None, lambda model: initialize(model, 3), lambda model: initialize(model, 3, 0.02)):
        for model in (one, other, plain):
            draw(model)
        expected = plain.encoder.words.weight.detach().clone()
        expected[5], expected[2] = torch.tensor([0.0, 1, 2, 3]), torch.tensor([4.0, 5, 6, 7])
        assert torch.equal(one.encoder.words.weight, expected)
        assert torch.equal(other.encoder.words.weight, expected)
    assert one.encoder.words.weight.requires_grad


# Heads


def test_what_is_asked_for_decides_the_head():
    for answers, kind in ((LABEL, SoftmaxHead), (LABELS, SigmoidHead), (SCORE, GradedHead)):
        ((name, head),) = answering(outlined(answers), 6, AnswerConfig()).items()
        assert {name: head.num_classes} == answers
        assert (type(head), head.hidden_size) == (kind, 6)


def graded(levels):
    head = GradedHead(4, Numbers(0, levels - 1, levels))
    for parameter in head.parameters():
        parameter.data = torch.randn_like(parameter)
    return head, torch.randn(1, 1, 4)


@pytest.mark.parametrize(("levels", "target"), [(5, 0.0), (5, 4.0), (5, 2.6), (5, 3.0), (2, 0.0), (2, 0.3), (2, 1.0)])
def test_a_grade_costs_what_tai_et_al_say(levels, target):
    head, hidden = graded(levels)
    p = torch.softmax(head.weight @ hidden[0, 0] + head.bias, 0).tolist()
    # Their scale begins at 1: p_i = y - ⌊y⌋ for i = ⌊y⌋ + 1, ⌊y⌋ - y + 1 for i = ⌊y⌋, 0 otherwise.
    y = target + 1
    wanted = [
        y - math.floor(y) if i == math.floor(y) + 1 else math.floor(y) - y + 1 if i == math.floor(y) else 0
        for i in range(1, levels + 1)
    ]
    divergence = sum(q * math.log(q / share) for q, share in zip(wanted, p, strict=True) if q)
    entropy = -sum(q * math.log(q) for q in wanted if q)
    nats, count = head.loss(Padded(hidden), Padded(torch.tensor([[target]])))
    assert nats.item() == pytest.approx(divergence + entropy, abs=1e-12)
    assert count == 1
    assert head.best(Padded(hidden)).values.item() == pytest.approx(
        sum(k * share for k, share in enumerate(p)), abs=1e-12
    )


def loss_of(model, given):
    return {name: one.nats.item() for name, one in model.loss(given, model.initial_state(3), None).heads.items()}


@pytest.mark.parametrize(
    ("kind", "answers", "options", "smoothed"),
    [
        (RnnClassifier, LABEL, {}, ["label"]),
        (IndependentPair, LABEL, {}, ["label"]),
        (ConditionalPair, LABEL, {}, ["label"]),
        (RnnTagger, {**TAGS, **LABEL}, {"head": "softmax"}, ["tags", "label"]),
        (RnnTagger, {**TAGS, **LABEL}, {"head": "crf"}, ["label"]),
    ],
)
def test_smoothed_labels_are_a_mixture_of_losses(kind, answers, options, smoothed):
    model, (rows, together) = make(kind, answers, **options), examples(kind)
    softer = built(kind, answers, **options, label_smoothing=0.3)
    softer.load_weights(model.weights())
    every = {"tags": [[0] * len(row) for row in rows], "label": [[1]] * 3}
    given = together(rows, **{name: every[name] for name in answers})
    plain, found = loss_of(model, given), loss_of(softer, given)
    log_probs = model.answers(given).log_probs
    for name in answers:
        mask = given.fields[name].mask
        spread = -log_probs[name].mean(-1)[... if mask is None else mask].sum()
        expected = 0.7 * plain[name] + 0.3 * spread if name in smoothed else plain[name]
        assert found[name] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("kind", "answers", "message"),
    [
        (
            RnnClassifier,
            LABELS,
            "expected 0: it spreads the one label of a text over all labels, and this model",
        ),
        (IndependentPair, SCORE, "over all labels, and this model predicts a score. Leave it out."),
        (RnnTagger, TAGS, "got 0.1, expected 0: a CRF has none, and the sentences have no label"),
    ],
)
def test_smoothing_that_would_do_nothing_is_refused(kind, answers, message):
    with pytest.raises(ConfigError) as refused:
        make(kind, answers, label_smoothing=0.1)
    assert message in str(refused.value)
