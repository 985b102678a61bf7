"""Translation: elman against Joey NMT, in turn, on the same pieces: bi-GRU 256, GRU 256 with additive attention, fed.

    python -m venv joey && joey/bin/pip install torch==2.13.0 joeynmt==2.3.0 importlib_metadata 'setuptools<81'
    python benchmarks/translation.py train.de train.en val.de val.en test.de test.en --joey joey/bin/python --rounds 3

Both read the joint pieces that elman learned, 64 sentences a batch. Each round trains each for some seconds, ours from
the start, Joey NMT where it was; in the last one each writes the test set, greedily and with 5 paths. Without --joey
ours alone is measured. `--decoder unfed --attention general` is the fast default; Joey NMT stays as it is.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BATCH, PIECES, WIDTH = 64, 6000, 256

JOEY = """
import json, sys, time, logging, pathlib, torch
folder, threads, batch, width = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:5])
clock = getattr(time, sys.argv[5])
torch.set_num_threads(threads)
from joeynmt.builders import build_gradient_clipper, build_optimizer
from joeynmt.config import load_config, parse_global_args
from joeynmt.prediction import prepare
from joeynmt.search import search
part = {"rnn_type": "gru", "embeddings": {"embedding_dim": width}, "hidden_size": width, "dropout": 0.3}
side = {"level": "word", "voc_file": str(folder / "vocabulary"), "max_length": 1000}
config = {
    "name": "joey", "joeynmt_version": "2.3.0", "model_dir": str(folder / "joey"), "use_cuda": False,
    "data": {
        **{name: str(folder / name) for name in ("train", "dev", "test")}, "dataset_type": "plain",
        "src": {"lang": "source", **side}, "trg": {"lang": "target", **side},
    },
    "training": {
        "batch_size": batch, "optimizer": "adam", "learning_rate": 0.001, "label_smoothing": 0.1, "overwrite": True,
        "clip_grad_norm": 1.0, "normalization": "tokens",
    },
    "testing": {"batch_size": batch},
    "model": {
        "encoder": {"type": "recurrent", "bidirectional": True, **part},
        "decoder": {
            "type": "recurrent", "attention": "bahdanau", "input_feeding": True, "init_hidden": "bridge",
            "hidden_dropout": 0.3, **part,
        },
    },
}
(folder / "joey").mkdir(exist_ok=True)
(folder / "joey.yaml").write_text(json.dumps(config))
arguments = parse_global_args(load_config(str(folder / "joey.yaml")), rank=0, mode="train")
model, train, _, test = prepare(arguments, rank=0, mode="train")
clip = build_gradient_clipper(cfg=arguments.train._asdict())
optimizer = build_optimizer(cfg=arguments.train._asdict(), parameters=model.parameters())
marks = {"eos_index": model.eos_index, "pad_index": model.pad_index}

def batches():
    while True:
        yield from train.make_iter(batch_size=batch, shuffle=True, **marks)

going = batches()

def learn(seconds):
    model.train()
    tokens, start = 0, clock()
    while clock() - start < seconds:
        one = next(going)
        one.sort_by_src_length()
        loss = model(return_type="loss", **vars(one))[0]
        one.normalize(loss, normalization="tokens").backward()
        clip(parameters=model.parameters())
        optimizer.step()
        model.zero_grad()
        tokens += one.ntokens
    return tokens / (clock() - start)

def write(paths):
    model.eval()
    count, tokens, start = 0, 0, clock()
    for one in test.make_iter(batch_size=batch, shuffle=False, **marks):
        one.sort_by_src_length()
        found, _, _ = search(model, one, max_output_length=50, beam_size=paths, beam_alpha=1.0)
        count += len(found)
        tokens += sum(len(text) for text in model.trg_vocab.arrays_to_sentences(found, cut_at_eos=True))
    return count / (clock() - start), tokens / count

print("ready", flush=True)
for line in sys.stdin:
    what, number = line.split()
    print(json.dumps(learn(float(number)) if what == "learn" else write(int(number))), flush=True)
"""


def ours(given: argparse.Namespace, folder: Path) -> float:
    """Train, and return target tokens a second."""
    import elman
    from elman.events import Stepped

    clock, tokens, times = getattr(time, given.clock), [], []

    def listen(event: object) -> None:
        if isinstance(event, Stepped):
            tokens.append(event.tokens)
            times.append(clock())

    model = {"cell": "gru", "decoder": given.decoder, "attention": given.attention, "decoder_layers": given.layers}
    settings = {"task.joint": True, "task.bpe_size": PIECES, "training.validate_every": 10**6}
    settings |= {f"model.{name}": value for name, value in model.items()}
    train, valid = (f"{source},{target}" for source, target in (given.files[:2], given.files[2:4]))
    flags: dict[str, Any] = {"hidden": WIDTH, "batch_size": BATCH, "threads": given.threads}
    how = {"steps": given.steps} if given.steps else {"minutes": given.seconds / 60}
    elman.train(
        "seq2seq", train, valid=valid, out=folder, overwrite=True, listener=listen, settings=settings, **flags, **how
    )
    return sum(tokens[1:]) / (times[-1] - times[0])


def written(given: argparse.Namespace, folder: Path, paths: int) -> tuple[float, float]:
    """Write the test set, and return sentences a second and tokens a sentence."""
    import torch

    import elman

    torch.set_num_threads(given.threads)
    model = elman.load(folder)
    task = type(model.task)(model.task.config.model_copy(update={"beam": paths}), model.task.coder, model.task.answers)
    examples = [task.parse(line, False) for line in given.files[4].read_text("utf-8").splitlines()]
    clock = getattr(time, given.clock)
    start = clock()
    answers = task.answer(model.ready, examples, 1, False)
    seconds = clock() - start
    tokens = sum(len(task.writer.encode([answer.value]).values) for answer in answers)
    return len(examples) / seconds, tokens / len(examples)


def as_numbers(given: argparse.Namespace, run: Path, folder: Path) -> None:
    """Write all texts as the numbers of the pieces of a run, which Joey NMT takes for words."""
    import elman

    task = elman.load(run).task
    (folder / "vocabulary").write_text("".join(f"{number}\n" for number in range(len(task.coder.names))))
    for name, files in (("train", given.files[:2]), ("dev", given.files[2:4]), ("test", given.files[4:])):
        for side, file in zip(("source", "target"), files, strict=True):
            texts = file.read_text("utf-8").rstrip("\n").split("\n")
            column = task.coder.encode(texts)
            rows = (column.row(number)[:-1] for number in range(len(texts)))  # without the end
            (folder / f"{name}.{side}").write_text("".join(" ".join(map(str, row)) + "\n" for row in rows))


class Joey:
    """Joey NMT in a Python of its own, which waits for lines."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        command = [given.joey, "-c", JOEY, str(folder), str(given.threads), str(BATCH), str(WIDTH), given.clock]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while self._said() != "ready":
            pass

    def ask(self, what: str, number: float) -> Any:
        """Return what it answers."""
        print(what, number, file=self._process.stdin, flush=True)
        return json.loads(self._said())

    def _said(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise SystemExit("Joey NMT stopped.")
        return line.strip()


def compared(what: str, unit: str, ours: list[float], theirs: list[float]) -> Iterator[str]:
    """Yield the line of a measurement."""
    line = f"{what:<14}{statistics.median(ours):>9,.0f} {unit}"
    if theirs:
        ratios = sorted(one / other for one, other in zip(ours, theirs, strict=True))
        line += f"   Joey NMT {statistics.median(theirs):>7,.0f}   {statistics.median(ratios):.1f} x"
        line += f" ({ratios[0]:.1f} to {ratios[-1]:.1f})"
    yield line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs=6, help="sources and targets: training, validation, test")
    parser.add_argument("--joey", help="a Python with Joey NMT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--steps", type=int, help="updates of ours, in place of its seconds")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--clock",
        choices=("perf_counter", "process_time"),
        default="perf_counter",
        help="process_time counts CPU seconds: with --threads 1, what others do on the machine matters less",
    )
    parser.add_argument("--decoder", default="luong")
    parser.add_argument("--attention", default="additive")
    parser.add_argument("--layers", type=int, default=1)
    given = parser.parse_args()
    rows: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ("training", "greedy", "5 paths")}
    with tempfile.TemporaryDirectory() as name:
        folder, joey = Path(name), None
        for _ in range(given.rounds):
            rows["training"][0].append(ours(given, folder / "run"))
            if given.joey and joey is None:
                as_numbers(given, folder / "run", folder)
                joey = Joey(given, folder)
            if joey:
                rows["training"][1].append(joey.ask("learn", given.seconds))
        for _ in range(given.rounds):
            for what, paths in (("greedy", 1), ("5 paths", 5)):
                speed, length = written(given, folder / "run", paths)
                rows[what][0].append(speed)
                print(f"{what}: {length:.1f} tokens a sentence", end="")
                if joey:
                    speed, length = joey.ask("write", paths)
                    rows[what][1].append(speed)
                    print(f", Joey NMT {length:.1f}", end="")
                print()
    for what, (one, other) in rows.items():
        print(*compared(what, "tokens/s" if what == "training" else "sentences/s", one, other), sep="\n")


if __name__ == "__main__":
    main()
