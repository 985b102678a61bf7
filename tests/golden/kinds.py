"""The runs in `tests/stored_runs`: one of every kind, small, and half of some so that they can be gone on with."""

from pathlib import Path
from typing import Any, NamedTuple

from .data import named

STORED = Path(__file__).parent.parent / "stored_runs"


class Kind(NamedTuple):
    """How a stored run was made.

    Args:
        task: its task.
        file: the name of its files; `long.txt` is split by the task itself.
        settings: what differs from the small defaults.
        stop: the update after which it was stopped, or 0 if it went to its end.
    """

    task: str
    file: str
    settings: dict[str, Any]
    stop: int = 0

    @property
    def training(self) -> dict[str, str]:
        """The files of the training by the names of the keywords of `elman.train`; they lie where one stands."""
        if self.file == "long.txt":
            return {"train": self.file}
        return {"train": named(self.file, "train"), "valid": named(self.file, "valid")}


NETWORK = {
    "training.steps": 150,
    "training.batch_size": 8,
    "training.validate_every": 50,
    "training.checkpoint_every": 50,
    "training.log_every": 10,
    "training.threads": 1,
    "training.device": "cpu",
    "training.learning_rate": 0.02,
    "model.hidden_size": 10,
}
SENTENCES = NETWORK | {"model.embedding_size": 8}
CHARACTERS = {"model.character_embedding_size": 4, "model.character_hidden_size": 4}
LONGER = {"training.steps": 400, "training.validate_every": 100, "training.log_every": 20}

LANGUAGE_MODELS = {
    "lm_lstm_plateau": Kind(
        "lm",
        "text.txt",
        NETWORK
        | {
            "task.level": "character",
            "task.bptt": 24,
            "model.dropout": 0.1,
            "training.optimizer": "adam",
            "training.schedule": "plateau",
            "training.decay_patience": 0,
            "training.learning_rate": 0.12,
            "training.validate_every": 6,
        },
        stop=107,
    ),
    "lm_awd": Kind(
        "lm",
        "long.txt",
        NETWORK
        | LONGER
        | {
            "task.level": "word",
            "task.bptt": 10,
            "task.variable_bptt": True,
            "model.num_layers": 2,
            "model.embedding_size": 8,
            "model.tied": True,
            "model.regularization.variational": True,
            "model.regularization.word_dropout": 0.1,
            "model.regularization.input_dropout": 0.1,
            "model.regularization.output_dropout": 0.1,
            "model.regularization.weight_drop": 0.2,
            "model.regularization.activation_penalty": 2.0,
            "model.regularization.temporal_penalty": 1.0,
            "training.optimizer": "sgd",
            "training.learning_rate": 8.0,
            "training.schedule": "constant",
            "training.weight_decay": 1.2e-6,
            "training.clip_norm": 0.25,
            "training.averaging": "ntasgd",
            "training.averaging_patience": 1,
            "training.steps": 570,
            "training.validate_every": 30,
        },
        stop=525,
    ),
    "lm_gru_bpe": Kind(
        "lm",
        "long.txt",
        NETWORK
        | LONGER
        | {
            "task.level": "bpe",
            "task.bpe_size": 300,
            "task.bptt": 16,
            "model.cell": "gru",
            "model.cell_options": {"reset": "before"},
            "model.num_layers": 2,
            "model.connections": "residual",
            "model.regularization.zoneout": 0.1,
            "training.schedule": "step",
            "training.decay_after": 6,
            "training.decay": 0.8,
        },
    ),
    "lm_byte_adaptive": Kind(
        "lm",
        "long.txt",
        NETWORK
        | LONGER
        | {
            "task.level": "byte",
            "task.bptt": 24,
            "model.cell": "mgu",
            "model.head": "adaptive_softmax",
            "model.readout_layers": 1,
        },
    ),
    "lm_ngram": Kind("lm", "long.txt", {"model.name": "ngram", "model.order": 3, "task.level": "word"}),
    "lm_ngram_characters": Kind(
        "lm",
        "text.txt",
        {"model.name": "ngram", "model.order": 4, "model.smoothing": "witten_bell", "task.level": "character"},
    ),
    "lm_unigram": Kind("lm", "long.txt", {"model.name": "unigram", "task.level": "word"}),
}

TAGGERS = {
    "tag_joint": Kind(
        "tag",
        "joint.words,joint.tags,joint.labels",
        SENTENCES | LONGER | CHARACTERS | {"task.joint": True, "model.dropout": 0.1},
        stop=317,
    ),
    "tag_words": Kind(
        "tag",
        "speech.conllu",
        SENTENCES
        | CHARACTERS
        | {
            "task.scheme": "none",
            "reader.tag": "upos",
            "model.head": "softmax",
            "model.characters": "cnn",
            "model.shape_size": 2,
            "model.cell": "gru",
            "model.num_layers": 2,
            "model.merge": "sum",
        },
    ),
    "tag_window": Kind(
        "tag", "inside.conll", SENTENCES | {"model.name": "window_tagger", "training.optimizer": "adagrad"}
    ),
}

CLASSIFIERS = {
    "classify_attention": Kind(
        "classify",
        "mood.tsv",
        SENTENCES | {"model.pooling": "attention", "task.class_weights": "balanced", "model.dropout": 0.2},
    ),
    "classify_several": Kind("classify", "several.txt", SENTENCES | LONGER | {"model.cell": "gru"}),
    "classify_linear": Kind("classify", "mood.jsonl", {"model.name": "linear"}),
}

COMPARERS = {
    "pair_word_by_word": Kind("pair", "pairs.tsv", SENTENCES | LONGER | {"model.name": "conditional_pair"}),
    "pair_independent": Kind(
        "pair",
        "pairs.tsv",
        SENTENCES | LONGER | {"model.name": "independent_pair", "model.match_size": 3, "model.comparison_size": 12},
    ),
    "pair_score": Kind(
        "pair",
        "scores.tsv",
        SENTENCES
        | LONGER
        | {
            "model.name": "independent_pair",
            "model.compare": "siamese",
            "model.match_size": 3,
            "task.target": "score",
            "task.levels": 4,
        },
    ),
    "pair_features": Kind("pair", "pairs.tsv", {"model.name": "pair_features", "model.buckets": 256}),
}

WORD2VEC = {
    "model.embedding_size": 8,
    "task.min_count": 2,
    "training.epochs": 40,
    "model.subsample": 0.0,
    "training.learning_rate": 0.1,
    "training.threads": 1,
}
EMBEDDINGS = {
    "embed_subwords": Kind("embed", "long.txt", WORD2VEC | {"model.subwords": [3, 4]}, stop=31),
    "embed_cbow": Kind(
        "embed", "text.txt", WORD2VEC | {"model.architecture": "cbow", "model.loss": "hierarchical_softmax"}
    ),
}

KINDS: dict[str, Kind] = LANGUAGE_MODELS | TAGGERS | CLASSIFIERS | COMPARERS | EMBEDDINGS
STOPPED = [name for name, kind in KINDS.items() if kind.stop]
