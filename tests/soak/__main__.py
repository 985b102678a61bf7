"""The soak: python -m tests.soak [PART...] [--minutes M] [--seed S] [--jobs N] [--out FOLDER] [--case CASE].

Parts are kills, failing, fuzz, hostile and sanitizers; all of them if none is named. Ends with 1 if there is a finding.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import failing, fuzz, hostile, kills, stopped
from .child import Ended, run
from .findings import Finding, Tally
from .trainings import write_files
from .warming import warm
from .workplace import Workplace

PARTS = {
    "kills": (kills, 0.4, "job"),
    "failing": (failing, 0.25, "job"),
    "fuzz": (fuzz, 0.3, "format"),
    "hostile": (hostile, 0.05, "folder"),
}
"""What there is, the share of the time that it takes, and what a row of its table is."""

SANITIZERS = "sanitizers"


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} or {SANITIZERS}")
    parser.add_argument("--minutes", type=float, default=60.0, help="of the wall clock, sanitizers apart")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--most", type=int, default=0, help="cases of each part and process, each 500 inputs of fuzz")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="jobs with this in their names")
    parser.add_argument("--out", type=Path, default=Path("build/soak"), help="where files of findings are kept")
    parser.add_argument("--case", help="do one case of a finding again")
    given = parser.parse_args()
    unknown = set(given.parts) - {*PARTS, SANITIZERS}
    if unknown:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}")
    without = [part for part in given.only if not any(part in name for name in kills.names())]
    if without:
        parser.error(
            f"--only {without[0]}: no job has this in its name, expected part of one of: {', '.join(kills.names())}"
        )
    warm()
    with tempfile.TemporaryDirectory(prefix="elman-soak-", dir=_memory()) as folder:
        work = Path(folder).resolve()
        write_files(work / "files")
        stopped.make(work / "files")
        return _repeat(given, work) if given.case else _soak(given, work)


def _memory() -> str | None:
    """Return a folder of a file system in memory, if there is one: what is forced to disk there takes no time."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _repeat(given: argparse.Namespace, work: Path) -> int:
    """Do one case again."""
    part, _, case = given.case.partition("/")
    wrong = PARTS[part][0].repeat(case, Workplace(work / "case", work / "files", given.seed, 600.0))
    print(wrong or "nothing is wrong")
    return int(bool(wrong))


def _soak(given: argparse.Namespace, work: Path) -> int:
    """Do all parts, and say what came of them."""
    wanted = given.parts or [*PARTS, SANITIZERS]
    print(f"seed {given.seed}, {given.jobs} processes, parts: {', '.join(wanted)}", flush=True)
    found = Tally()
    for part in (part for part in PARTS if part in wanted):
        share = PARTS[part][1] / sum(PARTS[one][1] for one in PARTS if one in wanted)
        tally = _part(part, work, given, 60 * given.minutes * share)
        found.findings += tally.findings
        print(f"\n## {part}\n", *tally.table(PARTS[part][2]), sep="\n", flush=True)
    if SANITIZERS in wanted:
        found.findings += _sanitizers()
    print(f"\n{len(found.findings)} findings, {len(found.different())} of them different", flush=True)
    for finding in found.different():
        print(f"  {finding.case}: {finding.what}")
    return int(bool(found.findings))


def _part(part: str, work: Path, given: argparse.Namespace, seconds: float) -> Tally:
    """Do one part in several processes, and add what they found."""
    begun, tally = time.monotonic(), Tally()

    def campaign(number: int) -> object:
        left = seconds - (time.monotonic() - begun)
        base, kept = work / PARTS[part][2] / str(number), given.out.absolute()
        place = Workplace(base, work / "files", given.seed, left, number, given.jobs, given.most, kept, given.only)
        return PARTS[part][0].campaign(place).to_json()

    for number, ended in enumerate(_side_by_side(campaign, given.jobs, seconds)):
        if ended.result is None:
            tally.find("the soak itself", Finding(part, f"process {number} failed: {ended.said[-2000:]}"))
        else:
            tally.add(Tally.of(ended.result))
    return tally


def _side_by_side(work, jobs: int, seconds: float) -> list[Ended]:  # type: ignore[no-untyped-def]
    """Return how processes ended that ran at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda number: run(lambda: work(number), 2 * seconds + 600), range(jobs)))


def _sanitizers() -> list[Finding]:
    """Run the tests of compiled code under sanitizers."""
    done = subprocess.run(["make", "sanitize"], capture_output=True, text=True, check=False)
    last = (done.stdout.strip().splitlines() or ["nothing was said"])[-1]
    print(f"\n## sanitizers\n\n{last}", flush=True)
    return [Finding(SANITIZERS, f"make sanitize: {last}: {done.stderr[-1000:]}")] if done.returncode else []


if __name__ == "__main__":
    sys.exit(main())
