"""What reads what anybody may have written: every reader, and every kind of file and word that a user hands in."""

import gzip
import random
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from elman.cli.described_files import describe_files
from elman.coders.frames import FramesCoder
from elman.config import Settings, to_toml
from elman.data.questions import read_questions
from elman.data.readers import READERS
from elman.data.readers.base import Reader
from elman.data.recordings import recording_of
from elman.data.sources import expand, head
from elman.files.documents import parse_toml
from elman.inference.arpa import import_arpa
from elman.ngram import arpa
from elman.registry import Registry, only
from elman.runs.configuration import RunConfig
from elman.text.tokenizers.bpe import BPETokenizer
from elman.text.vocabulary import UNKNOWN, Vocabulary
from elman.vectors.formats import read_vectors, words_path
from tests.contracts.test_readers import SAMPLES, Sample
from tests.contracts.test_recordings import RECORDED
from tests.contracts.test_recordings import SAMPLES as RECORDINGS
from tests.golden import data
from tests.golden.kinds import STORED

from .mutations import BYTES, TEXT, Mutation, mutated, tree

Use = Callable[[Path, bytes, random.Random], Any]


class Format(NamedTuple):
    """One kind of input.

    Args:
        make: returns one, damaged.
        use: puts it into a folder and reads it, as the product would.
        slow: whether that takes many times longer than most.
    """

    make: Callable[[random.Random], bytes]
    use: Use
    slow: bool = False


def damaged(seeds: list[bytes], ways: list[Mutation] = TEXT) -> Callable[[random.Random], bytes]:
    """Return what makes inputs of some files."""
    return lambda draw: mutated(seeds, draw, ways)


def in_file(name: str, read: Callable[[Path], Any]) -> Use:
    """Return what writes an input to a file and reads that."""

    def use(folder: Path, content: bytes, draw: random.Random) -> None:
        path = folder / name
        path.write_bytes(content)
        read(path)

    return use


def stored(pattern: str) -> list[bytes]:
    """Return the files of the stored runs that fit a pattern."""
    return [path.read_bytes() for path in sorted(STORED.glob(pattern))]


def _read(kind: type[Reader], sample: Sample, folder: Path, content: bytes, draw: random.Random) -> None:
    """Read the files of a format, of which one is damaged."""
    ending = ".gz" if content[:2] == b"\x1f\x8b" and not kind.folders else ""
    fields = draw.choice((sample.fields, sample.fields, sample.plain))
    reader = kind(kind.Config(), fields)
    reader = draw.choice((reader, reader, reader.for_answers(), reader.for_training()))
    names = list(sample.files) if kind.folders else list(sample.files)[: max(1, reader.together)]
    damage = draw.choice(names)
    for name in names:
        path = folder / f"{name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if name == damage else sample.files[name].encode())
    kind.recognizes(folder / damage, content[:2000].decode("utf-8", "replace"), fields)
    list(reader.read([folder / "data"] if kind.folders else [folder / f"{name}{ending}" for name in names]))


def readers() -> dict[str, Format]:
    """Return every reader, with the files of its contract and of the golden runs."""
    drawn = data.facts(5, 3)
    like = {
        "conll": ["spans.conll"], "conllu": ["speech.conllu"], "table": ["mood.tsv", "pairs.tsv", "scores.tsv"],
        "jsonl": ["mood.jsonl"], "fasttext": ["several.txt"], "text": ["text.txt"], "parallel": ["joint.tags"],
    }  # fmt: skip
    found = {}
    for name in sorted({*READERS.names()} - {"joined"}):  # which joins what another has read
        if name in RECORDED:
            found[f"reader {name}"] = _recorded(name)
            continue
        seeds = [text.replace("WORD", "wörd").encode() for text in SAMPLES[name].files.values()]
        seeds += [data.WRITERS[file](drawn).encode() for file in like.get(name, [])]
        seeds.append(gzip.compress(seeds[0], mtime=0))
        found[f"reader {name}"] = Format(damaged(seeds), partial(_read, READERS.get(name), SAMPLES[name]))
    return found


def _recorded(name: str) -> Format:
    """Return a reader of recordings, with the files of its contract."""
    sample, kind = RECORDINGS[name], READERS.get(name)
    with TemporaryDirectory() as folder:
        sample.files(Path(folder))
        seed = (Path(folder) / sample.broken).read_bytes()

    def use(folder: Path, content: bytes, draw: random.Random) -> None:
        there = folder / "data"
        there.mkdir(exist_ok=True)
        source = sample.files(there)
        (there / sample.broken).write_bytes(content)
        kind.recognizes(source, head(source) if source.is_file() else "", sample.fields)
        reader = kind(kind.Config(), sample.fields)
        for example in reader.read(reader.find([str(source)])):
            recording_of(example)

    return Format(damaged([seed], BYTES), use, slow=True)


def _array(draw: random.Random) -> bytes:
    """Return a .npy file whose header is damaged, with its length made to fit or not."""
    start = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    header = mutated([start], draw, TEXT)[:65000]
    length = len(header) if draw.randrange(4) else draw.randrange(65536)
    numbers = np.arange(6, dtype="<f4").tobytes()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", length) + header + numbers[: draw.choice((24, 24, 23, 0))]


def _mapped(folder: Path, content: bytes, draw: random.Random) -> None:
    path = folder / "v.npy"
    path.write_bytes(content)
    words_path(path).write_bytes(draw.choice((b"a\nb\n", b"a\nb", mutated([b"a\nb\n"], draw, TEXT))))
    read_vectors(path)


def _packed(seeds: list[bytes]) -> Callable[[random.Random], bytes]:
    """Return what makes compressed files, damaged within or without."""

    def make(draw: random.Random) -> bytes:
        if draw.randrange(2):
            return gzip.compress(mutated(seeds, draw, TEXT), 1, mtime=0)
        return mutated([gzip.compress(seed, mtime=0) for seed in seeds], draw, BYTES)

    return make


def _imported(folder: Path, content: bytes, draw: random.Random) -> None:
    """Make a run of an ARPA file and score with it."""
    import elman

    (folder / "m.arpa").write_bytes(content)
    run = import_arpa(folder / "m.arpa", folder / "run", overwrite=True)
    elman.load(run).score(["a b", "b <unk> a"])


def _resolved(path: Path) -> None:
    """Read a configuration as a run's, whose names are not the user's."""
    with only(()):
        RunConfig.resolve(Settings.read(path))


def _settings(folder: Path, content: bytes, draw: random.Random) -> None:
    """Take words as `--set` gives them."""
    settings = Settings(parse_toml((STORED / "lm_awd" / "config.toml").read_bytes()))
    settings.tree.pop("run")
    for line in content.decode("utf-8", "surrogateescape").split("\n")[:3]:
        settings.set_text(line.replace("\0", ""))
    with only(()):
        RunConfig.resolve(settings)


def _named(folder: Path, content: bytes, draw: random.Random) -> None:
    """Ask a registry for a name."""
    from elman.cells import CELLS
    from elman.heads import HEADS
    from elman.models import MODELS
    from elman.tasks import TASKS

    kinds: list[Registry[Any]] = [CELLS, HEADS, MODELS, TASKS, READERS]
    name = content.decode("utf-8", "surrogateescape")
    with only(()):
        draw.choice(kinds).get(name)


def _globbed(folder: Path, content: bytes, draw: random.Random) -> None:
    """Look for the files of a name."""
    (folder / "a.txt").write_bytes(b"a b\n")
    expand([content.decode("utf-8", "surrogateescape").replace("/", "_").replace("**", "*")], folder)


def _tables() -> Callable[[random.Random], bytes]:
    """Return what makes configurations, damaged as text or as trees."""
    seeds = stored("*/config.toml") + [path.read_bytes() for path in Path("configs").rglob("*.toml")]
    trees = [parse_toml(seed) for seed in seeds]

    def make(draw: random.Random) -> bytes:
        if draw.randrange(3) == 0:
            return mutated(seeds, draw, TEXT)
        try:
            return to_toml(tree(draw.choice(trees), draw)).encode()
        except (TypeError, ValueError, AttributeError):
            return mutated(seeds, draw, TEXT)  # TOML has no way to write such a tree

    return make


def _assignments() -> list[bytes]:
    """Return `section.key=value` for every key of the stored configurations."""
    found = []
    for seed in stored("*/config.toml"):
        for section, table in parse_toml(seed).items():
            found += [f"{section}.{key}={value}".encode() for key, value in table.items() if section != "run"]
    return sorted(set(found))


def files() -> dict[str, Format]:
    """Return every kind of file that is no reader's, and every kind of word that is typed."""
    vectors = [data.vectors(3).encode()[:400], b"a 1 2 3\nb 4 5 6\n", b"\xef\xbb\xbf2 1\na\t1\nb 2 \n"]
    binary = [b"2 3\na " + np.arange(3, dtype="<f4").tobytes() + b"\nb " + np.arange(3, dtype="<f4").tobytes() + b"\n"]
    model = [
        b"\\data\\\nngram 1=4\nngram 2=2\n\n\\1-grams:\n-99\t<s>\t-0.3\n-0.5\t</s>\t0\n-0.4\ta\t-0.2\n-0.6\tb\t0\n\n"
        b"\\2-grams:\n-0.1\t<s> a\n-0.2\ta b\n\n\\end\\\n",
        b"\\data\\\nngram 1=3\nngram 2=1\nngram 3=1\n\n\\1-grams:\n-1\t<unk>\n-0.5\t</s>\n-0.4\ta\t-0.2\n\n"
        b"\\2-grams:\n-0.1\ta a\t-1\n\n\\3-grams:\n-0.2\ta a a\n\n\\end\\\n",
    ]
    merges = b"\n".join(stored("lm_gru_bpe/vocabulary/merges.txt")[0].split(b"\n")[:12]) + b"\n"
    frames = [b'{"mean": [0.5, 1.0], "deviation": [1.0, 2.5], "missing": false}\n']
    names = [b"lstm", b"rnn_lm", b"softmax", b"lm", b"text", b"os:system", b"elman.cells.lstm:LSTM", b"a.b:C"]
    described = [SAMPLES[name].files[file].encode() for name in SAMPLES for file in SAMPLES[name].files]
    questions = [data.ASKED[name].encode() for name in ("similar.csv", "analogies.txt")] + [b"a b 3\nc\td\t4\n"]
    return {
        "vectors text": Format(damaged(vectors), in_file("v.txt", read_vectors)),
        "vectors binary": Format(damaged(binary + vectors, BYTES + TEXT), in_file("v.bin", read_vectors)),
        "vectors npy": Format(_array, _mapped),
        "vectors gz": Format(_packed(vectors + binary), in_file("v.txt.gz", read_vectors)),
        "arpa": Format(damaged(model), in_file("m.arpa", arpa.read)),
        "arpa gz": Format(_packed(model), in_file("m.arpa.gz", arpa.read)),
        "arpa import": Format(damaged(model), _imported, slow=True),
        "questions": Format(damaged(questions), in_file("q.csv", read_questions)),
        "vocabulary": Format(damaged([_head(one) for one in stored("*/vocabulary/words.txt")]), _vocabulary()),
        "merges": Format(damaged([merges]), _merges),
        "frames": Format(damaged(frames), in_file("frames.json", lambda path: FramesCoder.load(path.parent))),
        "configuration": Format(_tables(), in_file("c.toml", _resolved)),
        "--set": Format(damaged(_assignments()), _settings),
        "names": Format(damaged(names), _named),
        "globs": Format(damaged([b"a.txt", b"*.txt", b"[a-z].*", b"?.txt"]), _globbed),
        "described files": Format(damaged(described), _described, slow=True),
    }


def _head(content: bytes) -> bytes:
    return b"\n".join(content.split(b"\n")[:12]) + b"\n"


def _vocabulary() -> Use:
    def read(path: Path) -> None:
        words = Vocabulary.load(path)
        if UNKNOWN in words:
            words.encode(["a", "x"])
        words.save(path)
        if Vocabulary.load(path).fingerprint != words.fingerprint:
            raise AssertionError("what was saved is not what was loaded")

    return in_file("tokens.txt", read)


def _merges(folder: Path, content: bytes, draw: random.Random) -> None:
    (folder / "merges.txt").write_bytes(content)
    list(BPETokenizer.load(folder).split("anna sees zoë\n"))


def _described(folder: Path, content: bytes, draw: random.Random) -> None:
    path = folder / draw.choice(("d.txt", "d.tsv", "d.csv", "d.jsonl", "d.conll", "d.ts"))
    path.write_bytes(content)
    describe_files([str(path)], [], [])
