"""Word vectors: elman against gensim, in turn, on the same text: 100 numbers, window 5, 5 negatives.

    python -m venv gensim && gensim/bin/pip install gensim==4.4.0
    python benchmarks/word_vectors.py novels.txt --gensim gensim/bin/python --rounds 3

The text has a sentence a line, its words between blanks; words that occur five times are kept. A round reads it once
with each: skip-gram and CBOW; gensim from lists and from the file with so many threads, elman with as many and with
one. The vocabulary is made before the clock starts. Then it finds neighbours among 250,000 vectors, and says how much
memory a training takes.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GENSIM = """
import json, sys, time
from gensim.models import Word2Vec
path, sg, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
model = Word2Vec(vector_size=100, window=5, negative=5, min_count=5, sample=1e-3, sg=sg, workers=threads, seed=1)
lines = [line.split() for line in open(path)]
model.build_vocab(lines)
words = sum(map(len, lines))
speeds = []
for given in ({"corpus_iterable": lines, "total_examples": len(lines)}, {"corpus_file": path, "total_words": words}):
    start = time.perf_counter()
    model.train(epochs=1, **given)
    speeds.append(words / (time.perf_counter() - start))
print(json.dumps(speeds))
"""

OURS = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from word_vectors import read_once
print(json.dumps(read_once(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
"""


def read_once(path: Path, architecture: str, threads: int) -> list[float]:
    """Return words a second of one pass, and the memory that it took, in times of both tables."""
    from elman.data.outlines import Tokens
    from elman.data.readers.text import TextReader
    from elman.data.words import learn_words
    from elman.models.base import Fitting
    from elman.models.word2vec import Word2Vec

    reader = TextReader(TextReader.Config(), ("text",))
    with tempfile.TemporaryDirectory() as folder:
        words, text, _ = learn_words(reader.read([path]), str, Path(folder), 0.0, 5, False)
        told = Tokens(words.tokens, words.counts)
        model = Word2Vec(Word2Vec.Config(architecture=architecture), {"context": told}, {"word": told})
        before = _resident()
        model.begin(1)
        fitting = Fitting(Path(folder), 1, threads, print)
        stretches = model.stretches(text)
        start = time.perf_counter()
        for number in range(stretches):
            model.read(text, number, stretches, model.default_rate, fitting)
        seconds = time.perf_counter() - start
        tables = sum(array.nbytes for array in model.weights().values())
        count = int((text.ids != len(words)).sum())
    return [count / seconds, (_resident() - before) / tables]


def neighbours(words: int = 250_000, width: int = 100, queries: int = 50) -> float:
    """Return the median milliseconds of finding the ten nearest words of one."""
    import numpy as np

    from elman.vectors.neighbours import Neighbours

    matrix = np.random.default_rng(0).normal(size=(words, width)).astype(np.float32)
    near = Neighbours(matrix)
    times = []
    for word in range(queries):
        start = time.perf_counter()
        near.nearest(matrix[word], 10, [word])
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def _resident() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _run(command: list[str]) -> list[float]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--gensim", required=True, help="a Python with gensim")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    here, text, threads = str(Path(__file__).parent), str(given.text), str(given.threads)
    print(f"{'':<12}{'elman':>12}{'one thread':>12}{'lists':>12}{'file':>12}   words a second, medians")
    for sg, architecture in (("1", "skip_gram"), ("0", "cbow")):
        rows = []
        for _ in range(given.rounds):
            ours = [_run([sys.executable, "-c", OURS, here, text, architecture, n]) for n in (threads, "1")]
            rows.append([ours[0][0], ours[1][0], *_run([given.gensim, "-c", GENSIM, text, sg, threads]), ours[0][1]])
        speeds = [statistics.median(column) for column in zip(*rows, strict=True)]
        ratios = sorted(row[0] / max(row[2:4]) for row in rows)
        scaling = sorted(row[0] / row[1] for row in rows)
        print(f"{architecture:<12}" + "".join(f"{speed:>12,.0f}" for speed in speeds[:4]))
        print(f"{'':<12}against the better of gensim's: {_spread(ratios)}; threads: {_spread(scaling)};", end=" ")
        print(f"memory {speeds[4]:.2f} x both tables")
    print(f"ten neighbours of a word among 250,000 x 100: {neighbours():.1f} ms")


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
