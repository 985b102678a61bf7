"""Words as blanks cut them."""

import pytest

from elman.text.blanks import between_blanks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t\r\n", []),
        (" a\tb \r\n c", ["a", "b", "c"]),
        ("10\u00a0000 !", ["10\u00a0000", "!"]),
        ("a\x0cb\x0bc\x1fd\u2028e\u3000f\x85g", ["a\x0cb\x0bc\x1fd\u2028e\u3000f\x85g"]),
    ],
    ids=ascii,
)
def test_only_blanks_tabs_and_line_ends_cut(text, words):
    assert between_blanks(text) == words
