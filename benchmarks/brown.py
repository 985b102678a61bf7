"""The Brown corpus as a text for language models, cut as Bengio et al. (2003) cut it.

    python benchmarks/brown.py brown.zip --out text

The first 800,000 words are to train on, 200,000 the validation, the rest the test, a sentence a line. Words
that the first part has three times or less are <unk>. Its files have word/tag. Prints sizes and shares of <unk>.
"""

import argparse
import re
import zipfile
from collections import Counter
from pathlib import Path

PARTS, MERGED = {"train": 800_000, "valid": 1_000_000, "test": 10_000_000}, 3


def sentences(file: Path) -> list[list[str]]:
    """Return the words of each sentence, in the order of the files."""
    found = []
    with zipfile.ZipFile(file) as folder:
        for name in sorted(one for one in folder.namelist() if re.fullmatch(r"brown/c[a-r]\d\d", one)):
            lines = folder.read(name).decode().splitlines()
            found += [[word.rsplit("/", 1)[0] for word in line.split()] for line in lines if line.strip()]
    return found


def main() -> None:
    """Write the three parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    parts: dict[str, list[list[str]]] = {name: [] for name in PARTS}
    read = 0
    for sentence in sentences(given.file):
        read += len(sentence)
        parts[next(name for name, end in PARTS.items() if read <= end)].append(sentence)
    counts = Counter(word for sentence in parts["train"] for word in sentence)
    for name, some in parts.items():
        lines = [[word if counts[word] > MERGED else "<unk>" for word in sentence] for sentence in some]
        (given.out / f"{name}.txt").write_text("".join(f"{' '.join(line)}\n" for line in lines), encoding="utf-8")
        words = sum(map(len, lines))
        print(f"{name}: {words:,} words, <unk> {sum(line.count('<unk>') for line in lines) / words:.1%}")


if __name__ == "__main__":
    main()
