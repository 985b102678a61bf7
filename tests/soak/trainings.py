"""One small training of every kind: what is killed, refused and compared."""

import json
import math
from pathlib import Path
from typing import NamedTuple

from tests.golden import data


class Training(NamedTuple):
    """A training, as it is typed.

    Args:
        task: its task.
        file: the name of its files, as `tests.golden.data` writes them.
        settings: what `--set` says.
        longer: what makes a finished one longer; nothing where that is not possible.
    """

    task: str
    file: str
    settings: dict[str, object]
    longer: tuple[str, ...] = ("--steps", "9")

    def command(self, files: Path, other: bool = False) -> list[str]:
        """Return what is typed behind `elman`, but for `--out`.

        Args:
            files: the folder of data.
            other: whether another training of the same kind is meant, on other data.
        """
        found = ["train", self.task]
        for flag, part in (("train", "test" if other else "train"), ("valid", "valid")):
            names = data.named(self.file, part).split(",")
            found += [f"--{flag}", ",".join(str(files / name) for name in names)]
        for key, value in self.settings.items():
            found += ["--set", f"{key}={'true' if value is True else value}"]
        return found


NETWORK: dict[str, object] = {
    "training.steps": 6,
    "training.batch_size": 8,
    "training.validate_every": 3,
    "training.checkpoint_every": 2,
    "training.log_every": 2,
    "training.threads": 1,
    "training.device": "cpu",
    "model.hidden_size": 4,
}
SENTENCES = NETWORK | {"model.embedding_size": 4}
STREAM = NETWORK | {"task.bptt": 16, "task.validation_tokens": 200}
WORD2VEC: dict[str, object] = {
    "model.embedding_size": 4,
    "task.min_count": 1,
    "training.epochs": 3,
    "training.threads": 1,
}

TRAININGS = {
    "lm-words": Training("lm", "text.txt", STREAM | {"task.level": "word", "training.schedule": "plateau"}),
    "lm-characters": Training(
        "lm", "text.txt", STREAM | {"task.level": "character", "model.dropout": 0.2, "training.optimizer": "adam"}
    ),
    "lm-bpe": Training("lm", "text.txt", STREAM | {"task.level": "bpe", "task.bpe_size": 270, "model.cell": "gru"}),
    "lm-lines": Training("lm", "names.txt", NETWORK | {"task.lines": True, "task.level": "character"}),
    "lm-averaged": Training(
        "lm",
        "text.txt",
        STREAM
        | {
            "task.level": "word",
            "training.optimizer": "sgd",
            "training.averaging": "ntasgd",
            "training.averaging_patience": 0,
            "training.schedule": "constant",
            "training.learning_rate": 16,
        },
    ),
    "ngram": Training("lm", "text.txt", {"model.name": "ngram", "model.order": 3, "task.level": "word"}, ()),
    "unigram": Training("lm", "text.txt", {"model.name": "unigram", "task.level": "word"}, ()),
    "embed": Training("embed", "text.txt", WORD2VEC, ("--epochs", "4")),
    "embed-subwords": Training("embed", "text.txt", WORD2VEC | {"model.subwords": [3, 4]}, ("--epochs", "4")),
    "tag-crf": Training("tag", "spans.conll", SENTENCES),
    "tag-joint": Training("tag", "joint.words,joint.tags,joint.labels", SENTENCES | {"task.joint": True}),
    "classify": Training("classify", "mood.tsv", SENTENCES | {"model.pooling": "attention"}),
    "classify-linear": Training("classify", "mood.jsonl", {"model.name": "linear"}, ()),
    "classify-several": Training("classify", "several.txt", SENTENCES),
    "series": Training("classify", "waves.ts", NETWORK),
    "strokes": Training("strokes", "letters.jsonl", NETWORK),
    "handwriting": Training("handwriting", "letters.jsonl", NETWORK),
    "transduce": Training(
        "transduce",
        "copies.toml",
        {"model.hidden_size": 8, "model.machine_options": {"slots": 8, "slot_size": 4}, "training.batch_size": 4},
    ),
    "pair": Training("pair", "pairs.tsv", SENTENCES | {"training.optimizer": "adagrad"}),
    "pair-score": Training("pair", "scores.tsv", SENTENCES | {"task.target": "score", "task.levels": 4}),
    "seq2seq": Training("seq2seq", "turned.tsv", SENTENCES | {"task.level": "character", "task.beam": 1}),
}


def write_files(folder: Path) -> None:
    """Write the files of every training into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    data.write(folder)
    for part, (count, seed) in data.PARTS.items():
        words = [fact.subject for fact in data.facts(count, seed)]
        turned = "".join(f"{word}\t{word[::-1]}\n" for word in words)
        (folder / f"names.{part}.txt").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
        (folder / f"turned.{part}.tsv").write_text(turned, encoding="utf-8")
        (folder / f"letters.{part}.jsonl").write_text(_letters(words), encoding="utf-8")
        copies = f'task = "copy"\ncount = {count // 2}\nseed = {seed}\nlength = [1, 4]\nwidth = 3\n'
        (folder / f"copies.{part}.toml").write_text(copies, encoding="utf-8")
        (folder / f"waves.{part}.ts").write_text(_waves(count // 2), encoding="utf-8")


def _letters(words: list[str]) -> str:
    """Return how words are written by a pen that makes one stroke a letter, each letter in its own direction."""
    lines = []
    for word in words:
        turns = [ord(letter) % 32 / 5 for letter in word]
        points = [[round(math.cos(turn), 2), round(math.sin(turn), 2), up] for turn in turns for up in (0, 1)]
        lines.append(json.dumps({"text": word, "strokes": points}) + "\n")
    return "".join(lines)


def _waves(count: int) -> str:
    """Return slow and fast waves of two numbers a step."""
    lines = ["@problemName waves", "@classLabel true slow fast", "@data"]
    for number in range(count):
        label, speed = ("slow", 0.3) if number % 2 else ("fast", 1.2)
        steps = [3 * math.sin(speed * step + number) for step in range(4 + number % 3)]
        channels = [",".join(f"{scale * value:.3f}" for value in steps) for scale in (1, 2)]
        lines.append(":".join([*channels, label]))
    return "\n".join(lines) + "\n"
