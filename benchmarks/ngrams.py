"""n-gram models: elman against KenLM, in turn, on the same text.

    git clone https://github.com/kpu/kenlm && build it; pip install ./kenlm
    python benchmarks/ngrams.py text.txt test.txt --kenlm kenlm/build/bin --rounds 3

KenLM makes an ARPA file (lmplz -o 5 -S 2G) and of that a probing binary; elman makes a run that can be loaded, with the
start of Python, its evaluation and its sample. Memory is what the kernel says a process had resident at most. Then both
score the lines of the test file from Python. `<unk>` in the text becomes UNK, which lmplz would refuse.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import elman


def timed(command: list[str], **streams: object) -> tuple[float, float]:
    """Run a command; return its seconds and its largest resident memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **streams)  # type: ignore[call-overload]
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def speed(work: Callable[[], object], words: int) -> float:
    start = time.perf_counter()
    work()
    return words / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--kenlm", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--order", type=int, default=5)
    arguments = parser.parse_args()
    order = str(arguments.order)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text, test = folder / "train.txt", folder / "test.txt"
        for source, target in ((arguments.train, text), (arguments.test, test)):
            target.write_text(source.read_text(encoding="utf-8").replace("<unk>", "UNK"), encoding="utf-8")
        short = folder / "short.txt"
        short.write_text("".join(test.read_text(encoding="utf-8").splitlines(True)[:200]), encoding="utf-8")
        theirs, ours, memories = [], [], {"KenLM": 0.0, "elman": 0.0}
        for _ in range(arguments.rounds):
            with text.open() as given, (folder / "m.arpa").open("wb") as made:
                lmplz = [str(arguments.kenlm / "lmplz"), "-o", order, "-S", "2G", "-T", name, "--discount_fallback"]
                first, memory = timed(lmplz, stdin=given, stdout=made)
            binary = [str(arguments.kenlm / "build_binary"), str(folder / "m.arpa"), str(folder / "m.bin")]
            second, other = timed(binary, stdout=subprocess.DEVNULL)
            theirs.append(first + second)
            memories["KenLM"] = max(memories["KenLM"], memory, other)
            command = [
                sys.executable, "-m", "elman", "train", "lm", "--model", "ngram", "--level", "word",
                "--train", str(text), "--valid", str(short), "--out", str(folder / "run"), "--overwrite",
                "--set", f"model.order={order}",
            ]  # fmt: skip
            seconds, memory = timed(command, stdout=subprocess.DEVNULL)
            ours.append(seconds)
            memories["elman"] = max(memories["elman"], memory)
        sizes = (folder / "m.bin").stat().st_size / 1e6, (folder / "run/model.safetensors").stat().st_size / 1e6
        ratio = statistics.median(a / b for a, b in zip(theirs, ours, strict=True))
        made = f"KenLM {statistics.median(theirs):.1f} s, elman {statistics.median(ours):.1f} s"
        print(f"text to loadable model  {made}: {ratio:.1f}x")
        print(f"resident memory         KenLM {memories['KenLM']:,.0f} MB, elman {memories['elman']:,.0f} MB")
        print(f"on disk                 KenLM {sizes[0]:,.1f} MB, elman {sizes[1]:,.1f} MB")
        score(folder, test, arguments.rounds)


def score(folder: Path, test: Path, rounds: int) -> None:
    """Compare the log-probabilities of all lines, then how fast they are had."""
    import kenlm

    reference, model = kenlm.Model(str(folder / "m.bin")), elman.load(folder / "run")
    lines = test.read_text(encoding="utf-8").splitlines()
    lines = lines * max(1, 40_000 // len(lines))
    words = sum(len(line.split()) + 1 for line in lines)
    theirs = [reference.score(line) for line in lines]
    ours = [line.log_prob_nats / 2.302585092994046 for line in model.score(lines)]
    print(f"largest difference of a line, log10: {max(abs(a - b) for a, b in zip(theirs, ours, strict=True)):.5f}")
    speeds: list[tuple[float, float]] = []
    for _ in range(rounds):
        of_kenlm = speed(lambda: [reference.score(line) for line in lines], words)
        speeds.append((of_kenlm, speed(lambda: model.score(lines), words)))
    left, right = (statistics.median(column) for column in zip(*speeds, strict=True))
    ratio = statistics.median(ours / theirs for theirs, ours in speeds)
    print(f"scoring from Python     KenLM {left / 1e6:.2f} M words/s, elman {right / 1e6:.2f} M words/s: {ratio:.1f}x")
    loads = []
    for _ in range(rounds + 2):
        start = time.perf_counter()
        elman.load(folder / "run")
        loads.append(time.perf_counter() - start)
    print(f"elman.load, warm        {1e3 * statistics.median(loads):.0f} ms")


if __name__ == "__main__":
    main()
