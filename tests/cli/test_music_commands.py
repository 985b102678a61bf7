"""Music from a piano roll to files that are heard, read and seen, by the commands that people type."""

import json
import re
from xml.etree import ElementTree

import pytest

import elman
from elman.data.readers import READERS

PIECE = [[60, 64], [60], [], [67, 72]] * 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("music")
    (path / "songs.json").write_text(json.dumps({"train": [PIECE] * 6, "test": [PIECE[:6], PIECE]}))
    settings = {"model.hidden_size": 8}
    elman.train("forecast", f"{path}/songs.json", valid=f"{path}/songs.json#test", out=path / "run", steps=4,
                threads=1, settings=settings, listener=elman.silent)  # fmt: skip
    return path


def test_a_piece_goes_on_in_the_terminal_behind_a_bar(run, folder):
    done = run("generate", folder / "run", f"{folder}/songs.json#test:2", "--first", 8, "--length", 12)
    assert done.code == 0, done.err
    lines = done.out.rstrip("\n").splitlines()
    [of_60] = [line for line in lines if line.startswith(" 60 ")]
    assert len(of_60.partition("│")[0]) == len(" 60 ") + 8
    assert re.match(r" 60 ▄▄  ▄▄  │", of_60)
    free = run("generate", folder / "run", "--length", 30, "--seed", 3, "--count", 2)
    assert free.code == 0
    assert "│" not in free.out


def test_what_is_written_as_a_roll_is_read_back(run, folder, tmp_path):
    out = tmp_path / "made.json"
    wanted = ["--first", 4, "--length", 5, "--count", 2, "--seed", 1]
    done = run("generate", folder / "run", f"{folder}/songs.json#test:2", *wanted, "--out", out)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith(f"2 pieces: {out}\n")
    told = run("generate", folder / "run", f"{folder}/songs.json#test:2", *wanted, "--json").out
    facts = [json.loads(line) for line in told.splitlines()]
    assert [one["given"] for one in facts] == [4, 4]
    kind = READERS.get("rolls")
    read = [example.fields["frames"] for example in kind(kind.Config(), ("frames",)).read([out])]
    assert [[(row.nonzero()[0] + 21).tolist() for row in one] for one in read] == [one["steps"] for one in facts]
    assert [one["steps"][:4] for one in facts] == [PIECE[:4]] * 2
    assert "2 series" in run("evaluate", folder / "run", out).out


def test_what_is_heard_and_seen_is_the_same_every_time(run, folder, tmp_path):
    wanted = ["generate", folder / "run", f"{folder}/songs.json#test:2", "--first", 4, "--length", 5, "--count", 2]
    for name in ("a.mid", "b.mid", "a.svg", "b.svg"):
        assert run(*wanted, "--out", tmp_path / name).code == 0
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
    assert (tmp_path / "a.mid").read_bytes().startswith(b"MThd")
    picture = (tmp_path / "a.svg").read_text()
    ElementTree.fromstring(picture)
    for name in ("step of piece 1", "step of piece 2", "MIDI number of the key", "given", "drawn"):
        assert f">{name}<" in picture
    slow = tmp_path / "slow.mid"
    run(*wanted, "--tempo", 60, "--out", slow)
    assert b"\xff\x51\x03" + (1_000_000).to_bytes(3) in slow.read_bytes()
    assert run("generate", folder / "run", "--length", 5, "--out", tmp_path / "free.svg").code == 0
    assert ">given<" not in (tmp_path / "free.svg").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--top-k", 2], "error: --top-k: means nothing to music. Leave it out."),
        (["--top-p", 0.5], "error: --top-p: means nothing to music. Leave it out."),
        (["--beam", 2], "error: --beam: means nothing to music. Leave it out."),
        (["--stop", "x"], "error: --stop: means nothing to music. Leave it out."),
        (["--bias", 1], "error: --bias: means nothing to music. Leave it out."),
        (["--beside", "x"], "error: --beside: means nothing to music. Leave it out."),
        (["--tempo", 60], "error: --tempo: only a MIDI file has one. Write it: --out music.mid."),
        (["--out", "a.wav"], "error: --out: a.wav: music is written to .json, .mid, .svg. End it with one of them."),
        (["--first", 2], "error: first: got 2, but no piece to go on from. Name one: FILE#PART:NUMBER."),
    ],
)
def test_what_means_nothing_to_music_is_refused(run, folder, options, message):
    done = run("generate", folder / "run", *options)
    assert (done.code, done.err.strip()) == (2, message)


def test_a_run_of_text_plays_nothing(run, small_run):
    for option in ("--first", "--tempo"):
        done = run("generate", small_run, option, 9)
        expected = f"error: {option}: is for music alone; this run writes text. Leave it out."
        assert (done.code, done.err.strip()) == (2, expected)


def test_more_than_the_next_step_is_refused(run, folder):
    done = run("train", "forecast", folder / "songs.json", "--set", "task.horizon=2", "--out", folder / "two")
    expected = "task.horizon: got 2, expected 1: of what is on or off, the next step is forecast. Leave it out.\n"
    assert done.code == 2
    assert done.err.endswith(expected)
