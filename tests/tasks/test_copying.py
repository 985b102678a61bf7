"""Targets that copy words which no vocabulary has: learned, written, scored, gone on with."""

import json
import random

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.errors import ConfigError
from elman.inference.together import Together
from elman.tasks.base.copying import Copying

OPTIONS = {
    "task.level": "word",
    "task.min_count": 3,
    "task.copying": True,
    "task.score": "exact_match",
    "model.label_smoothing": 0.0,
    "model.dropout": 0.0,
    "training.validate_every": 200,
}


def name(draw):
    return "".join(draw.choice("abcdefghij") for _ in range(6)).capitalize()


def turned(count, seed):
    """Return who met whom, and the same said of the other; nearly no name occurs twice."""
    draw, verbs = random.Random(seed), ["met", "saw", "heard"]
    made = [(name(draw), draw.choice(verbs), name(draw)) for _ in range(count)]
    return [(f"yesterday {a} {verb} {b} .", f"{b} was {verb} by {a} .") for a, verb, b in made]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turned")
    for part, pairs in (("train", turned(400, 1)), ("valid", turned(70, 2))):
        for side, texts in zip("xy", zip(*pairs, strict=True), strict=True):
            (folder / f"{part}.{side}").write_text("".join(f"{text}\n" for text in texts))
    return folder


def train(files, out, **more):
    names = [f"{files}/{part}.x,{files}/{part}.y" for part in ("train", "valid")]
    given = {"hidden": 32, "batch_size": 16, "threads": 1, "learning_rate": 0.01, "settings": OPTIONS, **more}
    return elman.train("seq2seq", train=names[0], valid=names[1], out=out, listener=elman.silent, **given)


@pytest.fixture(scope="module")
def run(files, tmp_path_factory):
    return train(files, tmp_path_factory.mktemp("runs") / "turned", steps=400).path


def test_names_that_nobody_knows_are_written_as_they_stand_in_the_source(run, files):
    model = elman.load(run)
    scores = {one.name: one.value for one in model.evaluate(f"{files}/valid.x,{files}/valid.y").scores}
    assert scores["exact_match"] > 0.9
    assert model.predict("yesterday O'Neill saw ÅSA-7 .") == "ÅSA-7 was saw by O'Neill ."
    assert model.predict("yesterday Cbbbbb met Cbbbbb .") == "Cbbbbb was met by Cbbbbb ."
    assert model.model.title.endswith(", copies")
    [answer] = model.answer([model.parse("yesterday Kim heard Lu .")])
    looked = answer.facts["attention"]
    assert looked["source"] == ["yesterday", "Kim", "heard", "Lu", ".", "</s>"]
    assert looked["target"][:5] == ["Lu", "was", "heard", "by", "Kim"]
    assert [int(np.argmax(looked["weights"][place])) for place in (0, 4)] == [3, 1]  # where it copies from


def test_no_answer_depends_on_what_else_is_asked(run):
    model, sources = elman.load(run), [one for one, _ in turned(64, 5)]
    sources[3], sources[40] = "", "yesterday Kim"

    def answers(size):
        parts = [sources[first : first + size] for first in range(0, len(sources), size)]
        return [one for part in parts for one in model.answer([model.parse(text) for text in part])]

    each, some, every = answers(1), answers(7), answers(64)
    for one, two, three in zip(each, some, every, strict=True):
        assert one.value == two.value == three.value
        assert one.facts["log_prob"] == pytest.approx(two.facts["log_prob"], abs=1e-4)
        assert one.facts["log_prob"] == pytest.approx(three.facts["log_prob"], abs=1e-4)


def test_reading_what_was_found_is_as_likely_as_finding_it(run):
    model = elman.load(run)
    task, sources = model.task, [one for one, _ in turned(7, 6)]
    data = task.encode([model.parse(text) for text in sources])
    stepper = model.model.stepper(task.batch(data, np.arange(7)))
    for row, found, _ in task.each(model.model, data, True):
        ids = task.copying.target(found[0].text, task.copying.read(sources[row]).unknown)
        read = stepper.read(np.array([[stepper.start, *ids]]), None, stepper.begin(np.array([row])))
        assert -read.nats.sum() == pytest.approx(found[0].log_prob, abs=1e-4)


def test_greedy_and_an_ensemble_copy_too(run, files, tmp_path, capsys):
    greedy = elman.load(run)
    greedy.task.config = greedy.task.config.model_copy(update={"beam": 1})
    assert greedy.predict("yesterday Kim saw Lu .") == "Lu was saw by Kim ."
    other = train(files, tmp_path / "other", steps=300, seed=2).path
    both = Together([elman.load(run), elman.load(other)])
    assert both.predict("yesterday Kim saw Lu .") == "Lu was saw by Kim ."
    (tmp_path / "in.txt").write_text("yesterday Kim saw Lu .\n")
    assert main(["predict", str(run), "--with", str(other), str(tmp_path / "in.txt"), "--input", "text", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Lu was saw by Kim ."
    plain = train(files, tmp_path / "plain", steps=1, settings={**OPTIONS, "task.copying": False}).path
    with pytest.raises(ConfigError, match="has other vocabularies than"):
        Together([elman.load(run), elman.load(plain)])


def test_training_goes_on_as_if_it_had_never_stopped(files, tmp_path):
    options = {**OPTIONS, "training.schedule": "constant", "model.dropout": 0.3, "model.label_smoothing": 0.1}
    whole = train(files, tmp_path / "whole", steps=12, settings=options)
    train(files, tmp_path / "half", steps=6, settings=options)
    half = elman.resume(tmp_path / "half", steps=12)
    left, right = (elman.load(one.path).model.weights() for one in (whole, half))
    for weight, array in left.items():
        np.testing.assert_array_equal(right[weight], array)


def test_a_batch_in_parts_has_the_same_gradient_and_targets_have_ids_of_their_source(run):
    task = elman.load(run).task
    examples = [task.parse("yesterday Kim saw Kim .", False), task.parse("Lu met Lu Kim", False)]
    for example, target in zip(examples, ("Kim was saw by Lu .", "Kim by Lu"), strict=True):
        example.fields["target"] = [target]
    data, known = task.encode(examples, learns=True), len(task.writer.names)
    batch, encode = task.batch(data, np.arange(2)), task.writer.tokens.vocabulary.encode
    saw, dot, was, by, unknown, end = encode(["saw", ".", "was", "by", "<unk>", "<eos>"])
    met = encode(["met"])[0]
    yesterday = known  # no target has it
    assert batch.fields["copies"].values[0].tolist() == [yesterday, known + 1, saw, known + 1, dot, end]
    assert batch.fields["copies"].values[1].tolist() == [known, met, known, known + 1, end, 0]
    assert batch.fields["target"].values[0].tolist() == [known + 1, was, saw, by, unknown, dot, end]
    assert batch.fields["target"].values[1][:4].tolist() == [known + 1, by, known, end]
    assert task.copying.tokens([known + 1, by, known], "Lu met Lu Kim") == ["Kim", "by", "Lu"]


def test_what_cannot_be_copied_is_refused(files, tmp_path):
    with pytest.raises(
        ConfigError, match=r"copying: tokens are copied as they are: got level word and target_level ch"
    ):
        train(files, tmp_path / "r", steps=1, settings={**OPTIONS, "task.target_level": "character"})
    with pytest.raises(ConfigError, match=r"copying: both sides need the same pieces. Set task.joint = true, or level"):
        train(files, tmp_path / "r", steps=1, settings={**OPTIONS, "task.level": "bpe"})
    with pytest.raises(ConfigError, match=r"task.copying: decoder initial looks at no place of the source, so that"):
        train(files, tmp_path / "r", steps=1, settings={**OPTIONS, "model.decoder": "initial"})
    with pytest.raises(
        ConfigError, match=r"task.copying: weights of attention local_p do not sum to 1, and what is cop"
    ):
        train(files, tmp_path / "r", steps=1, settings={**OPTIONS, "model.attention": "local_p"})


@pytest.mark.parametrize("options", [{"task.level": "bpe", "task.joint": True, "task.bpe_size": 300},
                                     {"task.level": "character"}, {"model.decoder": "bahdanau"},
                                     {"model.decoder": "luong", "model.tied": "all", "task.joint": True}])  # fmt: skip
def test_other_levels_and_decoders_copy(files, tmp_path, options):
    made = elman.load(train(files, tmp_path / "r", steps=3, settings={**OPTIONS, **options}).path)
    assert isinstance(made.predict("yesterday Kim saw Lu ."), str)


def test_coverage_begins_late_and_goes_on_as_if_it_had_never_stopped(files, tmp_path):
    options = {**OPTIONS, "training.schedule": "constant", "model.coverage": 1.0, "model.coverage_start": 6}
    options |= {"model.attention": "additive", "training.log_every": 1}
    whole = train(files, tmp_path / "whole", steps=12, settings=options)
    early = elman.load(train(files, tmp_path / "half", steps=6, settings=options).path).model
    assert not early.coverage.learned
    half = elman.resume(tmp_path / "half", steps=12)
    left, right = (elman.load(one.path).model.weights() for one in (whole, half))
    assert left["coverage.weight"].any()
    for weight, array in left.items():
        np.testing.assert_array_equal(right[weight], array)
    assert isinstance(elman.load(half.path).predict("yesterday Kim saw Lu ."), str)
    plain = train(files, tmp_path / "plain", steps=6, settings={**options, "model.coverage": 0.0,
                                                                 "model.coverage_start": 0})  # fmt: skip
    for weight, array in elman.load(plain.path).model.weights().items():  # until it begins nothing is another
        np.testing.assert_array_equal(early.weights()[weight], array)


def test_coverage_of_nothing_is_refused(files, tmp_path):
    options = {**OPTIONS, "task.copying": False}
    with pytest.raises(ConfigError, match=r"coverage: decoder context looks at no place of the source. Leave it out"):
        train(files, tmp_path / "r", steps=1, settings={**options, "model.decoder": "context", "model.coverage": 1})
    with pytest.raises(ConfigError, match=r"coverage: attention location goes by the numbers of places, wh"):
        train(files, tmp_path / "r", steps=1, settings={**options, "model.attention": "location", "model.coverage": 1})
    with pytest.raises(ConfigError, match=r"coverage_start: got 50 and no coverage. Set coverage = 1."):
        train(files, tmp_path / "r", steps=1, settings={**options, "model.coverage_start": 50})


def test_a_source_is_cut_once_to_be_copied(run, monkeypatch):
    task, cut, own = elman.load(run).task, [], Copying._cut
    monkeypatch.setattr(Copying, "_cut", staticmethod(lambda how, text: cut.append(text) or own(how, text)))
    copying = task.copying
    source = "Zyxwvu met Zyxwvu"
    read = copying.read(source)
    target = copying.target("Zyxwvu", read.unknown)
    assert cut == [source, "Zyxwvu"]
    size = len(task.writer.names)
    assert target[0] == size + list(read.unknown).index("Zyxwvu")
    assert read.places[0] == read.places[2] == target[0]
    assert copying.tokens([0, 1], source) == list(task.writer.tokens.vocabulary.tokens[:2])
    assert cut == [source, "Zyxwvu"]  # nothing was copied, so that nobody asks what the source has
    assert copying.tokens([int(target[0])], source) == ["Zyxwvu"]


def test_what_is_not_read_is_not_copied(files, tmp_path):
    made = train(files, tmp_path / "r", steps=2, settings={**OPTIONS, "task.longest": 3})
    model = elman.load(made.path)
    assert isinstance(model.predict("Kim saw Lu and Sam and Max today"), str)
    task = model.task
    example = task.parse("Kim saw Lu Max", False)
    example.fields["target"] = ["Max Lu"]
    batch = task.batch(task.encode([example], learns=True), np.arange(1))
    assert batch.fields["copies"].values.shape == batch.fields["source"].values.shape
