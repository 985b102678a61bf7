"""Handwriting: texts and points as numbers, what is learned of letters, and what is written of a text."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch

import elman
from elman.data.outlines import Frames, Points, Tokens
from elman.data.recordings import Medium, Recording
from elman.data.records import Batch, Example, Padded
from elman.errors import ConfigError, DataError
from elman.inference.drawing import drawings
from elman.inspection.views.window import WindowView
from elman.layers.initialization import initialize
from elman.models.rnn_scribe import RnnScribe
from elman.pages.details import picture
from elman.tasks.handwriting import Handwriting

DOWN, ACROSS = [[2, 0, 0], [0, 3, 0], [0, 3, 0], [0, 3, 1]], [[2, 0, 0], [3, 0, 0], [3, 0, 0], [3, 0, 1]]
LETTERS = {"l": DOWN, "m": ACROSS}


def written(text, draw):
    """Return a text of two letters, one a stroke downwards, the other one to the right, a little shaken."""
    points = np.array([point for letter in text for point in LETTERS[letter]], float)
    points[:, :2] += draw.normal(0, 0.2, (len(points), 2))
    return points.round(2).tolist()


def lines(count=120, seed=1):
    draw = np.random.default_rng(seed)
    texts = ["".join(draw.choice(["l", "m"], draw.integers(1, 7))) for _ in range(count)]
    return "".join(json.dumps({"text": text, "strokes": written(text, draw)}) + "\n" for text in texts)


def examples(texts):
    draw = np.random.default_rng(3)
    return [
        Example({"frames": Recording(np.array(written(text, draw)), Medium.PEN), "text": text}, f"x:{at}")
        for at, text in enumerate(texts)
    ]


OPTIONS = {"hidden": 32, "threads": 1, "batch_size": 8, "learning_rate": 0.01}
SMALL = {"model.components": 2, "model.window": 2}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hand")
    (folder / "train.jsonl").write_text(lines())
    run = elman.train(
        "handwriting", str(folder / "train.jsonl"), out=folder / "run", steps=220, settings=SMALL, **OPTIONS
    )
    return elman.load(run), folder


def read_back(points):
    """Return the text that a drawing is, by where the pen goes in the last three of the four points of each letter."""
    ways = [np.abs(points[at + 1 : at + 4, :2].sum(0)) for at in range(0, len(points) - 1, 4)]
    return "".join("l" if down > across else "m" for across, down in ways)


def test_it_learns_to_write_what_it_is_told(trained):
    model, _ = trained
    texts = ["l", "m", "lm", "ml", "llm", "mlm", "lllm", "mmll"]
    found = [read_back(one) for text in texts for one in drawings(model, 2, bias=1.0, text=text)]
    right = sum(one == text for one, text in zip(found, np.repeat(texts, 2), strict=True))
    assert right >= 14, found


def test_a_drawing_ends_where_its_text_is_written(trained):
    model, _ = trained
    for text in ("l", "mlml"):
        lengths = [len(one) for one in drawings(model, 4, bias=1.0, text=text)]
        assert all(abs(length - 4 * len(text)) <= 2 for length in lengths), (text, lengths)
    assert [len(one) for one in drawings(model, 2, 3, text="mlml")] == [3, 3]


def test_a_drawing_depends_on_seed_and_number_alone(trained):
    model, _ = trained
    many, few = (drawings(model, count, seed=7, text="lm") for count in (3, 1))
    longer = drawings(model, 1, 500, seed=7, text="lm")
    assert np.allclose(many[0], few[0], atol=1e-4)
    assert np.array_equal(few[0], longer[0])
    assert not np.array_equal(drawings(model, 1, seed=8, text="lm")[0], few[0])
    assert many[0][:4].tolist() != many[1][:4].tolist()
    assert set(np.concatenate(many)[:, 2]) <= {0.0, 1.0}


def test_the_text_is_worth_what_it_says(trained):
    model, folder = trained
    found = model.evaluate(folder / "train.jsonl")
    assert found.counts["drawings"] == 120
    first, own = found.scores
    assert first.value < found.naive["one Gaussian"]["cross_entropy"] - 1
    assert own.value == pytest.approx(first.value + 2 * np.log(model.task.pen.deviation), abs=1e-9)
    given = list(model.read(folder / "train.jsonl"))
    swapped = [Example({**one.fields, "text": one.fields["text"].translate({108: "m", 109: "l"})}) for one in given]
    right, wrong = (np.mean([one.facts["nats"] for one in model.answer(some)]) for some in (given, swapped))
    assert wrong > right + 0.5


def test_neighbours_in_a_batch_change_no_score(trained):
    model, folder = trained
    inputs = list(model.read(folder / "train.jsonl"))[:20]
    whole = [answer.facts["nats"] for answer in model.answer(inputs)]
    alone = [model.answer([one])[0].facts["nats"] for one in inputs]
    assert whole == pytest.approx(alone, abs=2e-4)
    shown = model.answer(inputs[:1])[0]
    assert shown.facts["text"] == inputs[0].fields["text"]
    assert f"points of {inputs[0].fields['text']}, " in shown.shown


def test_the_window_goes_over_the_text(trained):
    model, _ = trained
    (seen,) = WindowView(model).look(["lml"])
    weights = np.array(seen.facts["weights"])
    most = weights.argmax(1)
    assert weights.shape[1] == 3
    assert (np.diff(most) >= 0).all()
    assert set(most.tolist()) == {0, 1, 2}
    assert seen.text.splitlines()[0] == "character  read most at points"
    assert len(seen.facts["points"]) == len(weights)
    (detail,) = seen.details
    shares = np.array([row[1:] for row in detail.rows])
    assert shares.shape == (3, len(weights))
    assert np.allclose(shares.sum(0), 1, atol=1e-5)
    drawing = picture(asdict(detail))
    assert ">points<" in drawing
    assert ">text<" in drawing


def test_the_report_has_what_it_writes_and_where_the_window_stands(trained):
    _, folder = trained
    page = (folder / "run" / "report.html").read_text()
    assert "<h2>Handwriting</h2>" in page
    for name in ("true: ", "bias 0</text>", "bias 1</text>"):
        assert page.count(name) >= 4
    assert "<h2>The window over " in page
    assert "2: lm" in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"^the text to write: got none, expected some of 'lm'\. Write others\.$"),
        ("lxl y", r"^the text to write: got 'x', ' ', 'y', which no text of training has, expected some of 'lm'\."),
        (3, r"^text: got int, expected a text\.$"),
    ],
)
def test_a_text_that_cannot_be_written_is_refused(trained, text, message):
    with pytest.raises(ConfigError, match=message):
        drawings(trained[0], text=text)


def test_a_line_is_no_question(trained):
    with pytest.raises(DataError, match=r"^this run reads drawings with their texts\. Give a file with --input"):
        trained[0].predict("lm")


def test_a_drawing_of_no_text_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(4) + json.dumps({"text": "", "strokes": DOWN}) + "\n")
    with pytest.raises(DataError, match=r"a\.jsonl:5: got an empty text, expected what was written\. Leave the"):
        elman.train("handwriting", str(tmp_path / "a.jsonl"), out=tmp_path / "r", steps=1)


def network(layers=3, **options):
    """Return a small network over four characters."""
    config = RnnScribe.Config(hidden_size=6, num_layers=layers, components=3, window=2, **options)
    reads = {"frames": Frames((3,)), "text": Tokens(["<unk>", "\n", "l", "m"])}
    made = RnnScribe(config, reads, {"point": Points()})
    initialize(made, 3)
    return made


def test_layers_read_the_point_the_window_and_all_below():
    model = network()
    assert [cell.input_size for cell in (model.first.cell, *model.above.layers)] == [3 + 4, 3 + 4 + 6, 3 + 4 + 12]
    assert model.head.hidden_size == 18
    assert network(1).head.hidden_size == 6
    assert model.title == "lstm 3x6, window of 2, mixture of 3"


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["lstm", "gru", "elman"])
def test_padding_of_texts_and_drawings_changes_no_loss(layers, cell):
    model, task = network(layers, cell=cell), Handwriting.learn(Handwriting.Config(), examples(["lm", "l", "mlml"]))
    data = task.encode(examples(["lm", "l", "mlml"]))
    whole = model.loss(data.batch(np.array([0, 1, 2])), (), None).heads["point"]
    alone = [model.loss(data.batch(np.array([row])), (), None).heads["point"] for row in range(3)]
    assert whole.nats.item() == pytest.approx(sum(one.nats.item() for one in alone), rel=1e-5)
    assert whole.targets == sum(one.targets for one in alone)


def test_what_is_written_has_the_density_of_reading_it():
    # What steps make one by one is what the whole drawing makes at once.
    model = network()
    ids = np.array([2, 3, 3])
    (points,) = model.written(ids, np.random.default_rng(5).random((1, 9, 4)))
    shown = np.concatenate([np.zeros((1, 3)), points[:-1]]).astype(np.float32)
    batch = Batch(1, {"frames": Padded(torch.tensor(shown)[None]), "text": Padded(torch.tensor(ids)[None])})
    with torch.no_grad():
        hidden = model.encode(batch, None).hidden["point"].values[0]
        draws = torch.tensor(np.random.default_rng(5).random((1, 9, 4)), dtype=torch.float32)[0, : len(points)]
        again = model.head.draw(hidden, draws)
    assert np.allclose(again, points, atol=1e-4)


def test_no_point_is_seen_before_it_is_predicted():
    model, task = network(), Handwriting.learn(Handwriting.Config(), examples(["lm", "l"]))
    data = task.encode(examples(["lm"]))
    before = model.nats(data)
    data.points.values[3] += 1
    after = model.nats(data)
    assert np.array_equal(before[:3], after[:3])
    assert (before[3:] != after[3:]).all()


def test_a_run_goes_on_where_it_stopped_bit_for_bit(tmp_path):
    (tmp_path / "train.jsonl").write_text(lines(30))
    often = {"training.checkpoint_every": 3, "training.log_every": 1, "model.dropout": 0.2, **SMALL}
    options = {**OPTIONS, "steps": 8, "hidden": 8, "settings": often}
    path = str(tmp_path / "train.jsonl")
    elman.train("handwriting", path, out=tmp_path / "whole", **options)

    def stop(event):
        if getattr(event, "step", 0) >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        elman.train("handwriting", path, out=tmp_path / "parts", listener=stop, **options)
    elman.resume(tmp_path / "parts")
    whole, parts = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts"))
    assert whole == parts
