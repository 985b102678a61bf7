"""Series of numbers from a file to answers, by the commands that people type."""

import json
import math

import pytest

SMALL = ["--steps", 40, "--hidden", 8, "--threads", 1, "--learning-rate", 0.02]


def waves(count, first=0, width=2):
    """Return a .ts file of slow and fast waves of different lengths."""
    lines = ["@problemName waves", "@classLabel true slow fast", "@data"]
    for number in range(first, first + count):
        label, speed = ("slow", 0.3) if number % 2 else ("fast", 1.2)
        steps = [5.0 + 3 * math.sin(speed * step + number) for step in range(6 + number % 5)]
        dimensions = [",".join(f"{scale * value:.4f}" for value in steps) for scale in range(1, width + 1)]
        lines.append(":".join([*dimensions, label]))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("series")
    (path / "train.ts").write_text(waves(60))
    (path / "test.ts").write_text(waves(20, 60))
    (path / "narrow.ts").write_text(waves(4, 0, 1))
    return path


@pytest.fixture(scope="module")
def trained(folder):
    """A run on series, made by one command without an option about their format."""
    import elman

    return elman.train("classify", str(folder / "train.ts"), out=folder / "run", steps=40, hidden=8, threads=1).path


def test_one_command_trains_on_series_and_says_what_it_saw(run, folder, tmp_path):
    done = run("train", "classify", folder / "train.ts", "--out", tmp_path / "r", *SMALL)
    assert done.code == 0
    known = "audio, idx, jsonl_series, pictures, series, sphinx, ts, wide"
    assert f"format: ts, guessed; --set reader.name=NAME decides it: {known}" in done.err
    assert "nats/series" in done.err
    assert f"elman predict {tmp_path / 'r'} FILE --input data" in done.out
    assert (tmp_path / "r" / "vocabulary" / "frames.json").is_file()


def test_series_are_scored_and_answered(run, folder, trained):
    done = run("evaluate", trained, folder / "test.ts", "--json")
    facts = json.loads(done.out)
    assert {score["name"]: score["unit"] for score in facts["scores"]}["accuracy"] == "of series"
    assert facts["counts"]["series"] == 20
    rows = [json.loads(line) for line in run("predict", trained, folder / "test.ts", "--input", "data", "--json").out.splitlines()]  # fmt: skip  # noqa: E501
    assert len(rows) == 20
    assert rows[0]["series"].endswith("test.ts:4 (6 frames)")
    assert {label["label"] for label in rows[0]["labels"]} == {"slow", "fast"}


def test_a_table_of_series_says_the_same_as_the_archive(run, folder, trained, tmp_path):
    rows = ["series,time,x,y,label"]
    for number, line in enumerate((folder / "test.ts").read_text().splitlines()[3:]):
        x, y, label = line.split(":")
        rows += [
            f"{number},{t},{a},{b},{label}" for t, (a, b) in enumerate(zip(x.split(","), y.split(","), strict=True))
        ]
    (tmp_path / "test.csv").write_text("\n".join(rows) + "\n")
    done = run("train", "classify", folder / "train.ts", "--valid", folder / "test.ts", "--out", tmp_path / "r", *SMALL)
    assert done.code == 0
    import elman

    model = elman.load(tmp_path / "r")
    from elman.data.readers.series import SeriesReader

    table = list(SeriesReader(SeriesReader.Config(), ("frames", "labels")).read([tmp_path / "test.csv"]))
    archive = list(model.reader.read([folder / "test.ts"]))
    found, expected = (model.answer(examples, 2, facts=False) for examples in (table, archive))
    assert [answer.value for answer in found] == [answer.value for answer in expected]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "RUN", "narrow.ts"], r"narrow.ts:4: 1 number a frame, expected 2 numbers as in training"),
        (["predict", "RUN", "narrow.ts", "--input", "text"], "this run reads series of numbers, not lines of text"),
        (["train", "classify", "train.ts", "--set", "task.lowercase=false"], "task.lowercase: means nothing to series"),
        (
            ["train", "classify", "train.ts", "--set", "model.characters=lstm"],
            "model.characters: means nothing to frames",
        ),
        (
            ["train", "classify", "train.ts", "--model", "linear"],
            "linear reads words and predicts label or labels;",
        ),
    ],
)
def test_mistakes_are_one_line_and_exit_2(run, folder, trained, tmp_path, arguments, message):
    names = {"RUN": trained, **{path.name: path for path in folder.glob("*.ts")}}
    arguments = [names.get(argument, argument) for argument in arguments]
    if arguments[0] == "train":
        arguments += ["--out", tmp_path / "r", *([] if "linear" in arguments else SMALL)]
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err.splitlines()[-1]
    assert not (tmp_path / "r" / "model.safetensors").exists()
