"""Captions from pictures to scores: references, baselines, where was looked, and what is refused."""

import json
import re

import numpy as np
import pytest
import torch
from PIL import Image

import elman
from elman.cli.main import main
from elman.data.readers import READERS
from elman.errors import ConfigError
from elman.evaluation.details import Detail
from elman.evaluation.pictured import grid, pictured
from elman.metrics import METRICS
from elman.metrics.base import Written
from elman.pages.details import picture
from elman.runs.logged import check_event
from tests.contracts.test_tasks import captions
from tests.reports import rendered

SMALL = {
    "model.hidden_size": 24,
    "model.convolutions": [8, 16],
    "model.dropout": 0.0,
    "model.label_smoothing": 0.0,
    "model.attention": "additive",
    "training.learning_rate": 0.02,
    "training.batch_size": 8,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("caption")
    captions(path)
    return path


HASTY = {**SMALL, "task.longest_more": 8}  # a model that has learned nothing never ends


def train(folder, out, **options):
    data = str(folder / "captions.tsv")
    given = {"valid": data, "steps": 1, "threads": 1, **options}
    return elman.train("caption", data, out=out, **{**given, "settings": {**HASTY, **given.get("settings", {})}})


@pytest.fixture(scope="module")
def run(folder):
    with rendered():
        train(folder, folder / "run", steps=100, settings={"task.longest_more": 50})
    return folder / "run"


def test_D30_it_learns_colours_and_sides(run, folder):
    found = elman.load(run).evaluate(str(folder / "captions.tsv"))
    scores = {score.name: score.value for score in found.scores}
    assert next(iter(scores)) == "bleu"
    assert scores["exact_match"] == 1  # each colour, and each side where one is told
    assert scores["bleu"] == pytest.approx(100)
    assert found.counts["pictures"] == 40
    assert "nrefs:2|" in found.scores[0].signature
    assert "longest" not in found.scores[0].signature


def test_captions_of_a_picture_are_its_references_wherever_they_stand(folder, tmp_path):
    lines = (folder / "captions.tsv").read_text().splitlines()
    for line in lines[1:]:
        name = line.partition("\t")[0]
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    shuffled = [lines[0], *sorted(lines[1:], key=lambda line: line.partition("\t")[2])]
    (tmp_path / "list.tsv").write_text("\n".join(shuffled) + "\n")
    kind = READERS.get("pictures")
    examples = list(kind(kind.Config(), ("frames", "target")).read([tmp_path / "list.tsv"]))
    assert len(examples) == 40
    assert {len(one.fields["target"]) for one in examples} == {2}


def test_references_of_equal_pictures_stay_in_one_part(folder, tmp_path):
    lines = (folder / "captions.tsv").read_text().splitlines()
    names = [f"{number:02}.png" for number in range(12)]
    written = [lines[0]]
    for number, name in enumerate(names):
        for copy in ("a", "b"):
            (tmp_path / f"{copy}{name}").write_bytes((folder / name).read_bytes())
            written.append(f"{copy}{name}\tcaption {copy} of {number}")
    (tmp_path / "list.tsv").write_text("\n".join(written) + "\n")
    elman.train("caption", str(tmp_path / "list.tsv"), valid="25%", out=tmp_path / "run", steps=1, settings=HASTY)
    [log] = [
        json.loads(line)
        for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
        if json.loads(line)["event"] == "data"
    ]
    assert log["card"]["training"] == "18 pictures, 180 frames"
    assert log["card"]["validation"] == "6 pictures, 60 frames"
    assert log["card"]["frame"] == "36 numbers, as they are"


def test_pictures_of_several_captions_are_there_once(folder, tmp_path):
    task = elman.load(train(folder, tmp_path / "run", steps=1).path).task
    kind = READERS.get("pictures")
    reader = kind(kind.Config(), ("frames", "target"))
    examples = task.learned_from(task.examples(_frames(task, reader), [folder / "captions.tsv"]))
    data = task.encode(examples, learns=True)
    assert (len(data.examples), len(data.inputs.lengths)) == (80, 40)
    some = np.array([3, 60, 2])
    batch = task.batch(data, some)
    frames = [examples[row].fields["frames"] for row in some]
    np.testing.assert_array_equal(batch.fields["frames"].values, np.stack(frames))
    assert data.widths.shape == (1, 80)


def _frames(task, reader):
    from elman.tasks.base.framing import FramingReader

    return FramingReader(reader, task.config, None)


def test_what_needs_no_model_stands_beside_it(folder, tmp_path):
    train(folder, tmp_path / "run", steps=1)
    events = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    found = {one["model"]: one["value"] for one in events if one["event"] == "baseline"}
    assert list(found) == ["nearest", "most_frequent"]
    assert found["nearest"] == pytest.approx(100)  # to each its own first caption: validation is the training part
    assert found["most_frequent"] < 100  # one colour of two is wrong


def test_D30_five_references_of_the_goldens():
    references = [
        "a dog runs on grass",
        "the dog is running on the grass",
        "a brown dog runs",
        "dog runs on the green grass",
        "a dog running",
    ]
    metric = METRICS.get("bleu")()
    found = metric.value(metric.statistics(Written(["a dog runs on the grass"], [references])))
    assert found == pytest.approx(90.36020036098454, abs=1e-9)


@pytest.mark.parametrize("size", [1, 3, 40])
def test_no_answer_depends_on_its_batch(run, folder, size):
    model = elman.load(run)
    examples = list(model.read(folder / "captions.tsv"))[:12]
    together = model.task.answer(model.ready, examples, 1)
    alone = [
        one for start in range(0, 12, size) for one in model.task.answer(model.ready, examples[start : start + size], 1)
    ]
    assert [one.value for one in alone] == [one.value for one in together]
    for one, other in zip(alone, together, strict=True):
        assert one.facts["log_prob"] == pytest.approx(other.facts["log_prob"], abs=1e-3)
        np.testing.assert_allclose(one.facts["attention"]["weights"], other.facts["attention"]["weights"], atol=1e-3)


def test_training_goes_on_as_if_it_had_never_stopped(folder, tmp_path):
    settings = {
        "model.dropout": 0.2,
        "model.decoder": "bahdanau",
        "model.gate": True,
        "model.doubly_stochastic": 0.5,
        "training.schedule": "constant",
    }
    whole = train(folder, tmp_path / "whole", steps=6, settings=settings)
    train(folder, tmp_path / "parts", steps=3, settings=settings)
    elman.resume(tmp_path / "parts", steps=6)
    names = [path / "checkpoints" for path in (whole.path, tmp_path / "parts")]
    last = [sorted(path.iterdir())[-1] / "training.safetensors" for path in names]
    assert last[0].read_bytes() == last[1].read_bytes()


@pytest.mark.parametrize("decoder", ["initial", "context", "luong", "bahdanau", "hard"])
def test_every_decoder_takes_pictures(folder, tmp_path, decoder):
    made = train(folder, tmp_path / "run", steps=2, settings={"model.decoder": decoder, "model.attention": ""})
    assert made.best.value >= 0


def test_the_terminal_the_page_and_json_have_where_it_looked(run, folder, tmp_path, capsys):
    name = str(folder / "03.png")
    assert main(["inspect", str(run), "alignment", name, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["source"] == "03.png"
    assert found["tokens"]["source"] == [f"{row},{column}" for row in (1, 2, 3) for column in (1, 2, 3)]
    assert np.sum(found["weights"], 1) == pytest.approx(1, abs=1e-3)
    assert (
        main(
            ["inspect", str(run), "alignment", name, f"{name}\tthis is a red one", "--out", str(tmp_path / "seen.html")]
        )
        == 0
    )
    page = (tmp_path / "seen.html").read_text()
    assert page.count("<svg") == 2
    assert "03.png → this is a red one" in page
    assert "<image" in page
    assert main(["inspect", str(run), "alignment", name]) == 0
    assert capsys.readouterr().out.splitlines()[0].split("  ") == ["target", "looked at, with its share"]


def test_the_report_shows_four_pictures(run):
    text = (run / "report.html").read_text()
    assert text.count("Where it looked: ") == 4
    assert "<image" in text


def test_predictions_are_of_files(run, folder, capsys):
    assert main(["predict", str(run), str(folder / "captions.tsv"), "--input", "data"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 40
    assert main(["predict", str(run), str(folder / "03.png"), "--input", "data", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["source"], found["text"]) == ("03.png", lines[3])


def test_lines_are_refused(run, capsys):
    assert main(["predict", str(run), str(run / "config.toml"), "--input", "text"]) == 2
    said = "this run reads pictures or recordings, not lines of text. Give a file with --input data, or in"
    assert said in capsys.readouterr().err


def test_missing_pictures_are_named(folder, tmp_path, capsys):
    (tmp_path / "x.png").write_bytes((folder / "00.png").read_bytes())
    (tmp_path / "list.tsv").write_text("image\tcaption\nx.png\tthis is a red one\ny.png\tthis is a blue one\n")
    assert main(["train", "caption", str(tmp_path / "list.tsv"), "--steps", "1"]) == 2
    assert "list.tsv: 1 of 2 pictures are not there: 'y.png'. Looked for in " in capsys.readouterr().err


def test_pictures_with_fewer_captions_are_taken_and_those_without_are_counted(folder, tmp_path, capsys):
    text = (folder / "captions.tsv").read_text().splitlines()
    for line in text[1:]:
        name = line.partition("\t")[0]
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    rows = [*text[:6], "02.png\t", "03.png\t", *text[9:]]  # one of the captions of 02, all of 03
    (tmp_path / "list.tsv").write_text("\n".join(rows) + "\n")
    out = str(tmp_path / "run")
    assert main(["train", "caption", str(tmp_path / "list.tsv"), "--out", out, "--steps", "1"]) == 0
    said = capsys.readouterr().err
    assert "passed over: 2 rows without target" in said
    assert "03.png" not in said


def test_one_caption_for_all_is_refused(folder, tmp_path, capsys):
    names = sorted(path.name for path in folder.glob("*.png"))
    for name in names:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "list.tsv").write_text("image\tcaption\n" + "".join(f"{name}\tthis is a red one\n" for name in names))
    assert main(["train", "caption", str(tmp_path / "list.tsv"), "--steps", "1"]) == 2
    assert "targets are the same: 'this is a red one', expected different ones." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model.tied": "all"}, r"tied: frames have no table that the decoder could share\. Take target\."),
        (
            {"model.decoder": "context", "model.attention": "", "model.gate": True},
            r"gate: decoder context looks at no place of the source\. Leave it out\.",
        ),
        (
            {"model.decoder": "initial", "model.attention": "", "model.doubly_stochastic": 1.0},
            r"doubly_stochastic: decoder initial looks at no place of the source\. Leave it out\.",
        ),
        (
            {"model.decoder": "hard", "model.doubly_stochastic": 1.0},
            r"doubly_stochastic: decoder hard takes one place and sums over all\. Leave it out\.",
        ),
        (
            {"model.teacher": "sampling", "model.doubly_stochastic": 1.0},
            r"model\.teacher: sampling does not follow where a decoder looks, and does not go with "
            r"model\.doubly_stochastic\.",
        ),
        ({"model.stack": 2}, r"model\.stack: means nothing to rows of a picture\. Leave it out\."),
    ],
)
def test_what_does_not_go_together_is_refused(folder, tmp_path, settings, said):
    with pytest.raises(ConfigError, match=said):
        train(folder, tmp_path / "run", steps=1, settings=settings)


def test_places_are_halved_as_often_as_there_are_that_few():
    assert grid(48, 48, 36) == (6, 6)
    assert grid(10, 12, 9) == (3, 3)
    assert grid(10, 12, 120) == (10, 12)


def test_a_picture_is_kept_with_where_it_was_looked_at():
    ink = np.zeros((4, 6, 3))
    ink[1, 2] = (1, 0.5, 0)
    found = pictured(ink, (2, 3), ["a", "b"], np.full((2, 6), 1 / 6), "seen")
    assert isinstance(found, Detail)
    assert found.columns == ["", "1,1", "1,2", "1,3", "2,1", "2,2", "2,3"]
    assert found.picture[1] == "000000" * 2 + "ff8000" + "000000" * 3
    told = {"title": found.title, "columns": found.columns, "rows": found.rows, "kind": "pictured"}
    check_event({"event": "views", "views": [{**told, "picture": found.picture}]})
    assert picture({**told, "picture": found.picture}).startswith("<svg")
    with pytest.raises(ValueError, match="picture: got other rows, expected six hexadecimal digits for each place"):
        check_event({"event": "views", "views": [{**told, "picture": ["00", "0000"]}]})
    other = {**told, "picture": found.picture, "columns": ["", "1", "2", "3", "4", "5", "6"]}
    with pytest.raises(ValueError, match="columns: got 6 places that are no rows and columns of a picture"):
        check_event({"event": "views", "views": [other]})


def films(folder, count=24):
    lines = ["clip\tlabel\tcaption"]
    for number in range(count):
        film = np.full((6, 8, 8), 255, np.uint8)
        right = number % 2
        for step in range(6):
            film[step, 2:5, (1 + step if right else 6 - step) % 8] = 0
        film[number % 6, number % 8, number % 7] = 128
        Image.fromarray(film.reshape(48, 8)).save(folder / f"{number}.png")
        way = "right" if right else "left"
        lines.append(f"{number}.png\t{way}\tit moves {way}")
    (folder / "films.tsv").write_text("\n".join(lines) + "\n")
    return str(folder / "films.tsv")


@pytest.mark.parametrize(("task", "score"), [("caption", "exact_match"), ("classify", "accuracy")])
def test_D32_films_are_read_picture_by_picture(tmp_path, task, score):
    data = films(tmp_path)
    settings = {"task.features": ["film"], "model.hidden_size": 16, "model.convolutions": [4, 8]}
    settings |= {"training.learning_rate": 0.02, "training.batch_size": 8, "model.dropout": 0.0}
    elman.train(task, data, valid=data, out=tmp_path / "run", steps=60, threads=1, settings=settings)
    model = elman.load(tmp_path / "run")
    assert {one.name: one.value for one in model.evaluate(data).scores}[score] > 0.9
    assert model.task.coder.outline.shape == (8, 8, 1)


def test_what_is_no_film_is_refused(tmp_path, capsys):
    data = films(tmp_path)
    Image.fromarray(np.arange(360, dtype=np.uint8).reshape(45, 8)).save(tmp_path / "3.png")
    assert main(["train", "caption", data, "--steps", "1", "--set", "task.features=['film']"]) == 2
    said = "got 8 x 45 places, expected films of pictures of 8 x 8 below each other. Set task.feature_options"
    assert said in capsys.readouterr().err


def test_other_padding_changes_nothing(tmp_path):
    data = films(tmp_path)
    settings = {**HASTY, "task.features": ["film"], "model.hidden_size": 8, "model.doubly_stochastic": 1.0}
    elman.train("caption", data, valid=data, out=tmp_path / "run", steps=2, settings=settings)
    network = elman.load(tmp_path / "run").model
    frames = torch.rand(3, 5, 64)
    lengths = torch.tensor([5, 2, 3])
    from elman.data.records import Padded

    source, _ = network.encode(Padded(frames, lengths))
    frames[1, 2:], frames[2, 3:] = 7.0, -3.0
    again, _ = network.encode(Padded(frames, lengths))
    alone, _ = network.encode(Padded(frames[1:2, :2], lengths[1:2]))
    torch.testing.assert_close(again.values, source.values, rtol=0, atol=0)
    torch.testing.assert_close(alone.values[0], source.values[1, :2])
    torch.testing.assert_close(alone.last[0], source.last[1])


def beside(folder, tmp_path, rows):
    """Write a list with the pictures of a folder beside it."""
    for path in folder.glob("*.png"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "list.tsv").write_text("".join(f"{row}\n" for row in rows))
    return tmp_path / "list.tsv"


def refused(capsys, *words):
    assert main([*map(str, words)]) == 2
    return capsys.readouterr().err


def test_a_list_of_names_alone_has_no_captions(folder, tmp_path, capsys):
    data = beside(folder, tmp_path, ["image", *(f"{number:02}.png" for number in range(40))])
    assert (
        "list.tsv:1: names pictures, and nothing of them: got 1 column, expected a target behind each name. "
        "Put a tab between." in refused(capsys, "train", "caption", data)
    )
    assert "a folder of pictures, without a target for each. Give a list" in refused(capsys, "train", "caption", folder)
    said = (
        "03.png: one of the pictures alone, without a target. Give a list with a line a file: its name and its target"
    )
    assert said in refused(capsys, "train", "caption", folder / "03.png")


def test_a_line_without_a_tab_is_named(folder, tmp_path, capsys):
    data = beside(folder, tmp_path, ["image\tcaption", "00.png\tthis is a red one", "01.png"])
    assert "list.tsv:3: got 1 column, expected target in column 2. Mend it." in refused(
        capsys, "train", "caption", data
    )


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n", b"words"], ids=["cut off", "no picture"])
def test_a_broken_picture_is_named(run, folder, tmp_path, capsys, content):
    data = beside(folder, tmp_path, ["image\tcaption", "00.png\tthis is a red one", "broken.png\tthis is a blue one"])
    (tmp_path / "broken.png").write_bytes(content)
    for words in (("train", "caption", data), ("predict", run, tmp_path / "broken.png")):
        said = refused(capsys, *words)
        assert f"{tmp_path / 'broken.png'}: cannot be read as a picture: " in said
        assert "Leave it out, or save it anew." in said


def test_pictures_of_one_colour_are_left_out_and_told(folder, tmp_path, capsys):
    rows = (folder / "captions.tsv").read_text().splitlines()
    beside(folder, tmp_path, [*rows, "flat.png\tnothing is there"]).rename(tmp_path / "captions.tsv")
    Image.new("RGB", (12, 10), "white").save(tmp_path / "flat.png")
    train(tmp_path, tmp_path / "run")
    said = capsys.readouterr().err
    assert "left out: flat.png: one of the pictures of one colour" in said
    assert re.search(r"passed over: \d pictures? of one colour", said)


def test_pictures_of_other_sizes_are_fitted(run, folder, tmp_path, capsys):
    Image.open(folder / "03.png").resize((24, 20), Image.Resampling.NEAREST).save(tmp_path / "large.png")
    Image.open(folder / "03.png").convert("L").save(tmp_path / "grey.png")
    texts = []
    for path in (folder / "03.png", tmp_path / "large.png", tmp_path / "grey.png"):
        assert main(["predict", str(run), str(path)]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert texts[2].endswith("\n")


def test_a_picture_in_both_parts_is_told(folder, tmp_path, capsys):
    head, *rows = (folder / "captions.tsv").read_text().splitlines()
    beside(folder, tmp_path, [head, *rows[40:]])
    (tmp_path / "captions.tsv").write_text("\n".join([head, *rows[:60]]) + "\n")
    train(tmp_path, tmp_path / "run", valid=str(tmp_path / "list.tsv"))
    said = capsys.readouterr().err
    assert "validation: " in said
    assert f"are in training too, first {tmp_path / '20.png'}: scores come out too good. Take them out of one" in said


def test_captions_are_what_a_list_of_several_texts_a_picture_is_for(folder, tmp_path, capsys):
    assert main(["describe", str(folder / "captions.tsv")]) == 0
    told = capsys.readouterr().out
    assert "elman train caption " in told
    assert "80 texts, 6 different" in told
    once = (folder / "captions.tsv").read_text().splitlines()[::2]
    assert main(["describe", str(beside(folder, tmp_path, ["image\ttext", *once[1:]]))]) == 0
    assert "elman train ctc " in capsys.readouterr().out
