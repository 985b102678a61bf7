"""Numbers of the lab that were computed elsewhere, each by two ways, in float64."""

import json
from pathlib import Path

GOLDENS = json.loads((Path(__file__).parent / "goldens.json").read_text(encoding="utf-8"))
