"""Every task through one contract: it learns one batch, keeps what it learned, and repeats itself."""

import json
import random
import re
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image

import elman
from elman.data.fields import names_of
from elman.data.readers import READERS, formats, recognize
from elman.evaluation import likelihood
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.models.base import Network
from elman.moment import Moment, Noise
from elman.tasks import TASKS
from elman.tasks.base import DataFiles, ExampleTask, WordsTask
from tests.reports import NOT_RENDERED

NAMES = ["anna", "ben", "carla", "dora", "emil"]
VERBS = ["sees", "likes", "avoids", "follows"]


def facts(count=60):
    """Return who does what to whom, drawn by a small grammar."""
    draw = random.Random(1)
    return [(draw.choice(NAMES), draw.choice(VERBS), draw.choice(NAMES)) for _ in range(count)]


def text(folder):
    (folder / "text.txt").write_text("".join(f"{' '.join(fact)} .\n" for fact in facts(300)))
    return f"{folder}/text.txt"


def columns(folder, first, last, verb, end):
    lines = [f"{a} {first}\nkohl {last}\n{v} {verb}\n{b} {first}\n. {end}\n\n" for a, v, b in facts()]
    (folder / "words.conll").write_text("".join(lines))
    return f"{folder}/words.conll"


def side_by_side(folder):
    lines = [(f"{a} kohl {v} {b} .", "B-PER I-PER O B-PER O", f"it-{v}") for a, v, b in facts()]
    for name, column in zip("wtl", zip(*lines, strict=True), strict=True):
        (folder / name).write_text("\n".join(column) + "\n")
    return f"{folder}/w,{folder}/t,{folder}/l"


def labelled(folder):
    (folder / "texts.tsv").write_text("".join(f"{a} {v} {b} .\t{v in VERBS[:2]}\n" for a, v, b in facts()))
    return f"{folder}/texts.tsv"


def several_labels(folder):
    lines = [f"__label__{a}{f' __label__{b}' * (a != b)} {a} {v} {b} .\n" for a, v, b in facts()]
    (folder / "texts.txt").write_text("".join(lines))
    return f"{folder}/texts.txt"


def series(folder):
    draw, lines = random.Random(2), []
    for number in range(60):
        frames = [[draw.gauss(0, 1), draw.gauss(2 * (number % 2), 1)] for _ in range(draw.randint(3, 7))]
        channels = [",".join(f"{value:.3f}" for value in channel) for channel in zip(*frames, strict=True)]
        lines.append(f"{':'.join(channels)}:{'ab'[number % 2]}\n")
    (folder / "series.ts").write_text(f"@problemName drawn\n@classLabel true a b\n@data\n{''.join(lines)}")
    return f"{folder}/series.ts"


def recordings(folder):
    draw, lines = random.Random(3), []
    for number in range(60):
        text = "".join(draw.choice("ab ") for _ in range(number % 3 + 1))
        frames = [[draw.gauss(one == "a", 0.3), draw.gauss(one == "b", 0.3)] for one in text for _ in range(7)]
        lines.append(json.dumps({"text": text, "frames": frames}) + "\n")
    (folder / "recordings.jsonl").write_text("".join(lines))
    return f"{folder}/recordings.jsonl"


def rows_with_labels(folder):
    draw, lines = random.Random(5), ["recording,x,y,label\n"]
    for number in range(12):
        for label in draw.choice(["abc", "ba", "cab"]):
            lines += [
                f"{number},{draw.gauss(label == 'a', 0.4):.3f},{draw.gauss(label == 'b', 0.4):.3f},{label}\n"
                for _ in range(draw.randint(3, 9))
            ]
    (folder / "rows.csv").write_text("".join(lines))
    return f"{folder}/rows.csv"


def captions(folder):
    draw, lines = random.Random(4), ["image\tcaption\n"]
    for number in range(40):
        colour, side = draw.choice(["red", "blue"]), draw.choice(["left", "right"])
        drawn = np.full((10, 12, 3), 255, np.uint8)
        drawn[3:7, slice(1, 5) if side == "left" else slice(7, 11)] = (
            (200, 20, 20) if colour == "red" else (20, 20, 200)
        )
        drawn[draw.randrange(10), draw.randrange(12)] = 90
        Image.fromarray(drawn).save(folder / f"{number:02}.png")
        lines += [f"{number:02}.png\tthis is a {colour} one\n", f"{number:02}.png\tit is {colour} and on the {side}\n"]
    (folder / "captions.tsv").write_text("".join(lines))
    return f"{folder}/captions.tsv"


def timeline(folder):
    rows = [f"{hour % 5 / 2},{2 * hour % 5}" for hour in range(90)]
    (folder / "load.csv").write_text("\n".join(["load,heat", *rows]) + "\n")
    return f"{folder}/load.csv"


def switches(folder):
    rows = [",".join(str(int(step % 4 == lamp)) for lamp in range(3)) for step in range(60)]
    (folder / "lamps.csv").write_text("\n".join(["red,green,blue", *rows]) + "\n")
    return f"{folder}/lamps.csv"


def drawings(folder):
    steps, lengths = np.array([[9, 0, 0], [0, 7, 0], [-9, 0, 0], [0, -7, 1]]), np.arange(60) % 7 + 2
    points = np.concatenate([np.resize(steps, (length, 3)) for length in lengths])
    np.savez(folder / "squares.npz", train_strokes=points, train_len=lengths)
    return f"{folder}/squares.npz"


def handwriting(folder):
    draw, lines = random.Random(5), []
    strokes = {"l": [[2, 0, 0], [0, 5, 0], [0, 4, 1]], "m": [[2, 0, 0], [3, 0, 0], [4, 0, 1]]}
    for _ in range(60):
        text = "".join(draw.choice("lm") for _ in range(draw.randint(1, 4)))
        points = [point for letter in text for point in strokes[letter]]
        lines.append(json.dumps({"text": text, "strokes": points}) + "\n")
    (folder / "words.jsonl").write_text("".join(lines))
    return f"{folder}/words.jsonl"


def copies(folder):
    (folder / "copies.toml").write_text('task = "copy"\ncount = 60\nlength = [1, 3]\nwidth = 2\n')
    return f"{folder}/copies.toml"


def pairs(folder, answer):
    rows = zip(facts(), facts(61)[1:], strict=True)
    lines = [f"{' '.join(one)} .\t{' '.join(other)} .\t{answer(one, other)}\n" for one, other in rows]
    (folder / "pairs.tsv").write_text("".join(lines))
    return f"{folder}/pairs.tsv"


def turned_round(folder):
    lines = [f"{a} {v} {b}\t{b} {v} {a}\n" for a, v, b in facts()]
    (folder / "turned.tsv").write_text("".join(lines))
    return f"{folder}/turned.tsv"


def stories(folder):
    draw, lines = random.Random(6), []
    for _ in range(30):
        told = [(draw.choice(NAMES), draw.choice(["garden", "hall", "kitchen"])) for _ in range(draw.randint(2, 5))]
        lines += [f"{number} {who} went to the {place}.\n" for number, (who, place) in enumerate(told, 1)]
        for number, who in enumerate(draw.sample(sorted({who for who, _ in told}), 1) * 2, len(told) + 1):
            lines.append(f"{number} Where is {who}? \t{dict(told)[who]}\n")
    (folder / "stories.txt").write_text("".join(lines))
    return f"{folder}/stories.txt"


def passages(folder):
    draw, articles = random.Random(7), []
    for number in range(60):
        told = [(draw.choice(NAMES), draw.choice(["garden", "hall", "kitchen"])) for _ in range(draw.randint(2, 4))]
        text = " ".join(f"{who} went to the {place}." for who, place in told)
        who, place = told[0]
        answer = {"text": place, "answer_start": text.index(place)}
        asked = {"id": str(number), "question": f"Where is {who}?", "answers": [answer]}
        articles.append({"title": str(number), "paragraphs": [{"context": text, "qas": [asked]}]})
    (folder / "passages.json").write_text(json.dumps({"data": articles}))
    return f"{folder}/passages.json"


def choices(folder):
    draw, lines, letters = random.Random(8), [], []
    for number in range(60):
        told = [(draw.choice(NAMES), draw.choice(["garden", "hall", "kitchen"])) for _ in range(2)]
        given = draw.sample(["garden", "hall", "kitchen", "attic"], 4)
        lines.append("\t".join([f"{number}", "-", " ".join(f"{who} saw the {place}." for who, place in told)]))
        lines[-1] += "\t".join(["", f"one: What did {told[0][0]} see?", *given]) + "\n"
        letters.append("ABCD"[given.index(told[0][1])] + "\n")
    (folder / "stories.tsv").write_text("".join(lines))
    (folder / "stories.ans").write_text("".join(letters))
    return f"{folder}/stories.tsv"


class Case(NamedTuple):
    """A task with data of its own, and what makes its model small."""

    task: str
    write: Any
    options: dict = {}
    small: dict = {"model.hidden_size": 8, "training.validate_every": 4}


CASES = {
    "lm": Case("lm", text, {"level": "character", "bptt": 12}),
    "tag spans": Case("tag", lambda folder: columns(folder, "B-PER", "I-PER", "O", "O")),
    "tag words": Case("tag", lambda folder: columns(folder, "NOUN", "NOUN", "VERB", "PUNCT")),
    "tag joint": Case("tag", side_by_side),
    "tag series": Case("tag", rows_with_labels, {"window": 8}),
    "classify": Case("classify", labelled),
    "classify balanced": Case("classify", labelled, {"class_weights": "balanced"}),
    "classify several": Case("classify", several_labels),
    "classify series": Case("classify", series),
    "ctc": Case("ctc", recordings),
    "pair": Case("pair", lambda folder: pairs(folder, lambda one, other: one[1] == other[1])),
    "pair score": Case(
        "pair",
        lambda folder: pairs(folder, lambda one, other: 1 + len(set(one) & set(other))),
        {"target": "score", "levels": 4, "lowest": 1.0, "highest": 4.0},
    ),
    "memory": Case("memory", stories, small={"model.embedding_size": 8, "training.validate_every": 4}),
    "qa": Case("qa", passages),
    "qa choice": Case("qa", choices),
    "seq2seq": Case("seq2seq", turned_round, {"level": "word"}),
    "seq2seq joint": Case("seq2seq", turned_round, {"level": "word", "joint": True}),
    "caption": Case("caption", captions),
    "forecast": Case("forecast", timeline, {"horizon": 3, "period": 5, "bptt": 6}),
    "forecast switches": Case("forecast", switches, {"bptt": 6}),
    "strokes": Case("strokes", drawings),
    "handwriting": Case("handwriting", handwriting),
    "transduce": Case("transduce", copies),
    "embed": Case("embed", text, small={"model.embedding_size": 8}),
}
BY_GRADIENTS = [
    name for name, case in CASES.items() if issubclass(MODELS.get(TASKS.get(case.task).default_model), Network)
]


class Prepared(NamedTuple):
    """A task, its data, and how to make a small model for it."""

    task: Any
    data: Any
    reader: Any
    paths: Any

    def model(self, task=None, dropout=0.0, seed=3):
        task = task or self.task
        kind = MODELS.get(type(task).usual_model(task.config))
        sizes = {"hidden_size": 24, "dropout": dropout, "label_smoothing": 0.0}
        sizes |= {} if "frames" in task.outlines.reads else {"embedding_size": 16, "characters": "none"}
        sizes = {key: value for key, value in sizes.items() if key in kind.Config.model_fields}
        model = kind(kind.Config(**sizes), *task.outlines)
        initialize(model, seed) if isinstance(model, Network) else model.begin(seed)
        return model


@pytest.fixture(params=CASES)
def any_prepared(request, tmp_path):
    return prepare(CASES[request.param], tmp_path)


@pytest.fixture(params=BY_GRADIENTS)
def prepared(request, tmp_path):
    return prepare(CASES[request.param], tmp_path)


def prepare(case, tmp_path, **options):
    names, kind = [case.write(tmp_path)], TASKS.get(case.task)
    config = kind.settle(kind.Config(**case.options, **options), names)
    fields = kind.fields(config)
    reader = READERS.get(recognize(names, fields, formats(fields)))
    reader = reader(reader.Config(), names_of(fields))
    paths = reader.find(names)
    return Prepared(*kind.prepare(config, reader, DataFiles(paths, [], 0.2), tmp_path, str), reader, paths)


def loss_of(model, batch, noise=None):
    found = model.loss(batch, model.initial_state(batch.size), Moment(noise) if noise else None)
    return sum(loss.nats / loss.targets for loss in found.heads.values())


def test_a_model_is_told_of_what_a_task_has(any_prepared):
    task, model = any_prepared.task, any_prepared.model()
    config, (reads, answers) = task.config, task.outlines
    assert tuple(reads) == task.reads(config)
    assert tuple(answers) == task.heads(config)
    assert tuple(reads) in map(tuple, type(model).reads)
    assert set(answers) <= set(type(model).predicts)


def test_a_batch_has_what_is_read_and_a_target_for_each_answer(prepared):
    config, batches = prepared.task.config, prepared.task.batches(prepared.data, 4, 0, 0)
    for batch in batches:
        assert {*prepared.task.reads(config), *prepared.task.heads(config)} <= set(batch.fields)
        assert {len(one.values) for one in batch.fields.values()} == {batch.size}
        assert all(batch.count(head) > 0 for head in prepared.task.heads(config))


def test_every_task_has_a_case():
    assert {case.task for case in CASES.values()} == set(TASKS.names())


def test_one_batch_is_learned_by_heart(prepared):
    model, batch = prepared.model(), prepared.task.batches(prepared.data, 4, 0, 0)[1]
    fast = prepared.task.unit != "points"  # a density has no bound: long steps go beyond it
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03 if fast else 0.01)
    for _ in range(80):
        optimizer.zero_grad()
        loss_of(model, batch).backward()
        optimizer.step()
    assert loss_of(model, batch).item() < 0.02


def test_the_same_seed_gives_the_same_loss_and_another_another(prepared):
    batch = prepared.task.batches(prepared.data, 4, 0, 0)[0]
    found = [loss_of(prepared.model(seed=seed), batch).item() for seed in (3, 3, 4)]
    assert found[0] == found[1] != found[2]


def test_noise_acts_in_training_only(prepared):
    model, batch = prepared.model(dropout=0.5), prepared.task.batches(prepared.data, 4, 0, 0)[0]
    calm, again, noisy, same = (loss_of(model, batch, n).item() for n in (None, None, Noise(1, 0), Noise(1, 0)))
    assert calm == again != noisy == same


def test_weights_and_vocabulary_round_trip(any_prepared, tmp_path):
    prepared, task, model = any_prepared, any_prepared.task, any_prepared.model()
    (tmp_path / "saved").mkdir()
    task.save(tmp_path / "saved")
    loaded = type(task).load(task.config, tmp_path / "saved")
    assert loaded.fingerprint == task.fingerprint
    for one, other in zip(loaded.outlines, task.outlines, strict=True):
        assert {name: type(told) for name, told in one.items()} == {name: type(told) for name, told in other.items()}
        np.testing.assert_equal(
            {name: vars(told) for name, told in one.items()}, {n: vars(t) for n, t in other.items()}
        )
    other = prepared.model(loaded, seed=4)
    other.load_weights({name: array.copy() for name, array in model.weights().items()})
    before, after = (
        one.evaluate(network, prepared.reader, prepared.paths, tmp_path)
        for one, network in ((task, model), (loaded, other))
    )
    assert after == before
    assert loaded.sample(other, prepared.data, 5) == task.sample(model, prepared.data, 5)


def test_the_pieces_of_a_score_are_the_score(prepared, tmp_path):
    found = prepared.task.evaluate(prepared.model(), prepared.reader, prepared.paths, tmp_path)
    assert (found.by_piece is not None) == (
        isinstance(prepared.task, ExampleTask) or prepared.task.unit in ("steps", "points")
    )
    if found.by_piece is None:
        return
    pieces, values = found.by_piece.pieces(), {score.name: score.value for score in found.scores}
    assert {name: part.value for name, part in pieces.items()} == {
        name: pytest.approx(values[name], rel=1e-9) for name in pieces
    }
    assert found.scores[0].name in pieces
    count = next(iter(found.counts.items()))
    assert (found.by_piece.things, len(found.by_piece.gold)) == count
    assert {len(part.statistics) for part in pieces.values()} == {count[1]}


@pytest.mark.parametrize(
    "name",
    [
        one
        for one in BY_GRADIENTS
        if "series" not in one and one[:2] not in ("lm", "se", "ct", "ca", "fo", "st", "ha", "me", "tr", "qa")
    ],
)
def test_all_models_of_a_task_with_vectors_start_alike(name, tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("".join(f"{word} {' '.join([str(number)] * 16)}\n" for number, word in enumerate(["anna", "zoe"])))
    prepared = prepare(CASES[name], tmp_path, vectors=str(path))
    first, second, third = (prepared.model().weights() for _ in range(3))
    for weight, array in first.items():
        np.testing.assert_array_equal(second[weight], array)
        np.testing.assert_array_equal(third[weight], array)
    rows = prepared.task.coder.words.encode(["anna", "zoe"])
    assert third["encoder.words.weight"][rows].tolist() == [[0.0] * 16, [1.0] * 16]
    other = prepared.model(seed=4).weights()["encoder.words.weight"]
    assert other[rows].tolist() == [[0.0] * 16, [1.0] * 16]
    assert (other != third["encoder.words.weight"]).any()


def test_every_parameter_is_counted(prepared):
    model = prepared.model()
    assert model.num_weights() == sum(p.numel() for p in model.parameters())


def test_inputs_are_the_first_fields(any_prepared):
    config = any_prepared.task.config
    inputs = any_prepared.task.inputs(config)
    assert inputs == any_prepared.task.fields(config)[: len(inputs)] != ()


def numbers(batch):
    """Return every number of a batch."""
    parts = {**batch.fields, **{f"table {name}": table for name, table in batch.tables.items()}}
    return {
        (name, what): (array.shape, array.tobytes())
        for name, one in parts.items()
        for what, array in (("values", one.values), ("lengths", one.lengths))
        if array is not None
    }


def test_a_batch_depends_on_seed_epoch_and_place_alone(prepared):
    task, data = prepared.task, prepared.data
    one, other = (task.batches(data, 4, 7, 1) for _ in range(2))
    places = range(len(one))
    backward = {place: numbers(other[place]) for place in reversed(places)}
    assert [numbers(one[place]) for place in places] == [backward[place] for place in places]
    if isinstance(task, WordsTask):
        window = task.config.window if getattr(task.config, "framed", False) else None  # of which each is learned from
        pieces = [-(-len(example.fields["tags"]) // window) if window else 1 for example in data.train.examples]
        assert sum(batch.size for batch in one) == sum(pieces)
        for seed, epoch in ((8, 1), (7, 2)):
            changed = task.batches(data, 4, seed, epoch)
            assert [numbers(changed[place]) for place in places] != [backward[place] for place in places]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_training_twice_gives_the_same_weights(case, tmp_path):
    names, weights = case.write(tmp_path), []
    options = {f"task.{key}": value for key, value in case.options.items()} | case.small
    for name in ("one", "two"):
        elman.train(case.task, names, out=tmp_path / name, steps=4, threads=1, settings=options)
        weights.append((tmp_path / name / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_report_of_every_task_is_rendered(case, tmp_path, pictures):
    options = {f"task.{key}": value for key, value in case.options.items()} | case.small
    elman.train(case.task, case.write(tmp_path), out=tmp_path / "run", steps=1, threads=1, settings=options)
    page = (tmp_path / "run" / "report.html").read_text()
    assert NOT_RENDERED not in page
    assert re.search(r"<svg [^>]*>.*<path ", page, re.DOTALL)


@pytest.fixture
def language(tmp_path):
    kind, reader = TASKS.get("lm"), READERS.get("text")
    files = DataFiles([tmp_path / "text.txt"], [], 0.2)
    text(tmp_path)
    config = kind.Config(**CASES["lm"].options)
    return Prepared(*kind.prepare(config, reader(reader.Config()), files, tmp_path, str), None, None)


def test_a_validation_stops_at_its_limit(language):
    task, data, model = language.task, language.data, language.model()
    whole = task.validate(model, data)
    task.config = task.config.model_copy(update={"validation_tokens": 50})
    assert task.validate(model, data).counts["tokens"] == 50 < whole.counts["tokens"]


def test_streams_of_evaluation_are_near_one_stream(language, monkeypatch):
    task, data, model = language.task, language.data, language.model()
    many = task.validate(model, data).scores[0]
    exact = likelihood.EvaluationStreams
    monkeypatch.setattr(likelihood, "EvaluationStreams", lambda store, start, streams: exact(store, start, streams=1))
    one = task.validate(model, data).scores[0]
    np.testing.assert_allclose(many.value, one.value, rtol=1e-4)
