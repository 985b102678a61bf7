"""What a machine can hold of the design: sizes, names, and what is not imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "elman"
FILES = sorted(SOURCE.rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))


@each_file
def test_files_and_functions_are_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 60, node.name


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
        "from elman.coders import CODERS; [CODERS.get(name) for name in CODERS.names()]",
        "from elman.tasks import TASKS; TASKS.get('lm')",
        "from elman.models import MODELS; MODELS.get('unigram')",
        "import elman.training.launch, elman.training.resuming; from elman.training import loop, fits, stretches",
        "from elman.decoding import mixture, sampling, search, writing",
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
