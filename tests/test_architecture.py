"""What a machine can hold of the design: sizes, names, and what is not imported."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "elman"
FILES = sorted(SOURCE.rglob("*.py"))
COMPILED = sorted([*SOURCE.rglob("*.cpp"), *SOURCE.rglob("*.hpp")])
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))

MOST_LINES, MOST_LINES_OF_A_TASK, MOST_LINES_OF_A_FUNCTION = 300, 180, 50
MOST_ARGUMENTS_BY_PLACE = 12


@each_file
def test_files_and_functions_are_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= (MOST_LINES_OF_A_TASK if path.parent == SOURCE / "tasks" else MOST_LINES)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= MOST_LINES_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("path", COMPILED, ids=lambda path: path.name)
def test_files_of_compiled_code_are_small(path):
    assert path.read_text(encoding="utf-8").count("\n") <= MOST_LINES


def drawn_floors():
    """Return what docs/architecture.md draws on each floor, from the top: a package or module a line."""
    text = (SOURCE.parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    floors = []
    for number, name in re.findall(
        r"^    (\d\d| \d|  )  (\w+)", text.partition("\n## Floors\n")[2].partition("\n## ")[0], re.M
    ):
        if number.strip():
            floors.append((int(number), set()))
        floors[-1][1].add(name)
    assert [number for number, _ in floors] == list(range(len(floors)))[::-1]
    return [names for _, names in floors]


def test_the_floors_that_are_drawn_are_those_that_are_checked():
    settings = tomllib.loads((SOURCE.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    [layers] = [one["layers"] for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    assert drawn_floors() == [{name.strip().removeprefix("elman.") for name in floor.split("|")} for floor in layers]


def test_documents_count_cells_registries_and_tasks():
    root = SOURCE.parent.parent
    readme, text = ((root / name).read_text(encoding="utf-8") for name in ("README.md", "docs/architecture.md"))
    cells = [path for path in (SOURCE / "cells").glob("*.py") if path.stem != "__init__"]
    numbers = {"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15}
    assert numbers[re.search(r"(\w+) recurrent cells", readme)[1]] == len(cells)

    told = text.partition("**A folder is a registry.**")[2].partition("every\nfile")[0]
    registries = [path for path in SOURCE.rglob("__init__.py") if re.search(r"= Registry\(", path.read_text("utf-8"))]
    assert set(re.findall(r"`([\w/]+)`", told)) == {str(path.parent.relative_to(SOURCE)) for path in registries}

    told = re.search(r"^     9  tasks +(.+(?:\n {20,}.+)*)", text, re.M)[1]
    assert set(re.findall(r"\w+", told)) == {path.stem for path in (SOURCE / "tasks").glob("[!_]*.py")}


def bindings(text):
    """Yield what nanobind is told of each function: all between the parentheses of `.def(...)`."""
    for found in re.finditer(r"\.def(?:_static)?\(", text):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[found.end() : end - 1]


def by_place(binding):
    """Return how many arguments are named that may be given without their names."""
    return len(re.findall(r'"\w+"_a\b|\barray(?:_or_none)?\("', binding.partition("nb::kw_only()")[0]))


def test_compiled_functions_take_few_arguments_by_place():
    every = [one for path in COMPILED for one in bindings(path.read_text(encoding="utf-8"))]
    layer = next(one for one in every if one.startswith('"add_layer"'))
    assert by_place(layer) == 11  # what counts is seen
    assert {one.partition(",")[0]: by_place(one) for one in every if by_place(one) > MOST_ARGUMENTS_BY_PLACE} == {}


@each_file
def test_names_say_what_is_inside(path):
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "core"}
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "statement",
    [
        "import elman",
        "import elman.cli.main; elman.cli.main.application()",
        "from elman.data.readers import READERS; READERS.get('text')",
        "from elman.metrics import METRICS; [METRICS.get(name) for name in METRICS.names()]",
        "from elman.answers import continuations, forecasts, labels, neighbours, pairs, tags",
        "from elman.evaluation import classes, cloze, graded, likelihood, several, similarity, spans, tags, word_map",
        "from elman.evaluation import naive, series, series_views; from elman.data import differencing, ticks, windows",
        "from elman.checks import CHECKS; [CHECKS.get(name) for name in CHECKS.names()]",
        "from elman.coders import CODERS; [CODERS.get(name) for name in CODERS.names()]",
        "from elman.tasks import TASKS; [TASKS.get(name) for name in TASKS.names()]",
        "from elman.models import MODELS; MODELS.get('unigram')",
        "import elman.training.launch, elman.training.resuming; from elman.training import loop, fits, stretches",
        "from elman.decoding import mixture, sampling, search, writing",
        "import elman.imitation",
    ],
)
def test_torch_is_not_loaded_where_it_is_not_needed(statement):
    code = f"import sys; {statement}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_stays_light():
    code = (
        "import sys, elman.cli.main as m; m.main(['--help']); "
        "heavy = {'torch', 'numpy', 'matplotlib', 'pydantic', 'rich.markdown'}"
        "; sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
