"""Short trainings of every kind of network, and the numbers that each leaves in its log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import elman

from .data import named

STEPS = 30
"""Updates of each training: some passes over the data, and a validation."""
PASSES = 6
"""Passes over the text of each training of word vectors, which has no updates to count."""
CELLS = (
    "coupled_lstm",
    "elman",
    "gru",
    "indrnn",
    "janet",
    "layer_norm_gru",
    "layer_norm_lstm",
    "lstm",
    "lstm_1997",
    "mgu",
    "peephole_lstm",
    "projected_lstm",
)


class Case(NamedTuple):
    """A training: its task, the name of its files, and what differs from the small defaults."""

    task: str
    file: str
    settings: dict[str, Any]


LM = {
    "task.level": "character",
    "task.bptt": 24,
    "task.fresh_starts": 0.0,
    "model.hidden_size": 10,
    "model.dropout": 0.0,
    "training.learning_rate": 0.05,
}
NOISE = "model.regularization."
SENTENCES = {
    "model.embedding_size": 8,
    "model.hidden_size": 8,
    "model.dropout": 0.0,
    "training.learning_rate": 0.05,
}
TAGGER = SENTENCES | {"model.character_embedding_size": 4, "model.character_hidden_size": 4}
WORD2VEC = {"model.embedding_size": 8, "task.min_count": 1, "training.learning_rate": 0.1, "model.negatives": 3}


def lm(settings: dict[str, Any]) -> Case:
    """Return a language model."""
    return Case("lm", "text.txt", LM | settings)


def words(settings: dict[str, Any]) -> Case:
    """Return one that reads words, for they make the shortest samples."""
    return lm({"task.level": "word", "task.bptt": 8} | settings)


def noise(**rates: Any) -> dict[str, Any]:
    """Return settings of the noise of a stack."""
    return {f"{NOISE}{name}": value for name, value in rates.items()}


def cells() -> Iterator[tuple[str, Case]]:
    """Every cell, and what its options change."""
    for cell in CELLS:
        yield f"cell {cell}", lm({"model.cell": cell})
    for cell, option, value in (
        ("gru", "reset", "before"),
        ("gru", "candidate", "sigmoid"),
        ("elman", "activation", "relu"),
        ("elman", "activation", "sigmoid"),
        ("elman", "activation", "identity"),
        ("lstm", "forget_bias", 0.0),
        ("lstm", "bias", False),
        ("indrnn", "recurrent_bound", 0.9),
    ):
        yield f"cell {cell} {option}={value}", lm({"model.cell": cell, "model.cell_options": {option: value}})


def optimizing() -> Iterator[tuple[str, Case]]:
    """Every rule, schedule and way to sum."""
    for optimizer in ("sgd", "momentum", "adagrad", "adam", "adamw"):
        rate = 0.05 if optimizer.startswith("adam") else 0.5
        base = {"training.optimizer": optimizer, "training.learning_rate": rate}
        yield f"optimizer {optimizer}", words(base)
        yield f"optimizer {optimizer} with decay", words(base | {"training.weight_decay": 0.01})
    lazy = {"training.optimizer": "adam", "training.lazy_rows": True}
    yield "optimizer adam lazy rows", words(lazy)
    fast = {"training.optimizer": "sgd", "training.learning_rate": 8.0}
    for schedule, more in (
        ("constant", {}),
        ("step", {"training.decay_after": 1, "task.bptt": 12}),
        ("plateau", {"training.decay_patience": 0, "training.validate_every": 4, "training.learning_rate": 16.0}),
        ("cosine", {"training.warmup": 0.3}),
    ):
        yield f"schedule {schedule}", words(fast | {"training.schedule": schedule} | more)
    average = {"training.averaging": "ntasgd", "training.averaging_patience": 0, "training.schedule": "constant"}
    yield "averaging ntasgd", words(fast | average | {"training.validate_every": 4, "training.learning_rate": 16.0})
    yield (
        "reduction sum",
        words({"training.reduction": "sum", "training.optimizer": "sgd", "training.learning_rate": 0.1}),
    )
    yield (
        "clipping tight",
        words({"training.clip_norm": 0.05, "training.optimizer": "sgd", "training.learning_rate": 8.0}),
    )
    yield "clipping off", words({"training.clip_norm": 0.0})


def stacks() -> Iterator[tuple[str, Case]]:
    """How layers are joined, and where a state begins."""
    yield "stack of 2 with dropout", words({"model.num_layers": 2, "model.dropout": 0.4})
    for connections in ("residual", "dense", "highway"):
        for cell in ("lstm", "gru"):
            settings = {"model.num_layers": 3, "model.connections": connections, "model.cell": cell}
            yield f"stack {connections} of {cell}", words(settings)
    yield "state learned", words({"model.initial_state": "learned", "task.carry_state": False})
    yield "state carried no further", words({"task.carry_state": False})
    yield "streams that start anew", words({"task.fresh_starts": 0.3})
    for name, settings in (
        ("bidirectional concat", {"model.merge": "concat"}),
        ("bidirectional sum", {"model.merge": "sum", "model.num_layers": 2}),
        ("bidirectional highway", {"model.connections": "highway", "model.num_layers": 2, "model.cell": "gru"}),
        ("one direction", {"model.bidirectional": False}),
        ("self-attention", {"model.self_attention_heads": 2}),
        ("variational noise", noise(variational=True, hidden_dropout=0.3, input_dropout=0.3)),
    ):
        yield f"stack {name}", Case("tag", "spans.conll", TAGGER | {"model.characters": "none"} | settings)


def noises() -> Iterator[tuple[str, Case]]:
    """Every kind of noise, in two layers, and where compiled code does not do it all."""
    for name in ("word_dropout", "input_dropout", "output_dropout"):
        yield f"noise {name}", words({"model.num_layers": 2} | noise(**{name: 0.3}))
    within = ("hidden_dropout", "candidate_dropout", "weight_drop", "zoneout")
    for name in within:
        for cell in ("lstm", "gru"):
            yield f"noise {name} of {cell}", words({"model.num_layers": 2, "model.cell": cell} | noise(**{name: 0.3}))
    for cell in ("elman", "layer_norm_lstm", "mgu", "peephole_lstm"):
        rates = noise(hidden_dropout=0.2, zoneout=0.1, weight_drop=0.2)
        yield f"noise of all kinds in {cell}", words({"model.cell": cell} | rates)
    yield "noise zoneout_memory", words(noise(zoneout=0.1, zoneout_memory=0.4))
    yield "noise variational", words({"model.num_layers": 2} | noise(variational=True, hidden_dropout=0.3))
    yield "penalties", words({"model.dropout": 0.3} | noise(activation_penalty=2.0, temporal_penalty=1.0))


def language_models() -> Iterator[tuple[str, Case]]:
    """Levels, heads, and what else a language model has."""
    yield "lm word", words({})
    yield "lm byte", lm({"task.level": "byte"})
    yield "lm bpe", lm({"task.level": "bpe", "task.bpe_size": 280, "task.bptt": 12})
    yield "lm adaptive softmax", words({"model.head": "adaptive_softmax"})
    yield "lm adaptive softmax tied", words({"model.head": "adaptive_softmax", "model.tied": True})
    cutoffs = {"model.head_options": {"cutoffs": [8, 20], "division": 3.0}}
    yield "lm adaptive softmax cutoffs", words({"model.head": "adaptive_softmax"} | cutoffs)
    yield "lm tied", lm({"model.tied": True, "model.embedding_size": 7})
    yield "lm readout and range", lm({"model.readout_layers": 2, "model.init_range": 0.2, "model.dropout": 0.2})
    yield "lm variable bptt", lm({"task.variable_bptt": True})
    yield "lm gradients logged", lm({"training.log_gradients": True, "model.num_layers": 2})
    awd = noise(variational=True, word_dropout=0.1, input_dropout=0.2, output_dropout=0.2, weight_drop=0.3)
    sgd = {"training.optimizer": "sgd", "training.learning_rate": 10.0, "training.averaging": "ntasgd"}
    stack = {"model.num_layers": 3, "model.tied": True, "model.embedding_size": 8, "model.dropout": 0.2}
    yield "lm awd", words(awd | sgd | stack | {"task.variable_bptt": True})


def taggers() -> Iterator[tuple[str, Case]]:
    """Heads, characters, schemes, labels of sentences."""
    for head in ("crf", "softmax"):
        for characters in ("none", "lstm", "cnn"):
            settings = {"model.head": head, "model.characters": characters}
            yield f"tag {head} characters {characters}", Case("tag", "spans.conll", TAGGER | settings)
    shapes = {"model.shape_size": 3, "model.character_dropout": 0.2, "model.dropout": 0.3}
    yield "tag shapes and dropout", Case("tag", "inside.conll", TAGGER | shapes)
    yield "tag predicted in bio", Case("tag", "spans.conll", TAGGER | {"task.predicted_scheme": "bio"})
    yield "tag scheme none", Case("tag", "speech.conllu", TAGGER | {"task.scheme": "none", "reader.tag": "upos"})
    files = "joint.words,joint.tags,joint.labels"
    joint = {"task.joint": True, "model.label_weight": 2.0, "model.label_smoothing": 0.1}
    for pooling in ("max", "attention"):
        yield f"tag joint, {pooling}", Case("tag", files, TAGGER | joint | {"model.pooling": pooling})
    window = {"model.name": "window_tagger", "model.dropout": 0.3}
    yield "tag window", Case("tag", "spans.conll", SENTENCES | window)
    vectors = {"task.vectors": "vectors.txt", "model.embedding_size": 6, "model.freeze_embedding": True}
    yield "tag vectors frozen", Case("tag", "spans.conll", TAGGER | vectors)
    yield "tag few places a batch", Case("tag", "spans.conll", TAGGER | {"task.batch_places": 30})


def classifiers() -> Iterator[tuple[str, Case]]:
    """Pooling, weights of classes, several labels."""
    for pooling in ("last", "mean", "max", "attention"):
        yield f"classify {pooling}", Case("classify", "mood.tsv", SENTENCES | {"model.pooling": pooling})
    balanced = {"task.class_weights": "balanced", "model.label_smoothing": 0.1, "model.dropout": 0.5}
    yield "classify balanced", Case("classify", "mood.jsonl", SENTENCES | balanced)
    characters = {"model.characters": "cnn", "model.character_hidden_size": 4}
    yield "classify several labels", Case("classify", "several.txt", SENTENCES | characters)


def comparers() -> Iterator[tuple[str, Case]]:
    """How two texts meet, labels and scores."""
    conditional = SENTENCES | {"model.name": "conditional_pair"}
    for attention in ("none", "last", "word_by_word"):
        yield f"pair conditional {attention}", Case("pair", "pairs.tsv", conditional | {"model.attention": attention})
    shared = {"model.shared": True, "model.comparison_layers": 1, "model.dropout": 0.3, "model.num_layers": 2}
    yield "pair conditional shared", Case("pair", "pairs.tsv", conditional | shared)
    independent = SENTENCES | {"model.name": "independent_pair", "model.comparison_size": 10}
    for compare in ("concat", "siamese", "all"):
        yield f"pair independent {compare}", Case("pair", "pairs.tsv", independent | {"model.compare": compare})
    match = {"model.match_size": 3, "model.characters": "lstm", "model.character_hidden_size": 4, "model.dropout": 0.3}
    yield "pair independent match", Case("pair", "pairs.tsv", independent | match)
    score = {"task.target": "score", "task.levels": 4, "training.learning_rate": 0.01}
    yield "pair score independent", Case("pair", "scores.tsv", independent | score)
    yield "pair score conditional", Case("pair", "scores.tsv", conditional | score)


def embeddings() -> Iterator[tuple[str, Case]]:
    """Architectures, losses, subwords of word vectors."""
    for architecture in ("skip_gram", "cbow"):
        for loss in ("negative_sampling", "hierarchical_softmax"):
            settings = {"model.architecture": architecture, "model.loss": loss}
            yield f"embed {architecture} {loss}", Case("embed", "text.txt", WORD2VEC | settings)
    for architecture in ("skip_gram", "cbow"):
        settings = {"model.architecture": architecture, "model.subwords": [2, 4], "model.subsample": 0.0}
        yield f"embed {architecture} subwords", Case("embed", "text.txt", WORD2VEC | settings)


CASES: dict[str, Case] = dict(
    case
    for family in (
        cells,
        optimizing,
        stacks,
        noises,
        language_models,
        taggers,
        classifiers,
        comparers,
        embeddings,
    )
    for case in family()
)


def train(case: Case, files: Path, out: Path) -> dict[str, Any]:
    """Train a case on the files of a folder, and return what its log says, but for times and texts."""
    settings = {"training.seed": 1, "training.threads": 1, "training.log_every": 1, **case.settings}
    length: dict[str, Any] = {"training.epochs": PASSES}
    if case.task != "embed":
        rhythm = {"training.validate_every": STEPS, "training.batch_size": 8, "training.device": "cpu"}
        settings, length = rhythm | settings, {"training.steps": STEPS}
    if "task.vectors" in settings:
        settings["task.vectors"] = str(files / settings["task.vectors"])
    train, valid = (
        ",".join(str(files / one) for one in named(case.file, part).split(",")) for part in ("train", "valid")
    )
    elman.train(case.task, train=train, valid=valid, out=out, settings=settings | length)
    return measured(out)


def measured(run: Path) -> dict[str, Any]:
    """Return the losses (nats), rates, gradient norms and penalties of a run, step by step, and its validations."""
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = [event for event in events if event["event"] == "train"]
    validations = {str(event["step"]): event["scores"] for event in events if event["event"] == "validation"}
    found = {"nats": [event["nats"] for event in steps], "validations": validations}
    for key in ("learning_rate", "gradient_norm", "penalties"):
        if all(key in event for event in steps):
            found[key] = [event[key] for event in steps]
    averaged = [event["step"] for event in events if event["event"] == "averaging"]
    return found | ({"averaged_from": averaged} if averaged else {})
