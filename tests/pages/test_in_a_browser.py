"""Every kind of page in a real browser, on a telephone and on a desk: nothing sticks out, no text is cut or tiny."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from elman.pages.report import write_report
from elman.runs.folder import RunFolder

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
STORED = Path(__file__).parent.parent / "stored_runs"
KINDS = sorted(path.name for path in STORED.iterdir())
WIDTHS = (360, 1200)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--allow-file-access-from-files", "--virtual-time-budget=20000", "--window-size=1400,900"),
)
MEASURE = """<script>
  const found = {
    width: innerWidth, needed: document.documentElement.scrollWidth,
    small: [], outside: [], pictures: document.querySelectorAll("svg").length,
  };
  for (const text of document.querySelectorAll("svg text")) {
    const box = text.getBoundingClientRect(), page = text.closest("svg").getBoundingClientRect();
    const across = Math.abs(text.getCTM().b) > Math.abs(text.getCTM().a);
    if (!text.textContent.trim()) continue;
    if ((across ? box.width : box.height) < 8) found.small.push([text.textContent, box.height]);
    const out = Math.max(page.left - box.left, box.right - page.right, page.top - box.top, box.bottom - page.bottom);
    if (out > 2) found.outside.push([text.textContent, out]);
  }
  for (const cell of document.querySelectorAll("td, th, .fact, p, pre, h1")) {
    if (cell.scrollWidth > cell.clientWidth + 1) found.outside.push([cell.textContent.slice(0, 40), cell.scrollWidth]);
  }
  parent.postMessage({name: document.body.dataset.name, ...found}, "*");
</script>"""
COLLECT = """<!DOCTYPE html><body><pre id="found"></pre><script>
  const all = [];
  addEventListener("message", event => {{
    all.push(event.data);
    document.getElementById("found").textContent = JSON.stringify(all);
  }});
</script>{frames}"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What a browser found on the report of each kind of run, at each width, by name and width."""
    folder = tmp_path_factory.mktemp("pages")
    frames = []
    for kind in KINDS:
        run = folder / kind
        shutil.copytree(STORED / kind, run)
        write_report(RunFolder(run))
        report = run / "report.html"
        text = report.read_text(encoding="utf-8").replace("<body>", f'<body data-name="{kind}">')
        report.write_text(text.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
        frames += [f'<iframe src="{kind}/report.html" width="{width}" height="800"></iframe>' for width in WIDTHS]
    (folder / "all.html").write_text(COLLECT.format(frames="".join(frames)), encoding="utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", f"file://{folder / 'all.html'}"]
    page = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found = json.loads(unescape(re.search(r'<pre id="found">(.*?)</pre>', page, re.DOTALL)[1]))
    return {(one["name"], width): one for one in found for width in WIDTHS if abs(one["width"] - width) < 20}


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_report_fits_and_can_be_read(measured, kind, width):
    page = measured[kind, width]
    assert page["needed"] <= page["width"]
    assert page["small"] == []
    assert page["outside"] == []


def test_reports_have_pictures(measured):
    assert max(page["pictures"] for page in measured.values()) >= 4
