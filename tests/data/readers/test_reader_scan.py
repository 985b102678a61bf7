"""Commands and actions."""

from pathlib import Path

import pytest

from elman.data.readers.scan import ScanReader
from elman.errors import DataError

WRITTEN = ("source", "target")


def read(path, text, fields=WRITTEN):
    path.write_text(text)
    reader = ScanReader(ScanReader.Config(), fields)
    return [example.fields for example in reader.read([path])], reader


def test_a_line_is_a_command_and_its_actions(tmp_path):
    examples, reader = read(
        tmp_path / "a", "IN: jump twice OUT: I_JUMP I_JUMP\n\nIN: walk OUT: \nIN: look OUT: I_LOOK\n"
    )
    assert examples == [
        {"source": "jump twice", "target": ["I_JUMP I_JUMP"]},
        {"source": "look", "target": ["I_LOOK"]},
    ]
    assert reader.skipped == {"empty lines": 1, "rows with empty text": 1}


def test_commands_alone_can_be_answered(tmp_path):
    assert read(tmp_path / "a", "IN: jump\nIN: walk OUT: I_WALK\n", ("source",))[0][0] == {"source": "jump"}


@pytest.mark.parametrize("line", ["jump twice", "IN: jump"])
def test_a_line_without_its_marks_is_refused(line, tmp_path):
    message = rf"a:2: got '{line}', expected IN: a command OUT: its actions\. Mend or remove the line\."
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a", f"IN: walk OUT: I_WALK\n{line}\n")


def test_what_it_recognizes():
    assert ScanReader.recognizes(Path("a"), "IN: walk OUT: I_WALK\nIN: jump OUT: I_J", WRITTEN) == 3
    assert ScanReader.recognizes(Path("a"), "IN: walk OUT: I_WALK\nsome text\nand more", WRITTEN) == 0
