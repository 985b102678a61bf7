"""The keys of a section of the configuration, read from its model."""

from typing import Literal, NamedTuple, get_args, get_origin

from pydantic_core import PydanticUndefined

from elman.config import Config


class Option(NamedTuple):
    """One key of a section, as `elman describe` shows it."""

    name: str
    kind: str
    default: str
    description: str


def options(schema: type[Config], prefix: str = "") -> list[Option]:
    """Return the keys of a section with their defaults, read from the model itself; those of a table by their path."""
    rows = []
    for name, field in schema.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Config):
            rows += options(field.annotation, f"{prefix}{name}.")
            continue
        kind = getattr(field.annotation, "__name__", None) or str(field.annotation)
        if get_origin(field.annotation) is Literal:
            kind = "one of " + ", ".join(map(str, get_args(field.annotation)))
        elif str(field.annotation).startswith("typing.") or " | " in str(field.annotation):
            kind = str(field.annotation).replace("typing.", "")
        missing = field.default is PydanticUndefined and field.default_factory is None
        default = "" if missing else repr(field.get_default(call_default_factory=True))
        rows.append(Option(prefix + name, kind, default, field.description or ""))
    return rows
