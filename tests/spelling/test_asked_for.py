"""What somebody asks `elman correct` for: options that stay, that do not go together, and what is told on the way."""

import pytest

import elman
from elman.cli import spelled
from elman.cli.main import main
from elman.errors import ConfigError, DataError
from elman.spelling.channels import CHANNELS
from elman.spelling.corrector import Corrector
from elman.spelling.outcome import USUAL
from elman.spelling.pairs import Pair
from elman.spelling.rates import tune
from elman.spelling.reading import read_pairs

TEXT = ["the cat sat on the mat", "we have to go to the house", "he goes there sometimes", "times have been hard"]
PAIRS = "the cat sat on the mat\tteh cat sat on teh mat\nwe have to go there\twe have to go thear\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    (folder / "text.txt").write_text("".join(f"{line}\n" for line in TEXT * 40))
    (folder / "pairs.tsv").write_text(PAIRS)
    (folder / "labels.tsv").write_text("text\tlabel\ngood day\tyes\nbad day\tno\n" * 8)
    settings = {"model.order": 3, "task.lines": True}
    words = {"out": folder / "run", "model": "ngram", "level": "word", "settings": settings}
    elman.train("lm", str(folder / "text.txt"), **words)
    elman.train("classify", str(folder / "labels.tsv"), out=folder / "labels", model="most_frequent")
    return folder


@pytest.fixture(scope="module")
def corrector(folder):
    return Corrector(elman.load(folder / "run"))


@pytest.fixture
def run(capsys):
    def run_command(*given):
        code = main([str(one) for one in given])
        captured = capsys.readouterr()
        return code, captured.out, " ".join(captured.err.split())

    return run_command


def test_a_run_that_is_no_language_model_is_refused(folder, run):
    code, _, err = run("correct", folder / "labels", folder / "text.txt")
    assert code == 2
    assert (
        "a run of task 'classify', expected a language model of words: candidates are words of its vocabulary, and it "
        "says which fits. Train one: elman train lm FILE --level word." in err
    )


def test_a_file_beside_on_is_refused(folder, run):
    code, _, err = run("correct", folder / "run", folder / "text.txt", "--on", folder / "pairs.tsv")
    assert code == 2
    assert f"--on: measures on {folder / 'pairs.tsv'} and corrects nothing, so {folder / 'text.txt'} would not" in err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--weight", "-1"], "--weight -1: expected a number of 0 or more."),
        (["--blank", "-1", "--threshold", "-2"], "--threshold -2 --blank -1: expected numbers of 0 or more."),
    ],
)
def test_of_negative_options_those_are_named_that_were_given(folder, run, given, message):
    code, _, err = run("correct", folder / "run", folder / "text.txt", *given)
    assert code == 2
    assert message in err
    assert err.count("--") == len(given) // 2


def test_a_device_on_which_nothing_computes_is_refused(folder, run):
    for command in (["correct"], ["score"], ["generate"], ["evaluate"], ["predict"]):
        code, _, err = run(*command, folder / "run", folder / "text.txt", "--device", "cuda")
        assert code == 2
        assert "--device cuda: only networks compute there, and there is none: n-grams are looked up on the CPU." in err


def test_uniform_counts_where_pairs_tell_nothing():
    pairs, letters = [("philip", "filip")] * 3 + [("cat", "cat")] * 20, "abcdefghijklmnopqrstuvwxyz"
    keyboard, uniform = (CHANNELS.get("brill_moore").learned(pairs, letters, keys) for keys in (True, False))
    near, far = ([one.log_probs(["cat"], [typed])[0] for typed in ("cst", "clt")] for one in (keyboard, uniform))
    assert near[0] > near[1] + 1
    assert far[0] == pytest.approx(far[1])


def test_what_is_given_beside_tune_stays(folder, corrector, run):
    pairs = read_pairs(folder / "pairs.tsv").pairs
    odd = corrector.with_options(USUAL._replace(weight=0.37, blank=5.5))
    found = tune(odd, pairs, ["weight", "blank"]).options
    assert (found.weight, found.blank) == (0.37, 5.5)
    assert found.threshold in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
    file = folder / "pairs.tsv"
    code, _, err = run("correct", folder / "run", "--tune", file, "--on", file, "--weight", 0.37, "--threshold", 3)
    assert code == 0
    assert "tuned: --weight 0.37 --threshold 3 --unknown " in err
    code, _, err = run("correct", folder / "run", "--tune", file, "--weight", 1, "--threshold", 3, "--unknown", 1,
                       "--blank", 1)  # fmt: skip
    assert code == 2
    assert "--tune: chooses --weight, --threshold, --unknown, --blank, and all are given. Leave one out, or" in err


def test_how_far_tuning_is_is_told(folder, corrector, run, monkeypatch):
    told = []
    tune(corrector, [Pair.of("the cat sat", "teh cat sat")], (), lambda *at: told.append(at))
    assert told == [(number, 23) for number in range(23)]
    tune(corrector, [Pair.of("the cat sat", "teh cat sat")], ["unknown"], lambda *at: told.append(at))
    assert told[-1] == (13, 14)
    monkeypatch.setattr(spelled, "_EVERY", 0.0)
    _, _, err = run("correct", folder / "run", "--tune", folder / "pairs.tsv", "--on", folder / "pairs.tsv")
    assert "tuning on 2 lines: 0 of 23 settings tried tuning on 2 lines: 1 of 23 settings tried" in err


def test_that_correcting_made_it_worse_is_told(folder, run):
    (folder / "names.tsv").write_text("the cas sat on the mat\tthe cas sat on the mat\n" * 3)
    code, out, err = run("correct", folder / "run", "--on", folder / "names.tsv", "--threshold", 0)
    assert code == 0
    assert "fixed" not in out
    assert "correcting made it worse: 3 words are wrong now, 0 if nothing is done. A higher --threshold changes" in err
    _, _, err = run("correct", folder / "run", "--on", folder / "pairs.tsv")
    assert "worse" not in err


def test_tags_in_running_text_are_told(folder, run):
    (folder / "tagged.txt").write_text("the <ERR targ=cat> cta </ERR> sat\n")
    code, _, err = run("correct", folder / "run", folder / "tagged.txt")
    assert code == 0
    assert "tagged.txt: text with its errors tagged; its tags are read by --on, --pairs and --tune, here they" in err


@pytest.mark.parametrize("text", ["", "\n", "$right\n"])
def test_a_file_without_a_pair_is_refused_with_what_to_do(tmp_path, text):
    (tmp_path / "none.tsv").write_text(text)
    with pytest.raises(DataError, match=r"none\.tsv: .*Give it some"):
        read_pairs(tmp_path / "none.tsv")


def test_a_likelihood_that_a_task_has_not_is_named_in_words(folder):
    with pytest.raises(ConfigError, match="task 'classify' has no likelihood of running text; a run of task 'lm' has"):
        elman.load(folder / "labels").offering("mixture")
