"""Language models of lines that are texts of their own."""

import itertools
import json
import random
import signal

import numpy as np
import pytest

import elman
from elman.data.corpus import encode, learn, training_part
from elman.data.lines import LineBatches
from elman.data.records import Example
from elman.data.store import TokenStore, take_lines
from elman.errors import ConfigError, DataError
from elman.events import Stepped
from elman.tasks.lm import LanguageModeling
from elman.text.looks import looks_like_items
from elman.text.tokenizers import TOKENIZERS
from tests.training.test_resume import content

PARTS = ("an", "be", "co", "di", "el", "fa", "gu", "ho")


def names(count, seed=0):
    """Return different made-up names, sorted, as lists of names are."""
    draw, found = random.Random(seed), set()
    while len(found) < count:
        found.add("".join(draw.choice(PARTS) for _ in range(draw.randint(1, 4))))
    return sorted(found)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    every = names(300)
    for name, part in (("train", every[:250]), ("test", every[250:])):
        (folder / f"{name}.txt").write_text("".join(f"{one}\n" for one in part))
    return folder


@pytest.fixture(scope="module")
def network(files, tmp_path_factory):
    """A network that guessed that lines are texts, and what it said."""
    said = []
    run = elman.train(
        "lm", str(files / "train.txt"), out=tmp_path_factory.mktemp("runs") / "names", hidden=16, steps=40,
        threads=1, settings={"task.bptt": 4}, listener=lambda event: said.append(getattr(event, "text", "")),
    )  # fmt: skip
    return run.path, said


@pytest.fixture(scope="module")
def counts(files, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "counts"
    settings = {"model.order": 3, "task.lines": True}
    train, test = (str(files / f"{name}.txt") for name in ("train", "test"))
    return elman.train("lm", train, test, path, model="ngram", level="character", settings=settings).path


def test_a_list_is_guessed_and_said_and_whole_lines_are_held_out(network):
    path, said = network
    assert "lines: each is a text of its own, guessed (short, all different); --set task.lines=false reads on" in said
    assert "lines = true" in (path / "config.toml").read_text()
    card = next(event for event in events(path) if event["event"] == "data")["card"]
    assert card["training"].startswith("225 lines of ")
    assert card["validation"].startswith("25 lines of ")


def events(path):
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("kind", ["network", "counts"])
def test_evaluate_is_what_score_adds_up_to(kind, files, request):
    found = request.getfixturevalue(kind)
    model = elman.load(found[0] if kind == "network" else found)
    lines = (files / "test.txt").read_text().splitlines()
    evaluation = model.evaluate(files / "test.txt")
    scores = model.score(lines)
    assert evaluation.counts == {"tokens": sum(map(len, lines)) + 50, "unknown": 0, "lines": 50}
    assert "|lines|state:fresh|" in evaluation.scores[0].signature
    total = -sum(one.log_prob_nats for one in scores)
    assert evaluation.scores[0].value == pytest.approx(total / evaluation.counts["tokens"], abs=1e-6)


def test_n_grams_of_lines_are_those_of_a_running_text_whose_lines_start_anew(counts, files, tmp_path):
    train, test = (str(files / f"{name}.txt") for name in ("train", "test"))
    settings = {"model.order": 3, "task.lines": False}
    other = elman.train("lm", train, test, tmp_path / "run", model="ngram", level="character", settings=settings).path
    values = [elman.load(run).evaluate(test).scores[0].value for run in (counts, other)]
    assert values[0] == pytest.approx(values[1], abs=1e-9)


def test_n_grams_do_not_reach_over_lines(files, tmp_path):
    settings = {"model.across_lines": True, "task.lines": True}
    with pytest.raises(ConfigError, match=r"model\.across_lines: got true, but each line is a text of its own"):
        elman.train("lm", str(files / "train.txt"), out=tmp_path / "run", model="ngram", settings=settings)


def test_texts_end_where_lines_end(network):
    model = elman.load(network[0])
    texts = model.generate("", count=30, seed=2)
    assert len(texts) == 30 == len([text for text in texts if "\n" not in text])
    assert len(set(texts)) > 10
    assert model.generate("", count=30, seed=2) == texts
    assert model.generate("", count=3, seed=2) == texts[:3]
    assert model.generate("", seed=2) == texts[0]
    assert all(text.startswith("anb") for text in model.generate("anb", count=5))
    assert model.generate("xx\nan", count=4) == [f"xx\n{text}" for text in model.generate("an", count=4)]


def test_the_likeliest_lines_are_those_that_score_finds(network):
    model = elman.load(network[0])
    texts = model.generate("a", count=4, beam=64, length=8)
    found = [one.log_prob_nats for one in model.score(texts)]
    assert len(texts) == 4
    assert found == sorted(found, reverse=True)
    every = [f"a{one}{two}" for one in ("", *"abcdefghilnou") for two in ("", *"abcdefghilnou")]
    assert max(one.log_prob_nats for one in model.score(every)) <= found[0] + 1e-6


def test_a_session_begins_anew_behind_each_line(network):
    model = elman.load(network[0])
    session = model.session()
    total = session.feed("an\nbe") + session.feed("co\n")
    assert total == pytest.approx(sum(one.log_prob_nats for one in model.score(["an", "beco"])), abs=1e-5)
    assert session.likely(3) == model.session().likely(3)
    [(_, p)], [(_, q)] = model.predict(["an\nbe", "be"], k=1)
    assert p == q


@pytest.mark.parametrize("step", [3, 4, 5, 17])
def test_a_run_that_was_stopped_between_the_parts_of_lines_goes_on_exactly(step, network, files, tmp_path):
    def stop(event):
        if isinstance(event, Stepped) and event.step == step:
            signal.raise_signal(signal.SIGTERM)

    runs = []
    for name, listener in (("whole", None), ("stopped", stop)):
        runs.append(tmp_path / name)
        settings = {
            "task.bptt": 4,
            "training.log_every": 1,
            "training.validate_every": 9,
            "training.checkpoint_every": 2,
        }
        found = elman.train(
            "lm", str(files / "train.txt"), out=runs[-1], hidden=8, steps=20, threads=1, batch_size=8,
            settings=settings, listener=listener,
        )  # fmt: skip
    assert not found.finished
    elman.resume(runs[1])
    one, two = map(content, runs)
    assert one == two


def test_options_of_running_text_are_refused(files, tmp_path):
    settings = {"task.lines": True, "task.variable_bptt": True}
    with pytest.raises(ConfigError, match="variable_bptt: means nothing where each line is a text of its own"):
        elman.train("lm", str(files / "train.txt"), out=tmp_path / "run", settings=settings)


def test_one_line_cannot_be_held_out(tmp_path):
    (tmp_path / "one.txt").write_text("a line\n")
    with pytest.raises(
        DataError, match="the training text: got 1 line, expected 2 or more, some of which are held out"
    ):
        elman.train("lm", str(tmp_path / "one.txt"), out=tmp_path / "run", settings={"task.lines": True})


# Data


def store_of(lengths):
    """Return lines whose tokens are all different."""
    return TokenStore(np.arange(sum(lengths)) + 10, None, np.cumsum(lengths))


@pytest.mark.parametrize("carried", [True, False])
def test_each_token_of_each_line_is_a_target_once_with_the_one_before_as_input(carried):
    store = store_of([3, 1, 7, 2, 7, 1, 12])
    starts = {int(start) for start in store.line_starts}
    batches, seen = LineBatches(store, 3, 5, 1, seed=4, epoch=2, carried=carried), []
    for batch in batches:
        tokens, targets = batch.fields["tokens"], batch.fields["next_token"]
        for row, length in enumerate(targets.lengths.tolist()):
            for before, after in zip(tokens.values[row, :length], targets.values[row, :length], strict=True):
                assert before == (1 if after - 10 in starts else after - 1)
                seen.append(int(after))
        assert targets.values.shape[1] <= 5
    assert sorted(seen) == store.ids.tolist()
    assert any(batch.continues for batch in batches) is carried
    again = LineBatches(store, 3, 5, 1, seed=4, epoch=2, carried=carried)
    assert all(
        np.array_equal(one.fields["tokens"].values, two.fields["tokens"].values)
        for one, two in zip(batches, again, strict=True)
    )


def test_a_batch_that_goes_on_has_the_same_lines_in_the_same_rows():
    store = store_of([2, 9, 11, 4])
    batches = list(LineBatches(store, 4, 5, 1, seed=0, epoch=0))
    assert [batch.continues for batch in batches] == [False, True, True]
    lasts = [batch.fields["next_token"] for batch in batches]
    for one, two in itertools.pairwise(lasts):
        for row, length in enumerate(two.lengths.tolist()):
            if length:
                assert two.values[row, 0] == one.values[row, -1] + 1


def test_lines_are_taken_in_any_order(tmp_path):
    store = store_of([2, 3, 1])
    taken = take_lines(store, np.array([2, 0]), tmp_path)
    assert taken.ids.tolist() == [15, 10, 11]
    assert taken.ends.tolist() == [1, 3]
    assert len(take_lines(store, np.array([], np.int64), tmp_path)) == 0
    assert taken.fingerprint != TokenStore(taken.ids).fingerprint


def test_as_many_whole_lines_as_fit_are_validated_on():
    store = store_of([4] * 30)
    some = store.beginning(22)
    assert (len(some), len(some.ends)) == (20, 5)
    assert some.ids.tolist() == store.beginning(22).ids.tolist() != store.ids[:20].tolist()
    assert store.beginning(1000) is store
    assert len(store.beginning(1).ends) == 1


@pytest.mark.parametrize("level", ["character", "word", "bpe", "byte"])
def test_what_is_held_out_is_learned_by_nobody(level, tmp_path):
    tokenizer = TOKENIZERS.get(level)()
    lines = [f"word{number} é" for number in range(20)]
    blocks = [
        Example({"text": "\n".join(lines[:7]) + "\n"}),
        Example({"text": "\n".join(lines[7:])}),
        Example({"text": "\n"}),
    ]
    tokenizer.learn(training_part(lambda: blocks, 0.25, lines=True), 300)
    vocabulary, train, valid = learn(blocks, tokenizer, tmp_path, 0.25, lines=True)
    assert (len(train.store.ends), len(valid.store.ends)) == (15, 5)
    texts = []
    for store in (train.store, valid.store):
        for start, end in zip(store.line_starts, store.ends, strict=True):
            texts.append(tokenizer.join(vocabulary.decode(store.ids[start:end])))
    if level == "word":
        assert all(text.startswith("<unk>") for text in texts[15:])
        texts = texts[:15]
    assert {text.rstrip("\n") for text in texts} <= set(lines)
    assert len(set(texts)) == len(texts)
    again = encode(blocks, tokenizer, vocabulary, tmp_path, lines=True)
    assert (len(again.store.ends), again.lines) == (20, 20)


def test_training_text_of_a_tokenizer_is_that_of_the_training_part(tmp_path):
    blocks = [Example({"text": "a\nb\nc\n"}), Example({"text": "d\ne"}), Example({"text": "\n"})]
    characters = TOKENIZERS.get("character")()
    vocabulary, train, _ = learn(blocks, characters, tmp_path, 0.4, lines=True)
    text = "".join(training_part(lambda: blocks, 0.4, lines=True))
    assert text == "".join(vocabulary.decode(train.store.ids))
    assert len(text) == 6


def test_a_word_that_looks_like_the_end_of_a_line_ends_none(tmp_path):
    tokenizer = TOKENIZERS.get("word")()
    blocks = [Example({"text": "a <eos> b\nc\n"})]
    _, train, _ = learn(blocks, tokenizer, tmp_path, 0.0, lines=True)
    assert train.store.ends.tolist() == [4, 6]


def test_a_list_in_which_many_come_again_is_read_on_and_what_to_set_is_said():
    said = []
    text = Example({"text": "".join(f"{name}\n" for name in names(20) * 5)})
    settled = LanguageModeling.Config().settled([text], said.append)
    assert settled.lines is False
    assert said[1] == (
        "lines: one running text, guessed (short, but many come several times); --set task.lines=true takes each as a "
        "text of its own, such as a name"
    )
    said.clear()
    LanguageModeling.Config(variable_bptt=True).settled([text], said.append)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("lines", "items"),
    [
        (names(80), True),
        ([f"Town {number} upon Sea" for number in range(60)], True),
        ([f"CC(=O)Oc1ccccc1C(=O)O{number}" for number in range(60)], True),
        (names(30), False),
        ([*names(80), ""], False),
        (["anna sees ben"] * 80, False),
        ([f"anna sees number {number} ." for number in range(80)], False),
        ([f"The king of the land of {number} went to see" for number in range(80)], False),
    ],
)
def test_what_a_list_looks_like(lines, items):
    assert looks_like_items("".join(f"{line}\n" for line in lines)) is items
