"""Numbers that were computed twice, by enumeration and otherwise; null is infinity, or not defined."""

import json
from pathlib import Path

GOLDENS = json.loads((Path(__file__).parent / "goldens.json").read_text())
