"""Exact match and F1 of one annotator against the others: by Elman's scores, and by the official rules in twenty lines.

python benchmarks/answer_rules.py dev-v1.1.json
"""

import gzip
import json
import re
import string
import sys
from collections import Counter
from pathlib import Path

from elman.data.readers import READERS
from elman.evaluation.answered_spans import span_verdict


def rules(path):
    """Return exact match and F1 of the second answer to each question against its others, and of how many that has."""

    def normalize(text):
        text = "".join(letter for letter in text.lower() if letter not in set(string.punctuation))
        return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())

    def f1(one, other):
        one, other = normalize(one).split(), normalize(other).split()
        same = sum((Counter(one) & Counter(other)).values())
        precision, recall = same / max(1, len(one)), same / max(1, len(other))
        return 2 * precision * recall / (precision + recall) if same else 0.0

    exact, overlap = [], []
    for article in json.loads(opened(path))["data"]:
        for question in (one for paragraph in article["paragraphs"] for one in paragraph["qas"]):
            golds = [one["text"] for one in question["answers"]]
            if len(golds) < 2:
                continue
            second = golds.pop(1)
            exact.append(max(normalize(second) == normalize(gold) for gold in golds))
            overlap.append(max(f1(second, gold) for gold in golds))
    return sum(exact) / len(exact), sum(overlap) / len(overlap), len(exact)


def scores(path):
    """Return the same by Elman: its reader of the file, and its verdict."""
    kind = READERS.get("squad")
    reader = kind(kind.Config(), ("passage", "question", "golds"))
    examples = [one for one in reader.read([Path(path)]) if len(one.fields["golds"]) > 1]
    said = [one.fields["golds"].pop(1).text for one in examples]
    found = {one.name: one.value for one in span_verdict(examples, said, [1.0] * len(said), "nothing").scores}
    return found["exact_match"], found["answer_f1"], len(examples)


def opened(path):
    """Return the text of a file, which may be packed."""
    packed = Path(path).read_bytes()
    return (gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed).decode()


def main():
    for who, found in (("official rules", rules(sys.argv[1])), ("elman", scores(sys.argv[1]))):
        exact, overlap, count = found
        print(f"{who:15} exact match {exact:.12f}  F1 {overlap:.12f}  of {count:,} questions")


if __name__ == "__main__":
    main()
