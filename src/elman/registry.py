"""A folder is a registry: the file stem is the name, and nothing is imported until it is asked for."""

import ast
import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar, cast

from elman.errors import ConfigError, did_you_mean, quoted

P = TypeVar("P")
_allowed: ContextVar[Collection[str] | None] = ContextVar("allowed", default=None)
_named: set[str] = set()


@contextmanager
def only(paths: Collection[str]) -> Iterator[None]:
    """Within it, of all dotted paths only these are imported: names are read that the user did not write.

    Built-in plug-ins and entry points are always found, and so is a path that the user trained with earlier in this
    process. What was allowed for another call is not.

    Args:
        paths: such as `package.module:Class`, as the user named them for this call.
    """
    if isinstance(paths, str):
        raise ConfigError(f"plugins: got {paths!r}, expected a list of paths, such as [{paths!r}].")
    before = _allowed.set(frozenset(paths))
    try:
        yield
    finally:
        _allowed.reset(before)


class Registry(Generic[P]):
    """The plug-ins of one folder of the package.

    Every file of the folder but `base.py` holds one public subclass of the base class; its name is the
    file stem. Plug-ins from elsewhere are named by an entry point in the group `elman.<noun>`, or by a dotted path
    (`package.module:Class`) where the user wrote it: see `only`.

    Args:
        package: dotted name of the folder, such as `elman.cells`.
        base: name of the base class in `<package>.base`, such as `Cell`.
        noun: what one plug-in is called in messages, such as `cell`.
    """

    def __init__(self, package: str, base: str, noun: str) -> None:
        self.package = package
        self.base = base
        self.noun = noun

    def names(self) -> list[str]:
        """Return the known names, sorted, without importing a plug-in."""
        folder = importlib.import_module(self.package).__path__
        stems = {module.name for module in pkgutil.iter_modules(folder)} - {"base"}
        return sorted(stems | set(self._entry_points()))

    def summary(self, name: str) -> str:
        """Return the first line of a plug-in's file, read without importing it."""
        spec = importlib.util.find_spec(f"{self.package}.{name}")
        if spec is None or spec.origin is None:
            return "from another package"
        document = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
        return document.partition("\n")[0]

    def get(self, name: str) -> type[P]:
        """Import one plug-in and return its class.

        Args:
            name: a file stem, an entry point, or `package.module:Class`.

        Raises:
            ConfigError: there is no such plug-in, or the path does not lead to one.
        """
        external = self._entry_points()
        if name in external:
            return self._from_path(external[name])
        if _is_path(name):
            return self._from_path(self._trusted(name))
        if name not in self.names():
            raise ConfigError(f"unknown {self.noun} {quoted(name)}. {did_you_mean(name, self.names())}")
        return self._class_in(importlib.import_module(f"{self.package}.{name}"))

    def _entry_points(self) -> dict[str, str]:
        return _external(f"elman.{self.noun}")

    def _trusted(self, path: str) -> str:
        """Return a path that may be imported.

        Raises:
            ConfigError: the user did not name it.
        """
        allowed = _allowed.get()
        if allowed is not None and path not in allowed and path not in _named:
            raise ConfigError(
                f"{self.noun} {quoted(path)}: code from outside elman, which a run may not import unasked. If you "
                f"trust it, name it for this call: --plugin {path}, or plugins=[{path!r}] from Python."
            )
        if allowed is None:
            _named.add(path)  # where the user writes names himself; what is allowed for a call is so for that call
        return path

    def _from_path(self, path: str) -> type[P]:
        module_name, _, class_name = path.partition(":")
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            raise ConfigError(f"{self.noun} {path!r}: cannot import {module_name!r}: {error}.") from error
        if not class_name:
            return self._class_in(module)
        plugin = getattr(module, class_name, None)
        if not self._is_plugin(plugin):
            raise ConfigError(f"{self.noun} {path!r}: {class_name!r} is not a subclass of {self._base().__name__}.")
        return cast(type[P], plugin)

    def _class_in(self, module: ModuleType) -> type[P]:
        found = [
            value
            for name, value in vars(module).items()
            if not name.startswith("_") and self._is_plugin(value) and value.__module__ == module.__name__
        ]
        if len(found) != 1:
            raise ConfigError(
                f"{module.__name__}: got {len(found)} public subclasses of {self._base().__name__}, expected 1."
            )
        return found[0]

    def _base(self) -> type[P]:
        return getattr(importlib.import_module(f"{self.package}.base"), self.base)

    def _is_plugin(self, value: object) -> bool:
        base = self._base()
        return inspect.isclass(value) and issubclass(value, base) and value is not base


def _is_path(name: str) -> bool:
    """Say whether a name has the form of `module`, `package.module` or `package.module:Class`, and more than a word."""
    module, colon, plugin = name.partition(":")
    parts = [*module.split("."), *([plugin] if colon else [])]
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


@cache
def _external(group: str) -> dict[str, str]:
    """Return the entry points of a group; looking through all installed packages takes a while."""
    return {point.name: point.value for point in entry_points(group=group)}
