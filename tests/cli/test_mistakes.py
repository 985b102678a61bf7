"""What a user can get wrong: exit code 2, one line that says what, where, and the way out, and nothing lost."""

import gzip
import io
import json
import shutil

import pytest

from elman.cli.main import main
from elman.runs.formats import RUN_FORMAT


def refused(result, *parts):
    assert result.code == 2, result.err
    [line] = [line for line in result.err.splitlines() if line.startswith("error: ")]
    for part in parts:
        assert part in line
    assert "Traceback" not in result.err


@pytest.fixture
def train(run, tmp_path, text_file):
    """Return a function that tries to train on a file of given content, and checks that no run was made."""

    def try_to(content=None, *options, name="text.txt"):
        path = text_file
        if content is not None:
            path = tmp_path / name
            path.write_bytes(content)
        out = tmp_path / "run"
        result = run("train", "lm", path, "--out", out, "--steps", 2, *options)
        assert not out.exists()
        return result

    return try_to


@pytest.mark.parametrize(
    ("content", "options", "parts"),
    [
        (b"", [], ["text.txt: the file is empty."]),
        (b" \n\n", [], ["text.txt: nothing but white space."]),
        (b"ab\ncaf\xe9\n", [], ["text.txt:2: not utf-8", "--set reader.encoding=latin-1"]),
        (b"\xff\xfea\x00", [], ["text.txt: not utf-8, it starts like UTF-16. Try --set reader.encoding=utf-16."]),
        (
            gzip.compress(b"abc", mtime=0),
            [],
            ["text.txt: looks gzip-compressed. Give it the ending .gz, or unpack it."],
        ),
        (b"abc", ["--set", "reader.encoding=klingon"], ["unknown encoding: klingon. Set reader.encoding"]),
        (b"short\n", ["--level", "character"], ["5 tokens, expected at least 32", "smaller --batch-size"]),
    ],
)
def test_files_that_cannot_be_used(train, content, options, parts):
    refused(train(content, *options), *parts)


def test_a_gzip_file_that_is_cut_off(train):
    packed = gzip.compress(b"some text\n" * 500, mtime=0)
    refused(train(packed[:-20], name="text.gz"), "text.gz: not a whole gzip file", "Unpack it")


def test_files_that_are_not_there(run, tmp_path):
    refused(run("train", "lm", tmp_path / "no.txt"), "no.txt: no such file.", "glob")
    refused(run("train", "lm", tmp_path), f"{tmp_path}: a folder, expected a file. It has no files.")


def test_a_validation_file_with_no_known_token(train, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("ΑΒΓ\n")
    refused(train(None, "--level", "character", "--valid", other), "other.txt: no character of it is in the vocabulary")
    refused(train(None, "--level", "word", "--valid", other), "other.txt: no word of it is in the vocabulary")


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--cell", "lsmt"], ["--cell:", "unknown cell 'lsmt'. Did you mean 'lstm'?"]),
        (["--model", "rnnlm"], ["unknown model 'rnnlm'. Did you mean 'rnn_lm'?"]),
        (["--level", "chars"], ["--level:", "unknown level 'chars'. Did you mean 'character'?"]),
        (
            ["--hidden", 3, "--set", "model.bidirectional=true"],
            ["error: --set model.bidirectional: a language model sees left context only", "Leave it out."],
        ),
        (["--set", "model.head=softmx"], ["unknown head 'softmx'. Did you mean 'softmax'?"]),
        (
            ["--set", "model.head=adaptive_softmax", "--set", "model.head_options={cut=[1]}"],
            ["unknown key 'cut'. Did you mean 'cutoffs'?"],
        ),
        (
            ["--set", "model.regularization.zoneot=0.1"],
            ["[model.regularization] unknown key 'zoneot'. Did you mean 'zoneout'?"],
        ),
        (
            ["--set", "model.regularization.dropout=0.1"],
            ["[model.regularization] unknown key 'dropout'. Did you mean model.dropout?"],
        ),
        (
            ["--cell", "gru", "--set", "model.regularization.zoneout_memory=0.1"],
            ["--set model.regularization.zoneout_memory: the state of gru is h alone."],
        ),
        (["--hidden", 3, "--set", "model.hidden_size=4"], ["--hidden and --set model.hidden_size set the same"]),
        (
            ["--set", "model.hidden_size=4", "--set", "model.hidden_size=5"],
            ["--set model.hidden_size and --set model.hidden_size set the same: give one of them."],
        ),
        (
            ["--level", "word", "--set", "task.bpe_size=300"],
            ["--set task.bpe_size: level word learns no pieces, level bpe does."],
        ),
        (["--threads", -1], ["--threads: got '-1', expected greater than or equal to 0."]),
        (["--set", "model.regularization.zoneout=1"], ["model.regularization.zoneout: got 1, expected less than 1."]),
        (["--set", "model.connections=skip"], ["got 'skip', expected 'plain', 'residual', 'dense' or 'highway'."]),
        (
            ["--set", "model.tied=true", "--set", "model.connections=dense"],
            ["model.tied: the stack gives", "'dense' they differ. Use another connection or tied = false."],
        ),
        (
            ["--set", "training.optimizer=sgd", "--set", "training.lazy_rows=true"],
            ["lazy_rows: got optimizer sgd with weight_decay 0, expected adam or adamw without decay."],
        ),
        (
            [
                "--level",
                "word",
                "--set",
                "model.head=adaptive_softmax",
                "--set",
                "model.head_options={cutoffs=[5, 900]}",
            ],
            ["head_options.cutoffs: got [5, 900], expected numbers below", "the vocabulary."],
        ),
        (["--hidden", -3], ["--hidden: got '-3', expected greater than or equal to 1."]),
        (["--hidden", 10**9], ["--hidden: got '1000000000', expected less than or equal to 65536."]),
        (["--hidden", "many"], ["--hidden: got 'many', expected a valid integer"]),
        (["--dropout", 1.5], ["--dropout: got '1.5', expected less than 1."]),
        (["--learning-rate", "nan"], ["--learning-rate: got 'nan', expected"]),
        (["--batch-size", 0], ["--batch-size: got '0', expected greater than or equal to 1."]),
        (["--minutes", 1], ["steps and minutes, expected one of them"]),
        (["--set", "model.hiden_size=3"], ["[model] unknown key 'hiden_size'. Did you mean 'hidden_size'?"]),
        (["--set", "modle.cell=gru"], ["unknown section [modle]. Did you mean 'model'?"]),
        (["--set", "hidden=3"], ["--set hidden=3: expected section.key=value"]),
        (["--set", "model.hidden_size"], ["expected section.key=value"]),
        (["--set", "model.cell.x=1", "--cell", "gru"], ["'cell' is a value, not a section"]),
        (
            ["--set", "model.cell_options.activation=soft"],
            ["--set model.cell_options.activation: unknown key 'activation'.", "forget_bias"],
        ),
        (["--valid", "90%"], ["--valid: got '90%', expected files, or one share up to 50%."]),
        (["--set", "training.optimizer=adamm"], ["got 'adamm', expected 'sgd', 'momentum'"]),
        (["--device", "tpu"], ["--device: got 'tpu', expected 'auto', 'cpu' or 'cuda'."]),
        (["--hiden", 3], ["No such option: --hiden", "--hidden"]),
    ],
)
def test_settings_that_cannot_be(train, options, parts):
    refused(train(None, *options), *parts)


def test_all_mistakes_are_said_at_once_but_at_most_ten(train):
    result = train(None, "--hidden", 0, "--layers", 0, "--dropout", 2, "--set", "trainig.seed=1")
    assert result.code == 2
    assert len(result.err.splitlines()) == 4
    many = [option for i in range(14) for option in ("--set", f"model.x{i}=1")]
    lines = train(None, *many).err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "error: and 4 more mistakes."


def test_a_task_that_is_not_there(run, text_file):
    refused(run("train", "ln", text_file), "unknown task 'ln'. Did you mean 'lm'?")
    refused(run("train"), "what to train is missing")
    refused(run("train", "lm"), "no training file. Give one: elman train lm my.txt")


def test_broken_configuration_files(run, tmp_path, text_file):
    recipe = tmp_path / "recipe.toml"
    refused(run("train", recipe, text_file), "recipe.toml: no such configuration file.")
    recipe.write_text('[task]\nname = "lm\n')
    refused(run("train", recipe, text_file), "recipe.toml: not valid TOML:", "line 2")
    recipe.write_text('[task]\nname = "lm"\n[model]\nhiden_size = 3\n')
    refused(
        run("train", recipe, text_file), "recipe.toml: [model] unknown key 'hiden_size'. Did you mean 'hidden_size'?"
    )
    recipe.write_text("model = 3\n")
    refused(run("train", recipe, text_file), "recipe.toml: got 3, expected a section [model] with keys.")
    recipe.write_bytes(b"\xff")
    refused(run("train", recipe, text_file), "recipe.toml: cannot be read as UTF-8 text")


def test_an_output_folder_that_holds_something(run, text_file, small_run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(small_run, copy)
    before = (copy / "model.safetensors").read_bytes()
    again = ["train", "lm", text_file, "--out", copy, "--steps", 2, "--hidden", 4]
    refused(run(*again), "holds a run. Go on with it (elman train --resume", "--overwrite")
    refused(run("train", "lm", tmp_path / "no.txt", "--out", copy, "--overwrite"), "no such file")
    assert (copy / "model.safetensors").read_bytes() == before
    assert run(*again, "--overwrite").code == 0
    assert (copy / "model.safetensors").read_bytes() != before
    inside = copy / "text.txt"
    inside.write_text(text_file.read_text())
    refused(run("train", "lm", inside, "--out", copy, "--overwrite"), "which is to be trained on. Give another --out.")
    assert inside.exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.toml").write_text("[tool]\nname = 'theirs'\n")
    (other / "thesis.txt").write_text("precious")
    refused(run("train", "lm", text_file, "--out", other, "--overwrite"), "not empty and not a run")
    assert (other / "thesis.txt").read_text() == "precious"
    refused(run("train", "lm", text_file, "--out", text_file), "not empty and not a run")


def test_an_unwritable_folder(run, text_file):
    refused(run("train", "lm", text_file, "--out", "/proc/elman/run"), "/proc")


@pytest.fixture
def broken(small_run, tmp_path):
    """A copy of a run that a test may break."""
    copy = tmp_path / "broken"
    shutil.copytree(small_run, copy)
    return copy


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_run_that_is_none(run, tmp_path):
    refused(run("generate", tmp_path), "not a run folder: it has no config.toml")
    refused(run("generate", tmp_path / "no"), "no such run folder")
    refused(run("train", "--resume", tmp_path / "no", "--threads", 1), "no such run folder")
    (tmp_path / "prose.txt").write_text("Some text.\n")
    refused(run("generate", tmp_path / "prose.txt"), "prose.txt: a file, expected the folder of a run. A run is what")


def test_a_folder_of_runs_names_them(run, broken):
    told = "not a run folder: it has no config.toml", f"It holds runs: {broken.name}"
    refused(run("generate", broken.parent), *told)
    refused(run("describe", broken.parent), *told)


def test_a_run_of_a_newer_format(run, broken):
    replace(broken / "config.toml", f"format = {RUN_FORMAT}", f"format = {RUN_FORMAT + 1}")
    told = f"run format {RUN_FORMAT + 1}, expected at most {RUN_FORMAT}"
    refused(run("generate", broken), told, "newer elman. Upgrade elman.")


def test_a_configuration_that_is_of_no_run(run, broken):
    replace(broken / "config.toml", f"format = {RUN_FORMAT}\n", "")
    refused(run("generate", broken), "no run.format in it")


def test_weights_that_are_cut_off_altered_or_missing(run, broken):
    path = broken / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(run("generate", broken), "model.safetensors: not a whole safetensors file", "Restore it")
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refused(run("generate", broken), "the numbers do not match their checksum: the file was altered")
    path.unlink()
    refused(run("generate", broken), "model.safetensors: no such file.")


def test_weights_of_another_model(run, broken):
    replace(broken / "config.toml", "hidden_size = 24", "hidden_size = 25")
    refused(run("generate", broken), "got shape", "expected")
    replace(broken / "config.toml", "num_layers = 1", "num_layers = 2")
    refused(run("generate", broken), "the file has no weight 'recurrent.layers.1.")


def test_a_vocabulary_that_is_cut_off_altered_or_missing(run, broken):
    path = broken / "vocabulary" / "tokens.txt"
    whole = path.read_text()
    path.write_text("\n".join(whole.split("\n")[:-3]) + "\n")
    refused(run("generate", broken), "not the vocabulary that model.safetensors was trained with. Restore it.")
    path.write_text(whole.replace("\t", " ", 1))
    refused(run("generate", broken), "tokens.txt:1: got", "expected a token, a tab and its count.")
    path.write_text("a\t1\na\t2\n")
    refused(run("generate", broken), "the vocabulary is empty or has a token twice")
    path.unlink()
    refused(run("generate", broken), "the vocabulary cannot be read")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--temperature", -1], "temperature: got -1, expected 0 or more."),
        (["--top-p", 2], "top_p: got 2, expected above 0 and at most 1."),
        (["--top-k", -1], "top_k: got -1, expected 0 (all) or more."),
        (["--length", -1], "--length"),
        (["--count", 0], "--count"),
        (["--device", "cuda"], "--device cuda: cannot be used here"),
        (
            ["--beam", 3, "--temperature", 0.5],
            "beam: searches and draws nothing: temperature, top_k and top_p do not go with it.",
        ),
    ],
)
def test_generation_that_cannot_be(run, small_run, options, part):
    refused(run("generate", small_run, *options), part)


def test_resume_takes_nothing_but_a_length(run, small_run):
    refused(run("train", "--resume", small_run, "--hidden", 3), "--hidden cannot be given too")
    refused(run("train", "lm", "--resume", small_run), "lm cannot be given too")
    refused(run("train", "--resume", small_run, "--steps", 3), "60 steps are done, and 3 are asked for.")
    refused(run("train", "--resume", small_run, "--steps", "x"), "--steps: got 'x', expected a number above 0.")
    refused(run("train", "--resume", small_run, "--set", "training.seed=3"), "--set cannot be given too")


def test_a_trained_model_without_checkpoints_is_not_trained_over(run, broken):
    shutil.rmtree(broken / "checkpoints")
    before = (broken / "model.safetensors").read_bytes()
    for options in ([], ["--steps", 90]):
        refused(run("train", "--resume", broken, *options), f"{broken}: has a trained model, but no checkpoint")
    assert (broken / "model.safetensors").read_bytes() == before


def test_weights_that_do_not_fit_the_configuration(run, broken, text_file):
    replace(broken / "config.toml", "hidden_size = 24", "hidden_size = 23")
    refused(run("evaluate", broken, text_file), "model.safetensors: weight '", "config.toml changed?")


def test_a_cell_that_is_typed_leaves_the_options_of_the_recipe_behind(run, text_file, tmp_path):
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[model]\ncell = "lstm"\ncell_options = {forget_bias = 0.0}\n[task]\nname = "lm"\n')
    options = ["--cell", "gru", "--steps", 2, "--hidden", 4, "--out", tmp_path / "run"]
    assert run("train", recipe, "--train", text_file, *options).code == 0


def test_a_fitted_model_cannot_be_trained_longer(run, text_file, tmp_path):
    assert run("train", "lm", text_file, "--model", "unigram", "--out", tmp_path / "u").code == 0
    refused(run("train", "--resume", tmp_path / "u", "--steps", 9), "'unigram' is fitted in one go")


def test_a_demo_writes_over_nothing(run, tmp_path, small_run):
    notes = tmp_path / "notes.txt"
    notes.write_text("precious")
    refused(run("demo", "--out", tmp_path / "notes"), "notes.txt: is there already, with another text.")
    assert notes.read_text() == "precious"
    refused(run("demo", "--out", small_run), "holds a run. Give another --out, or remove the folder.")
    assert not small_run.with_name("small.txt").exists()


def test_a_configuration_without_its_steps(run, broken):
    replace(broken / "config.toml", "\nsteps = 60", "")
    refused(run("train", "--resume", broken), "[training] steps: is missing", "Restore config.toml.")


def test_a_training_that_goes_astray_is_given_up(run, text_file, tmp_path, monkeypatch):
    from elman.heads.softmax import SoftmaxHead

    original, calls = SoftmaxHead.loss, []

    def loss(self, *arguments):
        calls.append(1)
        found = original(self, *arguments)
        # Twice it was asked before the first update, to weigh a batch.
        return found._replace(nats=found.nats * float("nan")) if len(calls) == 8 else found

    monkeypatch.setattr(SoftmaxHead, "loss", loss)
    out = tmp_path / "run"
    options = ["--steps", 20, "--hidden", 8, "--out", out, "--set", "training.checkpoint_every=4"]
    result = run("train", "lm", text_file, *options)
    refused(result, "the loss of step 6 is not a finite number", "step 4, is kept", "--learning-rate", "clip_norm")
    assert (out / "report.html").exists()
    monkeypatch.setattr(SoftmaxHead, "loss", original)
    assert run("train", "--resume", out).code == 0


def test_standard_input_is_as_strict_as_a_file(run, small_run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"anna\n\xff\n")))
    refused(run("score", small_run), "standard input, line 1 or later: not utf-8", "Convert it first.")
    refused(run("evaluate", small_run, "-"), "-: standard input is not read here", "/dev/stdin")


def test_more_threads_than_cores(train):
    refused(train(None, "--threads", 4000), "--threads: got 4000, but this machine has", "cores")


def test_a_file_where_the_task_is_meant(run, text_file):
    refused(run("train", text_file), "is a file, not a task. Try: elman train lm ")


def test_unknown_things_to_describe(run):
    refused(run("describe", "lsmt"), "no file, run or name. Did you mean 'lstm'?")
    told = "no file, run or name. Check the name of the file; elman describe alone lists what else there is."
    refused(run("describe", "reviews-2019.csv"), told)


@pytest.mark.parametrize("name", ["nowhere", "nowhere/", "*.nowhere"])
@pytest.mark.parametrize("task", ["lm", "tag", "classify", "pair", "seq2seq", "embed"])
def test_a_training_file_that_is_not_there(run, tmp_path, task, name):
    message = "nowhere: no such file. Check the name; a glob must match at least one file."
    refused(run("train", task, tmp_path / name, "--out", tmp_path / "run"), message)


def test_commands_and_arguments_that_are_not_there(run, small_run):
    refused(run("trian"), "No such command 'trian'")
    refused(run("evaluate", small_run), "elman evaluate: no file to score")
    refused(run("predict", small_run, "/dev/null", "--k", 0), "--k")


def test_debug_shows_the_traceback(capsys, tmp_path):
    assert main(["generate", str(tmp_path), "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ELMAN_KERNELS", "ELMAN_ISA"])
def test_a_wrong_environment_leaves_no_run_behind(run, text_file, tmp_path, monkeypatch, name):
    monkeypatch.setenv(name, "nonsense")
    refused(run("train", "lm", text_file, "--steps", 1, "--out", tmp_path / "run"), f"{name}: ")
    assert not (tmp_path / "run").exists()


def test_a_wrong_kernel_mode(run, small_run, monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "referense")
    refused(
        run("evaluate", small_run, "README.md"), "ELMAN_KERNELS: unknown mode 'referense'. Did you mean 'reference'?"
    )


def test_errors_of_json_commands_are_the_same(run, tmp_path):
    result = run("evaluate", tmp_path, "x", "--json")
    assert result.code == 2
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.out)


def test_a_question_is_not_ended_twice(run):
    found = run("trane", "lm", "x.txt")
    assert (found.code, found.err) == (2, "error: elman: No such command 'trane'. Did you mean 'train', 'tune'? See elman --help.\n")  # fmt: skip  # noqa: E501
