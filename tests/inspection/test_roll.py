"""What sounds beside what was expected: as text, JSON and a picture."""

import json
import math
import re

import numpy as np
import pytest

import elman
from elman.cli.main import main

PIECE = [[60, 64], [60], [], [67, 72]] * 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("rolls")
    (path / "songs.json").write_text(json.dumps({"train": [PIECE] * 6, "test": [PIECE[:6], PIECE, [[60]]]}))
    settings = {"model.hidden_size": 16, "training.learning_rate": 0.02}
    elman.train("forecast", f"{path}/songs.json", valid=f"{path}/songs.json#test:2", out=path / "run", steps=60,
                threads=1, settings=settings, listener=elman.silent)  # fmt: skip
    return path


def look(folder, *given):
    return main(["inspect", str(folder / "run"), "roll", *map(str, given)])


def test_the_terminal_has_a_line_a_step(folder, capsys):
    assert look(folder, f"{folder}/songs.json#test:1") == 0
    title, head, *lines = capsys.readouterr().out.splitlines()
    assert title.startswith("songs.json:test:1: ")
    assert re.fullmatch(r"step +nats +sounds, how probable +also expected", head)
    assert [line.split()[0] for line in lines] == ["2", "3", "4", "5", "6"]
    assert lines[1].split()[2] == "silence"
    assert {"67", "72"} <= set(lines[2].split())


def test_the_facts_are_those_of_the_scores(folder, capsys):
    assert look(folder, f"{folder}/songs.json#test:2", "--format", "json") == 0
    facts = json.loads(capsys.readouterr().out)
    [score] = elman.load(folder / "run").evaluate(f"{folder}/songs.json#test:2").scores
    assert facts["nats"] == pytest.approx(score.value, rel=1e-6)
    assert [list(map(int, step["sounds"])) for step in facts["steps"]] == PIECE[1:]
    sounds = [math.log(chance) for step in facts["steps"] for chance in step["sounds"].values()]
    assert 0 < -np.sum(sounds) / len(facts["steps"]) < facts["nats"]
    for step in facts["steps"]:
        assert not step["sounds"].keys() & step["expected"].keys()
        assert all(chance >= 0.1 for chance in step["expected"].values())


def test_a_picture_has_one_piece_and_a_page_all(folder, capsys):
    assert look(folder, f"{folder}/songs.json#test:1", "--out", folder / "a.svg") == 0
    picture = (folder / "a.svg").read_text()
    for name in ("step", "MIDI number of the key", "true", "predicted, as high as it is probable"):
        assert f">{name}<" in picture
    pieces = [f"{folder}/songs.json#test:{number}" for number in (1, 2)]
    assert look(folder, *pieces, "--out", folder / "a.html") == 0
    page = (folder / "a.html").read_text()
    assert page.count("<svg") == 2
    assert "what sounds in songs.json:test:2" in page


def test_what_has_nothing_to_show_is_refused(folder, capsys, small_run, tmp_path):
    assert look(folder, f"{folder}/songs.json#test:3") == 2
    assert (
        "songs.json:test:3: has one step or none, expected two: nothing is said of the first."
        in capsys.readouterr().err
    )
    (tmp_path / "b.csv").write_text("\n".join(["rain,snow", *(f"{row % 7},{row % 5}" for row in range(60))]))
    settings = {"model.hidden_size": 4, "task.horizon": 1, "task.period": 0}
    elman.train("forecast", tmp_path / "b.csv", out=tmp_path / "run", steps=1, threads=1, settings=settings,
                listener=elman.silent)  # fmt: skip
    assert look(tmp_path, tmp_path / "b.csv") == 2
    assert "forecasts numbers, expected what is on or off. Its report draws forecasts." in capsys.readouterr().err
    assert main(["inspect", str(small_run), "roll", "x"]) == 2
    assert "task 'lm' has no rolls; a run of task 'forecast' has." in capsys.readouterr().err
