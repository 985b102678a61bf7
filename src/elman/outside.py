"""Code from outside elman: a module by its name, or a file by where it lies.

A file is imported by its place alone: its folder does not come among the folders that Python searches, so nothing else
that lies there is found or run.
"""

import importlib
import importlib.util
import sys
import traceback
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from elman.errors import ConfigError

_files: dict[str, str] = {}
"""The files that were imported, and how the user named them."""


class Place(NamedTuple):
    """Where a plug-in from outside is.

    Args:
        module: a file, such as `cells/mine.py`; or the name of a module, of which `mine` may be a file `mine.py` too.
        plugin: the name of its class; empty for the only one.
    """

    module: str
    plugin: str

    @classmethod
    def of(cls, name: str) -> "Place | None":
        """Return the place that a name has the form of: `file.py`, `file.py:Class`, `package.module:Class`.

        A word is none: that is what plug-ins of elman are called. Nor are words with dots: so are files of data.
        """
        module, colon, plugin = name.rpartition(":") if ":" in name else (name, "", "")
        if colon and not plugin.isidentifier():
            return None
        if Path(module).suffix == ".py":
            return cls(module, plugin) if module.isprintable() else None
        parts = module.split(".")
        return cls(module, plugin) if colon and all(part.isidentifier() for part in parts) else None

    def __str__(self) -> str:
        return f"{self.module}:{self.plugin}" if self.plugin else self.module

    @property
    def stem(self) -> str:
        """The name of the module, without folder and ending where it is a file."""
        return Path(self.module).stem if Path(self.module).suffix == ".py" else self.module

    def found(self) -> "Place":
        """Return the same place, named so that it is found from any working directory."""
        file = self._file()
        return self if file is None else Place(str(file), self.plugin)

    def meant_by(self, typed: "Place") -> "Place | None":
        """Return the place that a name of somebody else's leads to, if what the user typed means it too.

        Where it lies only the user says: a file of the same name, in the folder that he names.
        """
        if self.stem != typed.stem or (self.plugin and typed.plugin and self.plugin != typed.plugin):
            return None
        return Place(typed.module, typed.plugin or self.plugin)

    def load(self) -> ModuleType:
        """Import the module; a file once a process, as Python does with modules.

        Raises:
            ConfigError: it is not there, or something in it went wrong; the message has file and line.
        """
        file = self._file()
        try:
            return importlib.import_module(self.module) if file is None else _imported(file, self.module)
        except Exception as error:
            where = mistake(error, file)
            if where:
                raise ConfigError(where) from error
            if not isinstance(error, ImportError):
                raise ConfigError(
                    f"importing {self.module!r}: {_said(error)}. Mend it; --debug shows the traceback."
                ) from error
            here = "" if "." in self.module else f" There is no file {self.module}.py in {Path.cwd()} either."
            raise ConfigError(f"cannot import {self.module!r}: {error}.{here}") from error

    def _file(self) -> Path | None:
        """Return the file that it is; None for a module that Python finds.

        Raises:
            ConfigError: there is no such file.
        """
        if Path(self.module).suffix == ".py":
            file = Path(self.module).absolute()
            if not file.is_file():
                raise ConfigError(f"no such file: {file}. Name where it lies, such as folder/{file.name}.")
            return file
        if "." in self.module or self.module in sys.modules or importlib.util.find_spec(self.module):
            return None
        file = Path(f"{self.module}.py").absolute()
        return file if file.is_file() else None


def mistake(error: BaseException, file: Path | None = None) -> str:
    """Return in one line what went wrong in the user's own code, and where; empty if it was not there.

    Args:
        error: that was raised.
        file: that was being imported.
    """
    own = {**({str(file): str(file)} if file else {}), **_files}
    if isinstance(error, SyntaxError) and error.filename in own:
        return _told(own[error.filename], error.lineno, f"{type(error).__name__}: {error.msg}")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
    return _told(own[frames[-1].filename], frames[-1].lineno, _said(error)) if frames else ""


def title(module: ModuleType) -> str:
    """Return what a module is called in messages: its name, or its file as the user named that."""
    return _files.get(str(getattr(module, "__file__", "")), module.__name__)


def named_code(tree: Any) -> list[str]:
    """Return the names in a tree of settings that have the form of a place, each once; commas part those of a list."""
    if isinstance(tree, dict | list):
        parts = tree.values() if isinstance(tree, dict) else tree
        return list(dict.fromkeys(name for part in parts for name in named_code(part)))
    names = [name.strip() for name in tree.split(",")] if isinstance(tree, str) else []
    return [name for name in names if Place.of(name)]


def beside(name: str, folder: Path) -> str:
    """Return a name as it is meant in a file of a folder: a plug-in that lies there with the folder before it."""
    place = Place.of(name)
    if place is None:
        return name
    file = folder / (place.module if Path(place.module).suffix == ".py" else f"{place.module}.py")
    return str(place._replace(module=str(file))) if file.is_file() else name


def _imported(file: Path, shown: str) -> ModuleType:
    """Import a file under a name of its own, or return what is imported already."""
    own = sys.modules.get(file.stem)
    if own is not None and getattr(own, "__file__", None) == str(file):
        _files[str(file)] = shown
        return own  # the user's own import: its classes are to be the same
    name = f"elman_plugin_{file.stem}_{zlib.crc32(str(file).encode()):08x}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{file}: cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic and dataclasses look there for what annotations mean
    _files[str(file)] = shown
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _told(file: str, line: int | None, what: str) -> str:
    return f"{file}:{line}: {what}. Mend it there; --debug shows the traceback."


def _said(error: BaseException) -> str:
    """Return the kind of an error and the first line of what it says."""
    text = str(error).strip().partition("\n")[0].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
