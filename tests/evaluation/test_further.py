"""Further metrics: what feeds them, which is refused, and which score comes first."""

import numpy as np
import pytest

from elman.data.records import Example
from elman.errors import ConfigError
from elman.evaluation.base import ByPiece, Evaluation, Told, scored
from elman.evaluation.classes import class_verdict, label_scores
from elman.evaluation.cloze import cloze_verdict
from elman.evaluation.further import OBSERVED, further, misfits, named
from elman.evaluation.graded import correlations
from elman.evaluation.mistakes import Asked
from elman.evaluation.several import several_scores
from elman.evaluation.spans import span_scores
from elman.evaluation.tags import sentence_labels, tag_scores
from elman.evaluation.texts import nearest, text_scores
from elman.metrics import METRICS
from elman.metrics.accuracy import Accuracy
from elman.metrics.auc import Auc
from elman.metrics.base import Decisions, Matches, Metric, Pairs, Score, Written, WrittenTokens
from elman.metrics.micro_f1 import MicroF1
from elman.metrics.perplexity import Perplexity
from elman.metrics.span_macro_f1 import SpanMacroF1
from elman.text import schemes
from elman.text.vocabulary import Vocabulary
from elman.version import __version__


class HowMany(Metric):
    """Counts what it observes."""

    lower_is_better = False
    observation = Matches
    unit = "things"

    def statistics(self, observation):
        return np.array([float(observation.total)])

    def value(self, statistics):
        return float(statistics[0])


class WholeMedian(HowMany):
    """Is of everything at once."""

    observation = Pairs
    adds = False

    def statistics(self, observation):
        return np.array([np.median(observation.gold)])


class OfWritten(WholeMedian):
    """Cannot be put together."""

    observation = Written


def evaluation(scored):
    by_piece = ByPiece("texts", [], 0, 0, scored.observed, beside=scored.beside)
    return Evaluation(scored.scores, {}, "as the task says", (), by_piece)


LABELS = evaluation(label_scores(list("aabbc"), list("ababb"), "texts"))
GRADES = evaluation(correlations([1.0, 2.0, 4.0], [1.0, 3.0, 3.0]))


def test_a_further_score_is_of_what_the_others_observe():
    found = further(LABELS, {"how_many": HowMany, "micro_f1": MicroF1}, "", validates=True)
    scores = {score.name: score for score in found.scores}
    assert list(scores) == ["accuracy", "macro_f1", "how_many", "micro_f1"]
    assert (scores["how_many"].value, scores["how_many"].unit) == (5.0, "things")
    assert scores["how_many"].signature.startswith("labels:one|metric:how_many|elman:")
    assert scores["micro_f1"].value == scores["accuracy"].value == 0.4  # so it is where each has one label
    assert (scores["micro_f1"].unit, scores["micro_f1"].signature) == ("of labels", scores["macro_f1"].signature)
    assert found.shown == "as the task says"
    assert found.by_piece.pieces()["how_many"].value == 5.0


def test_the_score_that_selects_comes_first():
    found = further(LABELS, {"how_many": HowMany}, "how_many", validates=True)
    assert [score.name for score in found.scores] == ["how_many", "accuracy", "macro_f1"]
    assert found.shown == "how many 5.0000"
    assert further(LABELS, {}, "accuracy", validates=True).shown == "as the task says"
    with pytest.raises(ConfigError, match=r"task\.select: no score 'acuracy' of this data\. Did you mean 'accuracy'\?"):
        further(LABELS, {}, "acuracy", validates=True)
    assert further(LABELS, {}, "acuracy", validates=False).scores == LABELS.scores


def test_a_metric_that_is_of_everything_at_once():
    found = further(GRADES, {"median": WholeMedian}, "", validates=True)
    assert found.scores[-1].value == 2.0
    assert "median" not in found.by_piece.pieces()
    observed = {"bleu": ("bleu", lambda: [Written(["a"], [["a"]])] * 2)}
    written = Evaluation(LABELS.scores, {}, "", (), ByPiece("texts", [], 0, 0, observed))
    with pytest.raises(ConfigError, match="OfWritten: adds = False is for metrics that observe Pairs"):
        further(written, {"of_written": OfWritten}, "", validates=True)


def test_what_other_data_lacks_is_left_out():
    assert further(LABELS, {"median": WholeMedian}, "", validates=False).scores == LABELS.scores
    with pytest.raises(ConfigError, match=r"task\.metrics: nothing in the validation data is Pairs: median\."):
        further(LABELS, {"median": WholeMedian}, "", validates=True)


def test_texts_are_one_observation():
    found = cloze_verdict(2.0, 3, 10, [1, 2], np.array([1, 1]))
    more = further(found, {"perplexity": Perplexity, "accuracy": Accuracy}, "", validates=True)
    assert [score.name for score in more.scores] == ["cross_entropy", "cloze_accuracy", "perplexity", "accuracy"]
    assert more.scores[2].value == pytest.approx(np.exp(2.0))
    assert more.scores[3].value == 0.5


def test_metrics_are_called_as_their_classes_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head = "from elman.metrics.accuracy import Accuracy\n"
    (tmp_path / "mine.py").write_text(f"{head}class MCCOfAll(Accuracy): pass\n")
    assert list(named(["accuracy", "mine.py"])) == ["accuracy", "mcc_of_all"]


def test_what_a_task_cannot_feed_is_known_beforehand():
    assert misfits(["pearson"], "", ("label",), "classify") == {
        "metrics": "'pearson' observes Pairs, and task classify has Matches, Decisions and BinaryScores. Choose among: "
        "accuracy, auc, macro_f1, micro_f1, weighted_f1."
    }
    assert misfits([], "acuracy", ("label",), "classify") == {"select": "no score 'acuracy'. Did you mean 'accuracy'?"}
    assert misfits(["micro_f1"], "micro_f1", ("label",), "classify") == {}
    assert misfits(["micro_f1"], "anything", ("of_a_plugin",), "theirs") == {}


def test_what_tasks_are_said_to_observe_is_so():
    one, tags = list("ab"), [["B-X", "O"]]
    texts = [[text] for text in one]
    tokens = WrittenTokens(texts, [[text] for text in texts])
    given = {
        "label": label_scores(one, one, "texts").scores,
        "labels": several_scores([["a"], ["b"]], [[], []], one).scores,
        "tags": [*span_scores(tags, tags).scores, *tag_scores(tags, tags, True).scores],
        "score": correlations([1.0, 2.0], [1.0, 2.0]).scores,
        "target": text_scores(Written(one, texts), tokens, nearest(tokens), "word", "beam:1").scores,
        "word": cloze_verdict(1.0, 2, 2, [1], np.array([1])).scores,
    }
    for head, scores in given.items():
        assert {score.name for score in scores} == set(OBSERVED[head])
    assert sentence_labels(one, one).scores[0].name == "label_accuracy"
    assert misfits([], "label_accuracy", ("tags", "label"), "tag") == {}
    for some in (label_scores(one, one, "texts"), span_scores(tags, tags), correlations([1.0, 2.0], [1.0, 2.0])):
        for name, (_, make) in some.observed.items():
            kinds = {told.observation for has in OBSERVED.values() for score, told in has.items() if score == name}
            assert type(next(iter(make()))) in kinds
    assert Decisions in [told.observation for told in OBSERVED["label"].values()]
    assert all((told.metric or name) in METRICS.names() for has in OBSERVED.values() for name, told in has.items())


def test_a_score_is_told_where_what_it_observes_is_there():
    told = {
        "share": Told(Matches, "of {things}", "how:{how}", "accuracy"),
        "macro_f1": Told(Decisions, "of labels", "labels:one"),
    }
    found = scored(told, {Matches: (Matches(1, 4), lambda: [Matches(1, 1)])}, things="birds", how="fast")
    assert found == ([Score("share", 0.25, "of birds", f"how:fast|elman:{__version__}", False)], [], found.observed, {})
    assert {name: (metric, make()) for name, (metric, make) in found.observed.items()} == {
        "share": ("accuracy", [Matches(1, 1)])
    }


def two_labels(gold, odds, known=("b", "a")):
    """Return an evaluation of texts with one of two labels, by the log-odds of the second."""
    asked = Asked([Example({}, f"f:{row}") for row in range(len(gold))])
    labels, learned = [[one] for one in gold], Vocabulary([*known], [1] * len(known))
    verdict = class_verdict(asked, labels, gold, [-1.0] * len(gold), learned, "texts", odds)
    by_piece = ByPiece("texts", [], 0, 0, verdict.observed, beside=verdict.beside)
    return Evaluation(verdict.scores, {}, "", (), by_piece)


def test_the_auc_of_two_labels_is_that_of_every_pair_of_texts():
    gold, sure = list("abbaabc"), [0.9, -0.4, 0.7, 0.7, -0.3, -np.inf, 9.0]  # c was not learned
    of_a, of_b = ([one for one, label in zip(sure, gold, strict=True) if label == kind] for kind in "ab")
    pairs = [(one, other) for one in of_a for other in of_b]
    expected = np.mean([(one > other) + 0.5 * (one == other) for one, other in pairs])
    found = further(two_labels(gold, sure), {"auc": Auc}, "auc", validates=True)
    assert found.scores[0].value == pytest.approx(expected, rel=1e-12)
    assert str(found.scores[0]) == f"auc {expected:.4f} on a scale of 0 to 1"
    assert found.scores[0].signature.startswith("labels:one|elman:")
    assert "auc" not in found.by_piece.observed


def test_three_labels_have_no_auc_and_the_message_says_what_it_is_of():
    match = r"nothing in the validation data is BinaryScores: auc\. BinaryScores: Which of two classes n things"
    with pytest.raises(ConfigError, match=match):
        further(two_labels(list("abc"), [-1.0] * 3, "abc"), {"auc": Auc}, "", validates=True)


def test_the_macro_f1_of_spans_is_that_of_each_type_by_itself():
    gold = [["B-X", "I-X", "O", "B-Y"], ["B-Y", "O", "B-X", "B-Z"]]
    given = [["B-X", "I-X", "O", "B-X"], ["B-Y", "O", "O", "B-Y"]]
    sets = [[{(row, *span) for row, tags in enumerate(each) for span in schemes.spans(tags)} for each in (gold, given)]]
    [(true, said)] = sets
    values = []
    for kind in "XYZ":
        one, other = ({span for span in spans if kind in span} for spans in (true, said))
        values.append(2 * len(one & other) / (len(one) + len(other)))
    found = further(evaluation(span_scores(gold, given)), {"span_macro_f1": SpanMacroF1}, "", validates=True)
    assert found.scores[-1].value == pytest.approx(np.mean(values), rel=1e-12)
    assert (found.scores[-1].unit, found.scores[-1].name) == ("of types", "span_macro_f1")
    assert found.by_piece.pieces()["span_macro_f1"].value == found.scores[-1].value


def test_a_score_that_no_bits_have_is_known_beforehand():
    assert misfits([], "wrong_bit", ("bits",), "transduce") == {
        "select": "no score 'wrong_bit'. Did you mean 'wrong_bits'?"
    }
    assert misfits([], "cross_entropy", ("bits",), "transduce") == {}
