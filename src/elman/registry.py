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
from typing import Any, Generic, TypeVar, cast

from elman.errors import ConfigError, did_you_mean, quoted
from elman.outside import Place, title

P = TypeVar("P")
_allowed: ContextVar[Collection[str] | None] = ContextVar("allowed", default=None)
_named: dict[str, Place] = {}


@contextmanager
def only(paths: Collection[str]) -> Iterator[None]:
    """Within it, of all paths only these are imported: names are read that the user did not write.

    Built-in plug-ins and entry points are always found, and so is a path that the user trained with earlier in this
    process. What was allowed for another call is not. A file means every name of a file that is called like it: where
    it lies is what the user says.

    Args:
        paths: such as `package.module:Class` or `folder/file.py`, as the user named them for this call.
    """
    if isinstance(paths, str | Path) or not isinstance(paths, Collection):
        such = str(paths) if isinstance(paths, str | Path) else "my_cell.py"
        raise ConfigError(f"plugins: got {paths!r}, expected a list of paths, such as [{such!r}].")
    wrong = [str(path) for path in paths if Place.of(str(path)) is None]
    if wrong:
        raise ConfigError(f"plugins: got {quoted(wrong[0])}, expected code: a file.py, or module:Class.")
    before = _allowed.set(frozenset(map(str, paths)))
    try:
        yield
    finally:
        _allowed.reset(before)


def named_in(tree: Any) -> list[str]:
    """Return the paths of code from outside in a tree of settings that the user named in this process, each once."""
    if isinstance(tree, dict | list):
        parts = tree.values() if isinstance(tree, dict) else tree
        return list(dict.fromkeys(name for part in parts for name in named_in(part)))
    return [tree] if isinstance(tree, str) and tree in _named else []


class Registry(Generic[P]):
    """The plug-ins of one folder of the package.

    Every file of the folder but `base.py` holds one public subclass of the base class; its name is the
    file stem. Plug-ins from elsewhere are named by an entry point in the group `elman.<noun>`, or by a path
    (`package.module:Class`, `folder/file.py`, `file.py:Class`) where the user wrote it: see `only`.

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
        folder = tuple(importlib.import_module(self.package).__path__)
        return sorted(_stems(folder) | self._entry_points().keys())

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
            return self._at(Place.of(external[name]) or Place(external[name], ""), name)
        place = Place.of(name)
        if place is not None:
            return self._at(self._trusted(name, place), name)
        if name not in self.names():
            raise ConfigError(f"unknown {self.noun} {quoted(name)}. {did_you_mean(name, self.names())}")
        return self._class_in(importlib.import_module(f"{self.package}.{name}"))

    def inside(self, place: Place) -> list[type[P]]:
        """Return the plug-ins of this kind in code that the user named.

        Raises:
            ConfigError: it cannot be imported.
        """
        return self._classes_in(place.load())

    def _entry_points(self) -> dict[str, str]:
        return _external(f"elman.{self.noun}")

    def _trusted(self, name: str, place: Place) -> Place:
        """Return where the code is that a name means, if it may be imported.

        Raises:
            ConfigError: the user did not name it.
        """
        allowed = _allowed.get()
        if allowed is None:  # where the user writes names himself; what is allowed for a call is so for that call
            try:
                _named[name] = place.found()
            except ConfigError as error:
                raise ConfigError(f"{self.noun} {quoted(name)}: {error}") from error
            return place
        typed = (Place.of(path) for path in sorted(allowed))
        meant = next((found for one in typed if one is not None and (found := place.meant_by(one))), None)
        found = meant or _named.get(name)
        if found is None:
            raise ConfigError(
                f"{self.noun} {quoted(name)}: code from outside elman, which a configuration file may not import "
                f"unasked. If you trust it, name it for this call: --plugin {name}, or plugins=[{name!r}] from Python."
            )
        return found

    def _at(self, place: Place, name: str) -> type[P]:
        try:
            module = place.load()
        except ConfigError as error:
            raise ConfigError(f"{self.noun} {quoted(name)}: {error}") from error.__cause__
        plugin = getattr(module, place.plugin, None) if place.plugin else self._class_in(module)
        if not self._is_plugin(plugin):
            raise ConfigError(
                f"{self.noun} {quoted(name)}: {place.plugin!r} is not a subclass of {self._base().__name__}."
            )
        missing = sorted(getattr(plugin, "__abstractmethods__", ()))
        if missing:
            raise ConfigError(f"{self.noun} {quoted(name)}: {', '.join(missing)} is missing in the class. Write it.")
        return cast(type[P], plugin)

    def _class_in(self, module: ModuleType) -> type[P]:
        found = self._classes_in(module)
        if len(found) != 1:
            which = f"Name one: {', '.join(f':{one.__name__}' for one in found)}." if found else self._lacking(module)
            raise ConfigError(
                f"{self.noun} in {title(module)}: got {len(found)} public subclasses of {self._base().__name__}, "
                f"expected 1. {which}"
            )
        return found[0]

    def _lacking(self, module: ModuleType) -> str:
        """Return what to do about a module without a plug-in: what a class there is to be, and what there is."""
        own = [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]
        hidden = next((one.__name__ for one in own if self._is_plugin(one)), "")
        if hidden:
            return f"The name of {hidden} begins with a line, which hides it: call it {hidden.lstrip('_')}."
        base, there = self._base(), ", ".join(one.__name__ for one in own)
        name = own[0].__name__ if own else f"My{base.__name__}"
        return (
            f"{f'Its classes are {there}' if own else 'It has no class'}: write class {name}({base.__name__}), with "
            f"{base.__name__} from {self.package}.base; docs/plugins.md has one to begin with."
        )

    def _classes_in(self, module: ModuleType) -> list[type[P]]:
        return [
            value
            for name, value in vars(module).items()
            if not name.startswith("_")
            and getattr(value, "__module__", "") == module.__name__
            and self._is_plugin(value)
        ]

    def _base(self) -> type[P]:
        return getattr(importlib.import_module(f"{self.package}.base"), self.base)

    def _is_plugin(self, value: object) -> bool:
        base = self._base()
        return inspect.isclass(value) and issubclass(value, base) and value is not base


@cache
def _stems(folder: tuple[str, ...]) -> frozenset[str]:
    """Return the names of the modules of a package but `base`, listed once: names are asked for hundreds of times."""
    return frozenset(module.name for module in pkgutil.iter_modules(folder)) - {"base"}


@cache
def _external(group: str) -> dict[str, str]:
    """Return the entry points of a group; looking through all installed packages takes a while."""
    return {point.name: point.value for point in entry_points(group=group)}
