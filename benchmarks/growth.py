"""Growth: time and memory of reading, encoding and training as the text becomes ten times as long.

    python benchmarks/growth.py novels.txt

Takes 1/100, 1/10 and all of a text: reads and encodes it, and for characters makes 60 updates of a small LSTM.
Anonymous memory (RssAnon) is what a program cannot give back; pages of the mapped file are the system's to drop.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

CHILD = """
import json, sys, time
from pathlib import Path
from elman.data.readers import READERS
from elman.models import MODELS
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
import torch

def anonymous():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024

path, folder, level = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
task_class, reader_class = TASKS.get("lm"), READERS.get("text")
before, start = anonymous(), time.perf_counter()
task, data = task_class.prepare(task_class.Config(level=level), reader_class(reader_class.Config()),
                                DataFiles([path], [], 0.1), folder, print)
seconds, encoded = time.perf_counter() - start, anonymous()
model_class = MODELS.get("rnn_lm")
trained = step_seconds = None
if level == "character":
    model = model_class(model_class.Config(hidden_size=128), *task.outlines)
    optimizer = torch.optim.Adam(model.parameters())
    batches, state = task.batches(data, 16, 0, 0), model.initial_state(16)
    places = [i * (len(batches) - 1) // 59 for i in range(60)]
    begin = time.perf_counter()
    for place in places:
        found = model.loss(batches[place], state.detach(), None)
        state = found.state
        optimizer.zero_grad(); found.heads["next_token"].nats.backward(); optimizer.step()
    step_seconds, trained = (time.perf_counter() - begin) / 60, anonymous()
print(json.dumps([len(data.train), len(task.tokens.vocabulary), seconds, before, encoded, trained, step_seconds]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    text = parser.parse_args().file.read_text(encoding="utf-8")
    print(
        "level        tokens   types   encode s   Mtokens/s   MB before   after encoding   after 60 steps   ms a step"
    )
    with tempfile.TemporaryDirectory() as folder:
        for level in ("character", "word"):
            for share in (100, 10, 1):
                part = Path(folder) / "part.txt"
                part.write_text(text[: len(text) // share], encoding="utf-8")
                command = [sys.executable, "-c", CHILD, str(part), folder, level]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                tokens, types, seconds, before, encoded, trained, step = json.loads(done.stdout.splitlines()[-1])
                rest = f"{trained:>13.0f}   {step * 1e3:>9.1f}" if trained else ""
                print(
                    f"{level:<9}{tokens:>10,}{types:>8,}{seconds:>11.2f}{tokens / seconds / 1e6:>12.2f}"
                    f"{before:>12.0f}{encoded:>17.0f}   {rest}"
                )


if __name__ == "__main__":
    main()
