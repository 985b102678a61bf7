"""Code from the user's own folder: where it is looked for, what is run, and what is said of its mistakes."""

import subprocess
import sys
from pathlib import Path

import pytest

import elman
from elman.cells import CELLS
from elman.cli.main import main
from elman.errors import ConfigError
from elman.outside import Place, beside
from elman.registry import only

CELL = '''"""A cell of the user's own."""

from pathlib import Path

from pydantic import Field

from elman.cells.mgu import MGUCell

Path("was_imported").touch()


class SlowCell(MGUCell):
    """A minimal gated unit that is slow."""

    class Config(MGUCell.Config):
        """Options."""

        slowness: float = Field(0.5, ge=0, description="How slow it is.")
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with a cell in it, in what is like a process of its own."""
    monkeypatch.setattr("elman.registry._named", {})
    monkeypatch.setattr("elman.outside._files", {})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slow_cell.py").write_text(CELL)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("elman_plugin_")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("mine.py", ("mine.py", "")),
        ("folder/mine.py:Mine", ("folder/mine.py", "Mine")),
        ("mine:Mine", ("mine", "Mine")),
        ("package.mine:Mine", ("package.mine", "Mine")),
        *[
            (name, None)
            for name in (
                "lstm",
                "package.mine",
                "notes.txt",
                "a.tsv.gz",
                ".py",
                "mine.py:",
                "mine.py:a b",
                "..x",
                "../x",
                "a:",
                ":A",
                "",
                "x\0.py",
            )
        ],
    ],
)
def test_names_of_places(name, place):
    assert Place.of(name) == (place and Place(*place))


@pytest.mark.parametrize("name", ["slow_cell.py", "slow_cell.py:SlowCell", "slow_cell:SlowCell", "./slow_cell.py"])
def test_a_file_of_the_working_directory_is_found_by_who_names_it(folder, name):
    assert CELLS.get(name).__name__ == "SlowCell"
    assert CELLS.get(name) is CELLS.get("slow_cell.py")  # imported once


def test_a_file_of_a_folder_is_no_place_to_import_more_from(folder):
    (folder / "beside.py").write_text("raise SystemExit(1)")
    (folder / "lonely.py").write_text("import beside\n")
    with pytest.raises(ConfigError, match=r"cell 'lonely\.py': lonely\.py:1: ModuleNotFoundError: No module named"):
        CELLS.get("lonely.py")


def test_what_the_user_imported_himself_is_the_same(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    import slow_cell

    assert CELLS.get("slow_cell.py") is slow_cell.SlowCell
    monkeypatch.delitem(sys.modules, "slow_cell")


def test_a_file_that_is_not_there(folder):
    with pytest.raises(ConfigError, match=r"cell 'none\.py': no such file: .*/none\.py\. Name where it lies, such as"):
        CELLS.get("none.py")
    with pytest.raises(ConfigError, match=r"cannot import 'none': .* There is no file none\.py in .* either\."):
        CELLS.get("none:Cell")


def test_what_a_run_names_is_not_looked_for_in_the_working_directory(folder):
    for name in ("slow_cell.py", "slow_cell:SlowCell", "slow_cell.py:SlowCell"):
        for allowed in ([], ["other.py"], ["other:SlowCell"]):
            with only(allowed), pytest.raises(ConfigError, match=f"may not import unasked.*: --plugin {name}, or"):
                CELLS.get(name)
    assert not Path("was_imported").exists()


@pytest.mark.parametrize("saved", ["slow_cell.py", "slow_cell:SlowCell", "gone/slow_cell.py:SlowCell"])
@pytest.mark.parametrize("typed", ["here/slow_cell.py", "here/slow_cell.py:SlowCell"])
def test_where_the_code_of_a_run_lies_is_what_the_user_says(folder, saved, typed):
    (folder / "here").mkdir()
    (folder / "here/slow_cell.py").write_text(CELL)
    (folder / "slow_cell.py").write_text("raise SystemExit('not this one')")
    with only([typed]):
        assert CELLS.get(saved).__name__ == "SlowCell"


def test_mistakes_of_a_file_are_said_with_their_line(folder, text_file, capsys):
    (folder / "broken.py").write_text("import torch\n\nx = undefined\n")
    (folder / "no_python.py").write_text("import torch\ndef (\n")
    late = (
        CELL
        + "\n    def values(self, input_t, state, memory=None, drops=None):\n        return {'h': input_t.nothing}\n"
    )
    (folder / "late.py").write_text(late)
    told = {
        "broken.py": "error: --cell: cell 'broken.py': broken.py:3: NameError: name 'undefined' is not defined.",
        "no_python.py": "error: --cell: cell 'no_python.py': no_python.py:2: SyntaxError: ",
        "late.py": f"error: late.py:{late.count(chr(10))}: AttributeError: 'Tensor' object has no attribute 'nothing'.",
    }
    for name, line in told.items():
        arguments = ["train", "lm", str(text_file), "--cell", name, "--hidden", "8", "--steps", "2", "--out", name[:-3]]
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert line in said
        assert "--debug shows the traceback" in said
        assert "Traceback" not in said
        assert main([*arguments, "--overwrite", "--debug"]) == 2
        assert f'/{name}", line' in capsys.readouterr().err


def test_a_bug_of_ours_stays_one(monkeypatch):
    def broken(*_):
        raise AttributeError("ours")

    monkeypatch.setattr("elman.cli.descriptions.overview", broken)
    with pytest.raises(AttributeError, match="ours"):
        main(["describe"])


def test_a_recipe_names_what_lies_beside_it(folder, text_file, capsys):
    (folder / "recipes").mkdir()
    (folder / "slow_cell.py").rename(folder / "recipes/slow_cell.py")
    recipe = folder / "recipes/mine.toml"
    recipe.write_text('[model]\ncell = "slow_cell.py"\nhidden_size = 8\n[task]\nname = "lm"\n[training]\nsteps = 2\n')
    command = ["train", "recipes/mine.toml", "--train", str(text_file), "--out", "run"]
    assert main(command) == 2
    assert capsys.readouterr().err == (
        "error: recipes/mine.toml: [model] cell: cell 'recipes/slow_cell.py': code from outside elman, which a "
        "configuration file may not import unasked. If you trust it, name it for this call: --plugin "
        "recipes/slow_cell.py, or plugins=['recipes/slow_cell.py'] from Python.\n"
    )
    assert not Path("was_imported").exists()
    assert main([*command, "--plugin", "recipes/slow_cell.py"]) == 0
    assert "elman evaluate run FILE --plugin recipes/slow_cell.py\n" in capsys.readouterr().out
    assert 'cell = "recipes/slow_cell.py"' in Path("run/config.toml").read_text()
    assert beside("slow_cell:SlowCell", Path("recipes")) == "recipes/slow_cell.py:SlowCell"
    assert beside("lstm", Path("recipes")) == "lstm"


def test_code_that_is_typed_with_a_recipe_needs_no_second_naming(folder, text_file, capsys):
    (folder / "mine.toml").write_text('[model]\ncell = "lstm"\nhidden_size = 8\n[task]\nname = "lm"\n')
    command = ["train", "mine.toml", "--train", str(text_file), "--steps", "2", "--out"]
    assert main([*command, "run", "--cell", "slow_cell.py"]) == 0
    assert "elman evaluate run FILE --plugin slow_cell.py\n" in capsys.readouterr().out
    assert main([*command, "other", "--set", "model.cell=slow_cell:SlowCell"]) == 0


def test_a_file_that_is_typed_as_data_is_no_code(folder, text_file):
    (folder / "mine.toml").write_text('[model]\ncell = "slow_cell.py"\n[task]\nname = "lm"\n')
    assert main(["train", "mine.toml", "slow_cell.py", "--set", "data.valid=slow_cell.py"]) == 2
    assert not Path("was_imported").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["describe", "notes.txt"], "elman describe notes.txt: no file, run or name. "),
        (["train", "notes.txt", "text.txt"], "unknown task 'notes.txt'. "),
        (["train", "lm", "text.txt", "--cell", "notes.txt"], "--cell: unknown cell 'notes.txt'. "),
        (["train", "lm", "text.txt", "--set", "reader.name=notes.txt"], "reader.name: unknown reader 'notes.txt'. "),
        (["train", "mine.toml", "text.txt", "--plugin", "notes.txt"], "plugins: got 'notes.txt', expected code: a "),
    ],
)  # fmt: skip
def test_the_name_of_a_data_file_imports_nothing(folder, arguments, said):
    (folder / "notes.py").write_text(CELL)
    (folder / "text.txt").write_text("a b c\n" * 50)
    (folder / "mine.toml").write_text('[task]\nname = "lm"\n')
    command = [sys.executable, "-m", "elman", *arguments]  # so the working directory is where Python searches
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert not Path("was_imported").exists()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr


def test_a_run_with_a_cell_of_the_users_own(folder, text_file):
    run = elman.train("lm", str(text_file), out="run", cell="slow_cell.py", hidden=8, steps=2)
    Path("was_imported").unlink()

    def elsewhere(*arguments):
        command = [sys.executable, "-m", "elman", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)

    refused = elsewhere("score", run.path, text_file)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--plugin slow_cell.py, or" in refused.stderr
    assert not Path("was_imported").exists()
    scored = elsewhere("score", run.path, text_file, "--plugin", "slow_cell.py")
    assert scored.returncode == 0, scored.stderr
    assert Path("was_imported").exists()


@pytest.mark.parametrize("name", ["slow_cell.py", "slow_cell.py:SlowCell", "slow_cell:SlowCell"])
def test_describe_of_own_code(folder, capsys, name):
    assert main(["describe", name]) == 0
    said = capsys.readouterr().out
    assert ":SlowCell (cell)\n\nA minimal gated unit that is slow." in said
    assert "  slowness = 0.5\n      How slow it is." in said


def test_describe_runs_no_program_that_has_nothing_to_do_with_elman(folder, capsys):
    (folder / "text.py").write_text("from pathlib import Path\nPath('was_run').touch()\n")
    assert main(["describe", "text.py"]) == 0
    assert "words a line" in capsys.readouterr().out
    assert not Path("was_run").exists()
    (folder / "empty.py").write_text("import elman\n")
    assert main(["describe", "empty.py"]) == 2
    assert "error: empty.py: no plug-in is in it: expected a public subclass of one of" in capsys.readouterr().err


def test_a_metric_of_the_users_own_selects_the_weights(folder, tmp_path, capsys):
    (folder / "always.py").write_text(
        "from elman.metrics.accuracy import Accuracy\n\n\nclass AlwaysWorse(Accuracy):\n"
        '    """Is less with every validation."""\n\n    unit = "made up"\n    times = 0\n\n'
        "    def value(self, statistics):\n"
        "        type(self).times += 1\n        return 1.0 / self.times\n"
    )
    rows = "".join(f"{label}\t{label} {number}\n" for number in range(20) for label in ("a", "b"))
    (folder / "texts.tsv").write_text(rows)
    settings = {"task.metrics": "always.py", "task.select": "always_worse", "training.validate_every": 1}
    arguments = {"out": "run", "hidden": 4, "steps": 3, "threads": 1, "listener": elman.silent}
    run = elman.train("classify", "texts.tsv", settings=settings, **arguments)
    validations = [row for row in run.history if row["event"] == "validation"]
    assert [row["best"] for row in validations] == [True, False, False]
    assert (run.best.name, run.best.unit) == ("always_worse", "made up")
    assert run.best.signature.startswith("labels:one|metric:always_worse|elman:")
    model = elman.load(run)
    assert [score.name for score in model.evaluate("texts.tsv").scores] == ["always_worse", "accuracy", "macro_f1"]
    config = Path("run/config.toml")
    config.write_text(config.read_text().replace("always.py", "other.py"))
    with pytest.raises(ConfigError, match=r"\[task\] metrics: metric 'other\.py': code from outside elman"):
        elman.load(run)
