"""JSON as RFC 8259 has it: one value, no NaN, no comma too many."""

import json

from elman.formats.base import Format


class Json(Format):
    """One JSON value.

    Source: Bray (2017), The JavaScript Object Notation data interchange format, RFC 8259.
    """

    def fault(self, text: str) -> str:
        """Return what the parser of Python's library meets first; NaN and Infinity are none of JSON's numbers."""
        try:
            json.loads(text, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            return error.msg
        except RecursionError:
            return "nested too deeply"
        except ValueError as error:  # a number of thousands of digits, or a constant that JSON has not
            return str(error).partition(":")[0]
        return ""


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number")
