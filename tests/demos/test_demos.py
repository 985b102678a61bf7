"""Demonstrations: their data, their settings, and what is asked at the end."""

import re
from random import Random

import pytest

from elman.cli.main import main
from elman.config import Settings
from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.demos import DEMOS
from elman.demos.base import invented
from elman.errors import DataError
from elman.runs.configuration import RunConfig
from elman.tasks import TASKS

every_demo = pytest.mark.parametrize("name", DEMOS.names())


def test_every_task_has_a_demo():
    assert set(DEMOS.names()) == set(TASKS.names())


def resolved(demo, path):
    settings = Settings()
    for key, value in demo.settings.items():
        settings.set(key, value)
    settings.set("data.train", [str(path)])
    return RunConfig.resolve(settings)


@every_demo
def test_settings_are_those_of_a_run_of_the_task(name, tmp_path):
    demo = DEMOS.get(name)()
    config = resolved(demo, tmp_path / "data")
    assert config.task.name == name
    assert config.model.name == TASKS.get(name).default_model


@every_demo
def test_the_text_is_the_same_at_every_call_and_its_reader_reads_it(name, tmp_path):
    kind = DEMOS.get(name)
    assert kind().text() == kind().text()
    path = tmp_path / f"data.{kind.ending}"
    kind().write(path)
    assert path.read_text(encoding="utf-8") == kind().text()
    kind().write(path)  # the same text once more is no other text
    config = resolved(kind(), path)
    reader = READERS.get(config.reader.name)(config.reader, names_of(TASKS.get(name).fields(config.task)))
    examples = list(reader.read([path]))
    if name in ("lm", "embed"):
        assert "".join(example.fields["text"] for example in examples) == kind().text()
    else:
        counts = {"tag": 3000, "classify": 4000, "pair": 2500, "seq2seq": 4000, "ctc": 700, "memory": 5069}
        counts |= {"forecast": 1, "strokes": 400, "caption": 300, "handwriting": 600, "transduce": 8000, "qa": 1500}
        assert len(examples) == counts[name]
    assert not reader.skipped


def test_another_text_of_that_name_is_left_alone(tmp_path):
    path = tmp_path / "data.tsv"
    path.write_text("mine\n")
    with pytest.raises(DataError) as refused:
        DEMOS.get("classify")().write(path)
    assert str(refused.value) == f"{path}: is there already, with another text. Give another --out."
    assert path.read_text() == "mine\n"


@pytest.mark.parametrize("name", ["classify", "pair"])
def test_every_example_is_there_once_and_has_one_label(name):
    header, *lines = DEMOS.get(name)().text().splitlines()
    assert header.split("\t")[-1] == "label"
    assert len(set(lines)) == len(lines) == {"classify": 4000, "pair": 2500, "seq2seq": 4000}[name]
    inputs, labels = zip(*(line.rsplit("\t", 1) for line in lines), strict=True)
    assert len(set(inputs)) == len(lines), "nothing has two labels"
    # There are fewer different entailments than sentences that do not follow.
    assert min(labels.count(label) for label in set(labels)) > len(lines) / 10


def test_what_is_asked_about_is_not_in_the_data():
    demo = DEMOS.get("pair")()
    premises = {line.partition("\t")[0] for line in demo.text().splitlines()}
    asked = {line.partition("\t")[0] for line in demo.inputs}
    assert asked == {"A man is crowd surfing at a concert", "A wedding party is taking pictures"}
    assert not asked & premises
    assert {"A woman is crowd surfing at a concert", "A football team is taking pictures"} <= premises
    reviews = {line.partition("\t")[0] for line in DEMOS.get("classify")().text().splitlines()}
    assert "not exciting" in " ".join(reviews)
    assert not {line.lower() for line in DEMOS.get("classify").inputs if len(line.split()) > 2} & reviews


def test_names_are_invented():
    names = [invented(Random(seed), "ia") for seed in range(300)]
    assert names == [invented(Random(seed), "ia") for seed in range(300)]
    assert all(re.fullmatch(r"[A-Z][a-z]+ia", name) for name in names)
    assert len(set(names)) > 250
    assert re.fullmatch(r"[A-Z][a-z]+", invented(Random(1), ""))


def test_names_begin_with_b_and_go_on_with_i():
    blocks = [block.splitlines() for block in DEMOS.get("tag")().text().split("\n\n") if block]
    assert len(blocks) == 3000
    tags = [[line.split(" ")[1] for line in block] for block in blocks]
    assert {tag for sentence in tags for tag in sentence} >= {"O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC"}
    for sentence in tags:
        for last, tag in zip(["O", *sentence], sentence, strict=False):
            assert not tag.startswith("I-") or last[2:] == tag[2:], "an I follows a B or I of its kind"
    words = {line.split(" ")[0] for block in blocks for line in block}
    asked = {"Klaibe", "Stourton", "Mestai", "Havoll", "Drabelia", "Grouvia", "Poumen"}
    assert asked <= set(" ".join(DEMOS.get("tag").inputs).split())
    assert not asked & words, "what is asked about is new"


@pytest.mark.parametrize(("given", "steps", "minutes"), [((), 150, None), (("--minutes", "0.5"), None, 0.5)])
def test_a_demo_may_plan_by_updates_where_nobody_says_how_long(tmp_path, monkeypatch, given, steps, minutes):
    asked = []

    def start(settings, *rest):
        asked.append((settings.get("training.steps"), settings.get("training.minutes")))
        raise DataError("that is all")

    monkeypatch.setattr("elman.training.launch.start", start)
    assert main(["demo", "ctc", "--out", str(tmp_path / "run"), *given]) == 2
    assert asked == [(steps, minutes)]
