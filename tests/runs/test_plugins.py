"""A run folder names code of elman and of installed packages; anything else the user must name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import elman
from elman.cli.main import main
from elman.errors import ConfigError

CODE = """
from pathlib import Path

from elman.ngram.smoothing.add_delta import AddDelta

Path("was_imported").touch()


class Theirs(AddDelta):
    pass
"""


@pytest.fixture
def stranger(tmp_path, text_file, monkeypatch):
    """A run whose smoothing is a file beside it, and a place that a script would run in."""
    (tmp_path / "their_code.py").write_text(CODE)
    monkeypatch.setattr("elman.registry._named", {})  # as in a process of its own
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(os.environ, "PYTHONPATH", str(tmp_path))
    smoothing = {"model.smoothing": "their_code:Theirs"}
    elman.train("lm", str(text_file), out="run", model="ngram", level="word", settings=smoothing)
    sys.modules.pop("their_code")  # as if it had been trained elsewhere
    monkeypatch.setattr("elman.registry._named", {})
    Path("was_imported").unlink()
    yield Path("run")
    sys.modules.pop("their_code", None)


@pytest.mark.parametrize("use", [elman.load, elman.resume])
def test_a_run_imports_nothing_that_the_user_did_not_name(stranger, use):
    with pytest.raises(
        ConfigError, match=r"config\.toml: \[model\] smoothing: .*'their_code:Theirs'.* --plugin their_code"
    ):
        use(stranger)
    assert not Path("was_imported").exists()


@pytest.mark.parametrize(
    "key", ["task.name", "reader.name", "model.name", "model.smoothing", "task.level", "task.metrics"]
)
def test_every_name_of_a_configuration_is_held_to_that(stranger, key):
    from elman.config import Settings, to_toml

    settings = Settings.read(stranger / "config.toml")
    settings.set("model.smoothing", "add_delta")
    settings.set(key, "their_code:Theirs")
    (stranger / "config.toml").write_text(to_toml(settings.tree))
    with pytest.raises(ConfigError, match="may not import unasked"):
        elman.load(stranger)
    assert not Path("was_imported").exists()


def test_commands_import_what_is_named_to_them(stranger, text_file, capfd):
    def run(*arguments):
        command = [sys.executable, "-m", "elman", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    refused = run("score", stranger, text_file)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "may not import unasked" in refused.stderr
    assert not Path("was_imported").exists()
    assert run("score", stranger, text_file, "--plugin", "their_code:Theirs").returncode == 0
    assert Path("was_imported").exists()
    resumed = run("train", "--resume", stranger, "--plugin", "their_code:Theirs")
    assert resumed.returncode == 0, resumed.stderr


def test_the_configuration_of_a_run_is_no_recipe_of_the_users_own(stranger, tmp_path, capsys):
    recipe = str(stranger / "config.toml")
    assert main(["train", recipe, "--out", str(tmp_path / "again")]) == 2
    assert "may not import unasked" in capsys.readouterr().err
    assert not Path("was_imported").exists()
    own = tmp_path / "own.toml"
    own.write_text(Path(recipe).read_text().partition("[task]")[2].join(["[task]", ""]))
    assert main(["train", str(own), "--out", str(tmp_path / "again")]) == 2
    assert f"--plugin {tmp_path}/their_code.py:Theirs, or" in capsys.readouterr().err
    assert not Path("was_imported").exists()
    for file in (recipe, str(own)):
        out = str(tmp_path / f"of {Path(file).stem}")
        assert main(["train", file, "--out", out, "--plugin", "their_code:Theirs"]) == 0
    assert Path("was_imported").exists()


@pytest.mark.parametrize("name", ["evil.py", "run/evil.py", "evil:Theirs"])
@pytest.mark.parametrize("of_a_run", [True, False])
def test_what_a_folder_says_of_itself_decides_nothing(stranger, tmp_path, capsys, name, of_a_run):
    from elman.config import Settings, to_toml

    (stranger / "evil.py").write_text(CODE)
    settings = Settings.read(stranger / "config.toml")
    settings.set("model.smoothing", name)
    if not of_a_run:
        del settings.tree["run"]
    (stranger / "config.toml").write_text(to_toml(settings.tree))
    assert main(["train", "run/config.toml", "--out", str(tmp_path / "again")]) == 2
    assert "configuration file may not import unasked. If you trust it, name it for" in capsys.readouterr().err
    assert not Path("was_imported").exists()


def test_a_plugin_is_allowed_for_the_call(stranger):
    assert elman.load(stranger, plugins=["their_code:Theirs"]).model.config.smoothing == "their_code:Theirs"
    assert elman.resume(stranger, plugins=["their_code:Theirs"]).finished
    for use in (elman.load, elman.resume):
        with pytest.raises(ConfigError, match="may not import unasked"):
            use(stranger)


def test_a_new_training_takes_paths_where_names_go(text_file, capsys):
    assert main(["train", "lm", str(text_file), "--plugin", "their_code:Theirs"]) == 2
    assert (
        "error: --plugin: goes with --resume or a configuration file. A new training takes a path"
        in capsys.readouterr().err
    )
