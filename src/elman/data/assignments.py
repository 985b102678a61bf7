"""Options as they are typed behind --set."""

import json
import re
import shlex

_PLAIN = re.compile(r"[^\W\d][\w ./-]*")
_NO_STRINGS = ("true", "false", "inf", "nan")  # to TOML


def typed(key: str, value: str | list[str]) -> str:
    r"""Return an assignment as a shell wants it.

    >>> typed("reader.series", "sensor id"), typed("reader.label", "1")
    ("'reader.series=sensor id'", '\'reader.label="1"\'')
    """
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value not in _NO_STRINGS
    written = value if plain else json.dumps(value, ensure_ascii=False)
    return shlex.quote(f"{key}={written}")
