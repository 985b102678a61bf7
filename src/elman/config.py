"""Settings: a tree of keys gathered from TOML files, flags and `--set`, checked against pydantic models.

The models are the only place where defaults live. Every mistake of a tree is reported at once, with the
flag or the file it came from, before any data is read.
"""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import tomli_w
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from elman.errors import ConfigError, did_you_mean
from elman.files.documents import parse_toml, read_bytes


class Config(BaseModel):
    """Base of every section: unknown keys are refused, values never change after they were checked."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


C = TypeVar("C", bound=Config)
_MOST_SHOWN = 80


class Settings:
    """A tree of settings, each leaf with the place it came from.

    Args:
        tree: nested tables, such as `{"model": {"cell": "lstm"}}`.
        origin: where they come from, for messages: a file, or an empty string.
    """

    def __init__(self, tree: dict[str, Any] | None = None, origin: str = "") -> None:
        self.tree: dict[str, Any] = tree or {}
        self._origin = origin
        self._origins: dict[str, str] = {}
        self.cause: BaseException | None = None
        """What a mistake comes from that was made in the user's own code, for who wants its traceback."""

    @classmethod
    def read(cls, path: Path) -> "Settings":
        """Read a TOML file.

        Raises:
            ConfigError: the file is missing, unreadable or not TOML; the message has the line.
        """
        try:
            return cls(parse_toml(read_bytes(path).decode()), str(path))
        except FileNotFoundError:
            raise ConfigError(f"{path}: no such configuration file.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read as UTF-8 text: {error}.") from error
        except ValueError as error:
            raise ConfigError(f"{path}: not valid TOML: {error}.") from error

    def set(self, key: str, value: Any, origin: str = "") -> None:
        """Set one leaf, such as `model.hidden_size`, replacing what was there."""
        *sections, leaf = key.split(".")
        node = self.tree
        for section in sections:
            child = node.setdefault(section, {})
            if not isinstance(child, dict):
                raise ConfigError(f"{origin or key}: {section!r} is a value, not a section, in {key!r}.")
            node = child
        node[leaf] = value
        self._origins[key] = origin or key

    def forget(self, key: str) -> None:
        """Remove one leaf, if it is there."""
        section, _, leaf = key.rpartition(".")
        table = self.get(section)
        if isinstance(table, dict):
            table.pop(leaf, None)
        self._origins.pop(key, None)

    def set_text(self, assignment: str) -> None:
        """Apply one `section.key=value`, as given to `--set`; the value is TOML, or else a plain string.

        Raises:
            ConfigError: there is no `=`, or no section before the key.
        """
        key, equals, text = assignment.partition("=")
        key = key.strip()
        if not equals or "." not in key or not all(key.split(".")):
            raise ConfigError(f"--set {assignment}: expected section.key=value, such as model.hidden_size=200.")
        self.set(key, _toml_value(text.strip()), f"--set {key}")

    def get(self, key: str, default: Any = None) -> Any:
        """Return one leaf, or the default."""
        node: Any = self.tree
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                return default
            node = node[part]
        return node

    def mistakes(self, section: str, schema: type[Config]) -> list[str]:
        """Check one section and return a line for each mistake in it."""
        try:
            self.build(section, schema)
        except ConfigError as error:
            return list(error.lines)
        return []

    def build(self, section: str, schema: type[C]) -> C:
        """Return a checked section.

        Raises:
            ConfigError: one line a mistake.
        """
        table = self.tree.get(section, {})
        if not isinstance(table, dict):
            raise ConfigError(f"{self.origin(section)}got {table!r}, expected a section [{section}] with keys.")
        try:
            return schema.model_validate(table)
        except ValidationError as error:
            lines = [self._explain(section, schema, problem) for problem in error.errors()]
            self.cause = _cause(error) or self.cause
            raise ConfigError(*lines) from self.cause

    def unknown_sections(self, known: list[str]) -> list[str]:
        """Return a line for each section that nobody reads."""
        return [
            f"{self.origin(name)}unknown section [{name}]. {did_you_mean(name, known)}"
            for name in self.tree
            if name not in known
        ]

    def origin(self, key: str) -> str:
        """Return where a key was set, for the start of a message: a flag, a file with its section, or nothing."""
        for known, origin in self._origins.items():
            if f"{known}.".startswith(f"{key}.") or key.startswith(f"{known}."):
                return f"{origin}: "
        return f"{self._origin}: " if self._origin else ""

    def place(self, section: str, key: str) -> str:
        """Return which key is meant, for the start of a message: the flag that set it, or the file, section and key."""
        where = self.origin(f"{section}.{key}")
        return where if self._is_flag(where) else f"{where}[{section}] {key}: "

    def _is_flag(self, origin: str) -> bool:
        return origin not in ("", f"{self._origin}: ")

    def _explain(self, section: str, schema: type[Config], problem: ErrorDetails) -> str:
        path, text = [str(part) for part in problem["loc"]], explanation(problem)
        named, colon, rest = text.partition(": ")
        if problem["type"] == "value_error" and colon and all(part.isidentifier() for part in named.split(".")):
            path, text = [*path, *named.split(".")], rest  # a check over several keys says itself which one is wrong
        where = self.origin(".".join([section, *path]))
        from_a_flag = self._is_flag(where)
        if problem["type"] == "extra_forbidden":
            keys = _keys_at(schema, path[:-1])
            meant = did_you_mean(path[-1], keys) if keys else "It has no options."
            if len(path) > 1 and path[-1] in schema.model_fields:
                meant = f"Did you mean {section}.{path[-1]}?"
            table = ".".join([section, *path[:-1]])
            return f"{'' if from_a_flag else where}[{table}] unknown key {path[-1]!r}. {meant}"
        key = "" if from_a_flag else f"[{section}] {'.'.join(path)}: " if path else f"[{section}] "
        return f"{where}{key}{text}"


def _cause(error: ValidationError) -> BaseException | None:
    """Return the error of the user's own code behind a mistake, if there is one."""
    found = (problem["ctx"]["error"] for problem in error.errors() if problem["type"] == "value_error")
    return next((one.__cause__ for one in found if one.__cause__ is not None), None)


def explanation(problem: ErrorDetails) -> str:
    """Return what pydantic found in our words, such as `got -3, expected greater than 0`."""
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"]).replace("\n", " ")
    if problem["type"] == "missing":
        return "is missing."
    try:
        got = repr(problem["input"])
    except RecursionError:
        got = "lists within lists within lists"
    got = got if len(got) <= _MOST_SHOWN else f"{got[: _MOST_SHOWN // 2]}...{got[-(_MOST_SHOWN // 2) :]}"
    expected = problem["msg"].removeprefix("Input should be ").partition(", unable to parse")[0]
    return f"got {got}, expected {expected}."


def check_table(schema: type[Config], table: dict[str, Any]) -> None:
    """Check a table of options against its model.

    Raises:
        ConfigError: one line a mistake, beginning with its key.
    """
    try:
        schema.model_validate(table)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            key = ".".join(map(str, problem["loc"]))
            unknown = problem["type"] == "extra_forbidden"
            means = f"unknown key {key!r}. {did_you_mean(key, schema.model_fields)}"
            lines.append(means if unknown else f"{key}: {explanation(problem)}")
        raise ConfigError(*lines) from None


class Kinds(Protocol):
    """Finds a plug-in by its name, as a registry does."""

    def get(self, name: str) -> Any:
        """Return the class of a plug-in."""


def known_name(kinds: Kinds, name: str) -> str:
    """Return the name of a plug-in that there is.

    Raises:
        ConfigError: there is none of that name.
    """
    kinds.get(name)
    return name


def options_of(kinds: Kinds, name: str | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return a table of options that the plug-in of a name takes.

    Args:
        kinds: where it is found.
        name: of the plug-in; None where that is wrong already, which has been said then.
        options: of it.

    Raises:
        ConfigError: it does not take them; one line a mistake.
    """
    if name is not None:
        check_table(kinds.get(name).Config, options)
    return options


def name_among(kinds: Kinds) -> AfterValidator:
    """Return what has a field be the name of a plug-in that there is."""
    return AfterValidator(partial(known_name, kinds))


def options_among(kinds: Kinds, field: str) -> AfterValidator:
    """Return what makes a field the options of a plug-in, whose name is in another field, which stands before it."""

    def check(options: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        return options_of(kinds, info.data.get(field), options)

    return AfterValidator(check)


Names = Annotated[list[str], BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)]
"""Names that may be typed as one text, with commas between them."""


def to_toml(tree: dict[str, Any]) -> str:
    """Return nested tables as TOML. Keys without a value (None) are left out: their default says the same."""
    return tomli_w.dumps(_without_none(tree))


def _without_none(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if value is not None
    }


def _keys_at(schema: type[Config], path: list[str]) -> list[str]:
    """Return the keys that are legal at a path inside a section."""
    for part in path:
        inner = schema.model_fields[part].annotation
        if not (isinstance(inner, type) and issubclass(inner, Config)):
            return []
        schema = inner
    return list(schema.model_fields)


def _toml_value(text: str) -> Any:
    try:
        return parse_toml(f"value = {text}")["value"]
    except ValueError:
        return text
