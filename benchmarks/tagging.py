"""Taggers: elman against Flair, in turn, on the same files: BiLSTM 256 and CRF, vectors of words and of characters.

    python -m venv flair && flair/bin/pip install torch==2.13.0 flair==0.15.1
    python benchmarks/tagging.py eng.train eng.testa eng.testb --flair flair/bin/python --rounds 3

Each round trains each for some seconds and then tags the test file with it, both with the same batch size and number of
threads. Tagging goes from words to tags: text is tokenized already. Flair runs in a Python of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BATCH = 32

FLAIR = """
import json, sys, time, logging, pathlib
import torch
logging.disable(logging.CRITICAL)
import flair
flair.device = torch.device("cpu")
from flair.datasets import ColumnCorpus, DataLoader
from flair.embeddings import CharacterEmbeddings, OneHotEmbeddings, StackedEmbeddings
from flair.models import SequenceTagger
train, valid, test, seconds, threads, batch = sys.argv[1:7]
torch.set_num_threads(int(threads))
folder = pathlib.Path(train).parent
corpus = ColumnCorpus(folder, {0: "text", 3: "ner"}, train_file=pathlib.Path(train).name,
                      dev_file=pathlib.Path(valid).name, test_file=pathlib.Path(test).name, in_memory=True)
tags = corpus.make_label_dictionary(label_type="ner", add_unk=False)
words = OneHotEmbeddings.from_corpus(corpus, field="text", min_freq=1, embedding_length=100)
letters = flair.data.Dictionary()  # its own list of characters would have to be downloaded
for sentence in corpus.train:
    for token in sentence:
        for letter in token.text:
            letters.add_item(letter)
letters.save(sys.argv[7])
characters = CharacterEmbeddings(path_to_char_dict=sys.argv[7])
tagger = SequenceTagger(hidden_size=256, embeddings=StackedEmbeddings([words, characters]), tag_dictionary=tags,
                        tag_type="ner", use_crf=True, reproject_embeddings=False)
optimizer = torch.optim.SGD(tagger.parameters(), lr=0.1)
tagger.train()
tokens, start = 0, time.perf_counter()
while time.perf_counter() - start < float(seconds):
    for group in DataLoader(corpus.train, batch_size=int(batch), shuffle=True):
        optimizer.zero_grad()
        loss, count = tagger.forward_loss(group)
        (loss / max(count, 1)).backward()
        torch.nn.utils.clip_grad_norm_(tagger.parameters(), 5.0)
        optimizer.step()
        tokens += sum(len(sentence) for sentence in group)
        if time.perf_counter() - start > float(seconds):
            break
training = tokens / (time.perf_counter() - start)
lines = [[token.text for token in sentence] for sentence in corpus.test][:1500]
tagger.eval()
start = time.perf_counter()
tagger.predict([flair.data.Sentence(words) for words in lines], mini_batch_size=int(batch))
print(json.dumps([training, sum(map(len, lines)) / (time.perf_counter() - start)]))
"""


def ours(train: Path, valid: Path, test: Path, seconds: float, threads: int, folder: Path) -> tuple[float, float]:
    """Return words a second in training and in tagging."""
    import torch

    import elman
    from elman.events import Stepped

    torch.set_num_threads(threads)
    steps = []

    def listen(event: object) -> None:
        if isinstance(event, Stepped):
            steps.append(event)

    flags = {"hidden": 256, "batch_size": BATCH, "threads": threads, "minutes": seconds / 60}
    settings = {"task.name": "tag", "training.validate_every": 10**6}
    elman.train(
        "tag", str(train), valid=str(valid), out=folder, overwrite=True, listener=listen, settings=settings, **flags
    )
    model = elman.load(folder)
    lines = [" ".join(example.fields["words"]) for example in model.read(test)][:1500]
    start = time.perf_counter()
    model.answer([model.task.parse(line, True) for line in lines], facts=False)
    tagging = sum(len(line.split()) for line in lines) / (time.perf_counter() - start)
    return sum(step.tokens for step in steps) / sum(step.seconds for step in steps), tagging


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("train", "valid", "test"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--flair", required=True, help="a Python with Flair")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    files = [given.train, given.valid, given.test]
    rows: dict[str, list[tuple[float, float]]] = {"elman": [], "Flair": []}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(given.rounds):
            rows["elman"].append(ours(*files, given.seconds, given.threads, Path(name) / "run"))
            numbers = [str(given.seconds), str(given.threads), str(BATCH)]
            command = [given.flair, "-c", FLAIR, *map(str, files), *numbers, f"{name}/letters"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stderr[-2000:])
            rows["Flair"].append(tuple(json.loads(done.stdout.splitlines()[-1])))
    for place, what in enumerate(("training", "tagging")):
        one, other = (statistics.median(row[place] for row in rows[who]) for who in ("elman", "Flair"))
        ratios = sorted(a[place] / b[place] for a, b in zip(rows["elman"], rows["Flair"], strict=True))
        spread = f"{ratios[0]:.1f} to {ratios[-1]:.1f}"
        print(f"{what:<9}{one:>9,.0f} words/s   Flair {other:>7,.0f}   {statistics.median(ratios):.1f} x ({spread})")


if __name__ == "__main__":
    main()
