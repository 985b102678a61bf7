"""docs/imitation.md does what it says: its world is one, and its numbers are those of the benchmark."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/imitation.md").read_text(encoding="utf-8")


def test_the_world_of_the_page_costs_what_it_says():
    program = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL).group(1)
    code = program + "\nimport sys\nsys.exit('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    assert f"```\n{found.stdout}```" in PAGE


def test_the_world_of_the_page_is_short():
    world = re.search(r"(class Ridge.*?)\n\n\nridge", PAGE, re.DOTALL).group(1)
    assert sum(bool(line.strip()) for line in world.splitlines()) <= 20


def test_the_benchmark_prints_the_tables_of_the_page():
    command = [sys.executable, str(ROOT / "benchmarks/imitation.py"), "--seeds", "1"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    shown = [line for line in PAGE.splitlines() if re.match(r" +(T|\d+) ", line) or line.startswith("seed")]
    said = found.stdout.splitlines()
    assert said[:6] == shown[:6]
    assert said[7:9] == shown[6:8]
