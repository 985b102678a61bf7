"""elman train ctc on transcripts of Sphinx: sound is sound for every command that reads the run."""

import json

import numpy as np
import pytest
from PIL import Image

import elman
from elman.cli.main import main
from tests.recordings import tone, wav

QUICK = ["--steps", "12", "--hidden", "8", "--threads", "1", "--batch-size", "4"]


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    """Return a folder with transcripts of five speakers, and a run that two of them validate."""
    folder, draw = tmp_path_factory.mktemp("speech"), np.random.default_rng(2)
    paths, said = [], []
    for number, name in enumerate(("fash", "fbbh", "mblw", "mcel", "mdms")):
        for word, hertz in (("HI HI", 1800), ("LOW", 300)):
            file = folder / "sound" / name / f"an{hertz}-{name}-b.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(wav((tone(hertz + 20 * number, 0.6) + draw.normal(0, 300, 4800)).astype(np.int16)))
            paths.append(f"sound/{name}/{file.stem}")
            said.append(f"<s> {word} </s> ({file.stem})")
    (folder / "etc").mkdir()
    (folder / "etc/train.fileids").write_text("\n".join(paths) + "\n")
    (folder / "etc/train.transcription").write_text("\n".join(said) + "\n")
    groups = ["--set", "data.group=-([a-z]+)-", "--set", "data.held=fbbh,mcel"]
    more = ["--set", 'task.features=["log_mel", "cmvn", "deltas"]', "--set", "model.masking.times=1"]
    command = ["train", "ctc", str(folder / "etc/train.transcription"), *QUICK, *groups, *more]
    assert main([*command, "--out", str(folder / "run")]) == 0
    return folder


def test_what_decides_a_run_on_speech_stands_in_it(speech):
    text = (speech / "run/config.toml").read_text()
    assert 'name = "sphinx"' in text
    assert 'group = "-([a-z]+)-"' in text
    assert "[model.masking]\ntimes = 1\n" in text
    log = (speech / "run/report.html").read_text()
    assert "4 recordings" in log


def test_D34_a_run_on_speech_is_evaluated_and_predicts_files(speech, run):
    found = run("evaluate", speech / "run", speech / "etc/train.transcription", "--json")
    assert found.code == 0
    assert json.loads(found.out)["counts"]["recordings"] == 10
    found = run("predict", speech / "run", speech / "sound/fash/an300-fash-b.wav", "--input", "data")
    assert found.code == 0
    assert len(found.out.splitlines()) == 1
    alone = found.out.rstrip("\n")
    found = run("predict", speech / "run", speech / "sound/fash", "--input", "data")
    assert [line.partition("\t")[0] for line in found.out.splitlines()] == ["an1800-fash-b.wav", "an300-fash-b.wav"]
    assert found.out.splitlines()[1].partition("\t")[2] == alone
    found = run("predict", speech / "run", speech / "sound/fash", "--input", "data", "--json")
    assert [json.loads(line)["source"] for line in found.out.splitlines()] == ["an1800-fash-b.wav", "an300-fash-b.wav"]


def test_a_run_on_speech_is_tuned(speech, run):
    search = ("--set", "task.beam=4", "--set", "task.lm=words")
    found = run("tune", speech / "run", speech / "etc/train.transcription", *search, "--json")
    assert found.code == 0
    assert {"alpha", "beta"} <= json.loads(found.out).keys()


def test_when_each_label_is_said_is_told(speech, run):
    found = run("inspect", speech / "run", "times", speech / "etc/train.transcription")
    assert found.code == 0
    assert "an1800-fash-b.wav: HI HI" in found.out


def test_a_recording_alone_shows_what_is_heard(speech, run):
    sound = speech / "sound/fash/an300-fash-b.wav"
    heard = json.loads(run("predict", speech / "run", sound, "--json").out)
    shown = json.loads(run("inspect", speech / "run", "times", sound, "--format", "json").out)
    assert shown["heard"] == heard["text"]
    assert [(one["label"], one["begin"]) for one in shown["labels"]] == [
        (one["label"], one["begin"]) for one in heard["labels"]
    ]


def test_times_of_labels_that_were_never_learned_are_refused(speech, run, tmp_path):
    (tmp_path / "list.tsv").write_text(f"{speech}/sound/fash/an300-fash-b.wav\tlow\n")
    done = run("inspect", speech / "run", "times", tmp_path / "list.tsv")
    assert done.code == 2
    assert "3 of 3 characters were not learned in training: l o w. Write texts as those" in done.err


def test_a_picture_where_sound_is_wanted_is_named(speech, run, tmp_path):
    Image.effect_noise((40, 20), 50).save(tmp_path / "a.png")
    (tmp_path / "list.tsv").write_text("a.png\tHI HI\n")
    done = run("evaluate", speech / "run", tmp_path / "list.tsv")
    assert done.code == 2
    assert "a.png: got a picture, expected sound, of which features log_mel are computed. Give other" in done.err


def test_a_label_that_is_unknown_is_one_label_in_json(speech):
    model = elman.load(speech / "run", task={"beam": 0, "lm": "none"})
    task, blank, other = model.task, model.task.writer.blank, int(model.task.writer.encode(["H"]).values[0])
    [unknown] = task.writer.tokens.unknown_ids
    log_probs = np.full((6, 1 + max(blank, len(task.writer.tokens))), -9.0)
    log_probs[range(6), [unknown, blank, other, other, blank, other]] = -0.1
    said = task.heard(log_probs)
    assert said.found[0].text == "<unk>HH"
    example = next(iter(model.read(speech / "etc/train.transcription")))
    told = task.present(example, said, 1, True, None).facts
    assert [one["label"] for one in told["labels"]] == ["<unk>", "H", "H"]
