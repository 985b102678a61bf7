"""XML: one element, well-formed."""

from xml.parsers import expat

from elman.formats.base import Format


class Xml(Format):
    """One element with whatever it holds, well-formed. No grammar is looked at, and entities may not be declared.

    Source: Bray et al. (2008), Extensible markup language 1.0, fifth edition.
    """

    def fault(self, text: str) -> str:
        """Return what the parser meets first."""
        parser = expat.ParserCreate()
        parser.EntityDeclHandler = _refuse  # a few lines of them can stand for gigabytes
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            return expat.ErrorString(error.code)
        except _DeclaredError:
            return "entities declared"
        return ""


class _DeclaredError(Exception):
    """An entity was declared."""


def _refuse(*_: object) -> None:
    raise _DeclaredError
