"""The configuration of a run: its sections, and how a tree of settings becomes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from elman.config import Config, Names, Settings, to_toml
from elman.data.readers import READERS
from elman.errors import ConfigError
from elman.models import MODELS
from elman.models.base import Fitted
from elman.registry import Registry
from elman.runs.agreement import check_fit, check_metrics, check_reader, check_reward
from elman.runs.formats import RUN_FORMAT
from elman.tasks import TASKS
from elman.tasks.base import ExampleTask


class DataConfig(Config):
    """The `[data]` section."""

    train: list[str] = Field(min_length=1, description="Training files or globs.")
    valid: list[str] = Field(["10%"], min_length=1, description="Validation files, or a share of the training data.")

    hold_out: Literal["stratified", "random"] | None = Field(
        None,
        description="How a share is drawn: stratified, as much of each class, which is the default where there are "
        "classes; or random.",
    )
    group: str = Field(
        "",
        description="A regular expression: what it, or its parentheses, finds last in where an example stands is its "
        "group, such as a speaker; a share is then one of whole groups.",
    )
    held: Names = Field([], description="Groups that are held out by name, instead of a share.")
    named: bool = Field(
        False, description="The format of the training files was named, not guessed: what it can read has it."
    )
    strict: bool = Field(False, description="Refuse data that is suspicious; else it is told and trained on.")

    @field_validator("valid")
    @classmethod
    def _share_is_sensible(cls, valid: list[str]) -> list[str]:
        if valid and valid[0].endswith("%"):
            share = valid[0].removesuffix("%")
            if len(valid) > 1 or not share.replace(".", "", 1).isdigit() or not 0 < float(share) <= 50:
                raise ValueError(f"got {', '.join(valid)!r}, expected files, or one share up to 50%.")
        return valid

    @field_validator("group")
    @classmethod
    def _finds_one_name(cls, group: str) -> str:
        try:
            several = re.compile(group).groups > 1
        except re.error as error:
            raise ValueError(f"got {group!r}, expected a regular expression: {error}.") from error
        if several:
            raise ValueError(f"got {group!r}, expected at most one pair of parentheses: the name of a group.")
        return group

    @property
    def held_out(self) -> float:
        """The share of the training data kept for validation, 0 when there are files for it."""
        return float(self.valid[0].removesuffix("%")) / 100 if self.valid[0].endswith("%") else 0.0


DEFAULT_RATES = {"sgd": 1.0, "momentum": 0.1, "adagrad": 0.1, "adam": 0.003, "adamw": 0.003}
"""Peak learning rate of each optimizer when none is given."""


class TrainingConfig(Config):
    """The `[training]` section."""

    steps: int | None = Field(None, ge=1, description="Updates in all.")
    epochs: float | None = Field(None, gt=0, description="Passes over the data, instead of steps.")
    minutes: float | None = Field(
        None, gt=0, description="About how long, instead of steps; networks take 5 if nothing is said. Fixed as steps."
    )
    batch_size: int = Field(16, ge=1, le=65536, description="B, streams or sequences of one update.")
    parts: int = Field(
        1,
        ge=1,
        description="Parts that a batch is computed in, one after the other: the same update with less memory, but for "
        "noise.",
    )
    optimizer: Literal["sgd", "momentum", "adagrad", "adam", "adamw"] = Field("adamw", description="The update rule.")
    learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak rate; by default what suits: 1 (sgd), 0.1 (momentum, adagrad), 0.003 (adam, adamw).",
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="μ of momentum.")
    beta1: float = Field(0.9, ge=0, lt=1, description="β1 of adam and adamw.")
    beta2: float = Field(0.99, ge=0, lt=1, description="β2 of adam and adamw.")
    weight_decay: float = Field(0.0, ge=0, description="λ; decoupled in adamw, else part of the gradient.")
    lazy_rows: bool = Field(
        False,
        description="adam, adamw: rows of an embedding stay as they are where a batch does not look them up.",
    )
    averaging: Literal["none", "ntasgd", "checkpoints"] = Field(
        "none",
        description="ntasgd: average the weights once validation stops getting better (Merity). checkpoints: those at "
        "the last validations, at the end; the mean becomes the model if nothing before was better.",
    )
    averaging_last: int | None = Field(
        None, ge=2, description="Validations whose weights checkpoints averages, 5 if nothing is said."
    )
    averaging_patience: int = Field(5, ge=0, description="Validations that ntasgd looks back.")
    reduction: Literal["mean", "sum"] = Field(
        "mean",
        description="The loss is averaged over tokens, or summed over time and averaged over the rows of a batch.",
    )
    clip_norm: float = Field(1.0, ge=0, description="Global gradient norm is clipped to this; 0 switches that off.")
    schedule: Literal["constant", "step", "plateau", "cosine"] = Field("cosine", description="How the rate changes.")
    warmup: float = Field(0.03, ge=0, lt=1, description="Share of the steps in which cosine rises from 0.")
    decay: float = Field(0.5, gt=0, lt=1, description="What step and plateau multiply the rate by.")
    decay_after: int = Field(4, ge=0, description="Epochs before step starts to decay, once an epoch.")
    decay_patience: int = Field(1, ge=0, description="Validations without a new best that plateau waits for.")
    patience: int | None = Field(
        None,
        ge=0,
        description="Validations in a row without a gain that end the training, 0 for none; by default what suits the "
        "task.",
    )
    extended: int = Field(0, ge=0, description="Steps that were made when a run was last made longer: it waits anew.")
    validate_every: int | None = Field(
        None, ge=1, description="Steps between validations; by default ten a run, or one an epoch."
    )
    validate_first: int | None = Field(
        None, ge=1, description="Step of one validation more, before the others; by default where they begin late."
    )
    checkpoint_every: int = Field(1000, ge=1, description="Steps between checkpoints; each validation makes one too.")
    log_every: int | None = Field(None, ge=1, description="Steps between lines of metrics.jsonl; 200 a run by default.")
    log_gradients: bool = Field(
        False, description="Log the gradient norm of each layer and time step; those updates are slower."
    )
    seed: int = Field(1, ge=0, description="Seed of everything random.")
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where to compute; auto takes a GPU if there is one."
    )
    threads: int = Field(
        0, ge=0, le=4096, description="CPU threads; 0 takes what PyTorch takes, or for fitted models all cores."
    )

    @property
    def rate(self) -> float:
        """The peak learning rate: as given, or what suits the optimizer."""
        return self.learning_rate or DEFAULT_RATES[self.optimizer]

    @model_validator(mode="after")
    def _one_length(self) -> "TrainingConfig":
        given = [name for name in ("steps", "epochs", "minutes") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"got {' and '.join(given)}, expected one of them: each says how long to train.")
        return self

    @model_validator(mode="after")
    def _patience_outlasts_what_it_waits_for(self) -> "TrainingConfig":
        if self.schedule == "plateau" and self.patience is not None and "decay_patience" not in self.model_fields_set:
            raise ValueError(
                f"patience: got {self.patience} with schedule plateau: it ends the training now, and what plateau "
                "waits for is decay_patience. Give both."
            )
        waits = {"schedule plateau": ("decay_patience", self.decay_patience, self.schedule == "plateau")}
        waits["averaging ntasgd"] = ("averaging_patience", self.averaging_patience, self.averaging == "ntasgd")
        for what, (key, least, acts) in waits.items():
            if acts and self.patience and self.patience <= least:
                raise ValueError(
                    f"patience: got {self.patience} with {what} and {key} {least}, expected more: the training would "
                    f"end before {what} does anything. 0 never ends it."
                )
        return self

    @model_validator(mode="after")
    def _averaging_has_what_it_takes(self) -> "TrainingConfig":
        last, patience, averaged = self.averaging_last, self.averaging_patience, self.averaging == "checkpoints"
        if last is not None and not averaged:
            raise ValueError(f"averaging_last: got {last} with averaging {self.averaging}, expected checkpoints.")
        if averaged and patience != TrainingConfig.model_fields["averaging_patience"].default:
            raise ValueError(f"averaging_patience: got {patience} with averaging checkpoints, expected ntasgd.")
        return self

    @model_validator(mode="after")
    def _lazy_rows_have_a_rule(self) -> "TrainingConfig":
        if self.lazy_rows and (self.optimizer not in ("adam", "adamw") or self.weight_decay):
            raise ValueError(
                f"lazy_rows: got optimizer {self.optimizer} with weight_decay {self.weight_decay:g}, expected adam or "
                "adamw without decay. sgd and adagrad skip such rows anyway."
            )
        return self


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides a run. `task`, `reader` and `model` are the Config of the plug-in of that name."""

    task: Any
    data: DataConfig
    reader: Any
    model: Any
    training: TrainingConfig

    @classmethod
    def resolve(cls, settings: Settings) -> "RunConfig":
        """Check a whole tree.

        Raises:
            ConfigError: a line for every mistake of every section.
        """
        task: Any = named(TASKS, settings, "task.name", "lm")
        schemas: dict[str, type[Config]] = {
            "task": task.Config,
            "data": DataConfig,
            "reader": named(READERS, settings, "reader.name", "text").Config,
            "model": named(MODELS, settings, "model.name", task.default_model).Config,
            "training": TrainingConfig,
        }
        if settings.get("data.valid") is None:
            settings.set("data.valid", [task.held_out])
        lines = settings.unknown_sections([*schemas, "run"])
        for section, schema in schemas.items():
            lines += settings.mistakes(section, schema)
        if lines:
            raise ConfigError(*lines) from settings.cause
        built = settings.build("task", task.Config)
        check_reader(settings, task.fields(built))
        check_metrics(settings, task, built)
        check_fit(settings, MODELS.get(str(settings.get("model.name", task.default_model))), task, built)
        sections: Any = {section: settings.build(section, schema) for section, schema in schemas.items()}
        check_reward(settings, sections["model"], task)
        _check_groups(settings, sections["data"], issubclass(task, ExampleTask))
        sections["data"] = _drawn_by(settings, sections["data"], task.strata(built))
        if sections["model"].spells:
            sections["task"] = sections["task"].spelled()
        return cls(**sections)

    def to_toml(self, run: dict[str, Any]) -> str:
        """Return the configuration as TOML, after a section `[run]` with facts about the run.

        Of `[training]` a model without gradients has what it takes.
        """
        sections = {name: getattr(self, name).model_dump() for name in ("task", "data", "reader", "model", "training")}
        model = MODELS.get(self.model.name)
        if issubclass(model, Fitted):
            sections["training"] = {key: sections["training"][key] for key in model.training_keys}
        return to_toml({"run": {"format": RUN_FORMAT, **run}, **sections})


def _check_groups(settings: Settings, data: DataConfig, grouped: bool) -> None:
    """Refuse groups where nothing is held out by them.

    Raises:
        ConfigError: so it is.
    """
    key = "group" if data.group else "held"
    if not (data.group or data.held):
        return
    where = settings.place("data", key)
    if not data.group:
        raise ConfigError(f"{where}got names, and nothing says what groups are. Set data.group.")
    if not data.held_out:
        raise ConfigError(f"{where}got groups and validation files, expected one of them. Leave one out.")
    if data.hold_out:
        raise ConfigError(f"{where}got groups and hold_out {data.hold_out}, expected one of them. Leave one out.")
    if not grouped:
        raise ConfigError(f"{where}task {settings.get('task.name')} has no examples to group. Leave it out.")


def _drawn_by(settings: Settings, data: DataConfig, strata: Sequence[str]) -> DataConfig:
    """Return how data is held out: by class in new runs, and as they did it in runs that do not say.

    Raises:
        ConfigError: there are no classes.
    """
    if data.hold_out and not strata:
        where = settings.place("data", "hold_out")
        raise ConfigError(f"{where}task {settings.get('task.name')} predicts no classes to hold out by. Leave it out.")
    if data.hold_out or data.group or not (strata and data.held_out):
        return data
    before = settings.get("run.format") is not None
    return data.model_copy(update={"hold_out": "random" if before else "stratified"})


def named(registry: Registry[Any], settings: Settings, key: str, default: str) -> Any:
    """Return the plug-in that a key names; a mistake says where the key was set."""
    try:
        return registry.get(str(settings.get(key, default)))
    except ConfigError as error:
        raise ConfigError(*(f"{settings.origin(key)}{line}" for line in error.lines)) from error
