"""Pictures: the same whatever they are kept as, what is left out and told, what cannot be read."""

import numpy as np
import pytest
from PIL import Image

from elman.data.readers import READERS
from elman.data.recordings import recording_of
from elman.errors import DataError
from tests.recordings import picture

KIND = READERS.get("pictures")


def reader(fields=("frames", "labels"), **options):
    return KIND(KIND.Config(**options), fields)


def grey(path):
    [example] = reader(("frames",)).read([path])
    return recording_of(example).values


def line(folder, mode):
    """Save a black line on white, transparent where it is paper if the mode has that."""
    ink = picture(3) < 100
    made = Image.fromarray(np.where(ink, 0, 255).astype(np.uint8))
    if mode in ("LA", "RGBA"):
        made = made.convert(mode)
        made.putalpha(Image.fromarray(np.where(ink, 255, 0).astype(np.uint8)))
    elif mode == "I;16":
        made = Image.fromarray(np.where(ink, 0, 65535).astype(np.uint16))
    else:
        made = made.convert(mode)
    made.save(folder / f"{mode.replace(';', '')}.png")
    return folder / f"{mode.replace(';', '')}.png"


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1", "I;16"])
def test_a_line_is_the_same_in_every_mode(mode, tmp_path):
    np.testing.assert_array_equal(grey(line(tmp_path, mode)), np.where(picture(3) < 100, 0, 255))


def test_transparent_places_of_a_palette_are_white(tmp_path):
    made = Image.fromarray(np.where(picture(3) < 100, 1, 0).astype(np.uint8), "P")
    made.putpalette([9, 9, 9, 0, 0, 0])
    made.save(tmp_path / "a.png", transparency=0)
    assert set(np.unique(grey(tmp_path / "a.png"))) == {0, 255}


def test_what_is_no_picture_of_something_is_left_out_and_told(tmp_path):
    for name, shape in (("low", (7, 20)), ("wide", (8, 10_001))):
        found = np.full(shape, 255, np.uint8)
        found[2, 2] = 0
        Image.fromarray(found).save(tmp_path / f"{name}_1.png")
    for number in range(4):
        Image.fromarray(np.full((9, 9), 7, np.uint8)).save(tmp_path / f"empty_{number}.png")
    Image.fromarray(picture(2)).save(tmp_path / "good_1.png")
    one = reader()
    assert [example.fields["labels"] for example in one.read([tmp_path])] == [["good"]]
    assert set(one.passed_over) == {
        "passed over: 1 picture lower than 8 places",
        "passed over: 1 picture wider than 10,000 places",
        "passed over: 4 pictures of one colour",
    }
    told = [remark for remark in one.remarks if remark.startswith("left out")]
    assert told[:3] == [f"left out: empty_{number}.png: one of the pictures of one colour" for number in range(3)]
    assert "left out: low_1.png: one of the pictures lower than 8 places" in told
    assert len(told) == 5
    asked = reader().for_answers()
    assert len(list(asked.read([tmp_path]))) == 7
    told = [remark for remark in asked.remarks if "which training leaves out" in remark]
    means = "which training leaves out: its answer means little"
    assert told[:3] == [f"empty_{number}.png: one of the pictures of one colour, {means}" for number in range(3)]
    assert f"low_1.png: one of the pictures lower than 8 places, {means}" in told
    assert len(told) == 5


def test_a_picture_larger_than_is_safe_is_refused(tmp_path, monkeypatch):
    Image.fromarray(picture(3)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with pytest.raises(DataError, match=r"a\.png: cannot be read as a picture: Image size .* exceeds limit"):
        grey(tmp_path / "a.png")


def test_a_picture_that_ends_early(tmp_path):
    path = line(tmp_path, "RGB")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(DataError, match=r"RGB\.png: cannot be read as a picture: .*What is read: PNG, JPEG, TIFF"):
        grey(path)


def test_a_list_of_captions_has_the_text_and_not_the_label(tmp_path):
    Image.fromarray(picture(3)).save(tmp_path / "a.png")
    (tmp_path / "list.tsv").write_text("clip\tlabel\tcaption\na.png\tup\tit moves up\na.png\tup\tup it goes\n")
    texts = [one.fields["text"] for one in reader(("frames", "text")).read([tmp_path / "list.tsv"])]
    assert texts == ["it moves up", "up it goes"]
    labels = [one.fields["labels"] for one in reader().read([tmp_path / "list.tsv"])]
    assert labels == [["up"], ["up"]]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_kept_where_there_are_some(mode, tmp_path):
    drawn = np.full((9, 10, 3), 255, np.uint8)
    drawn[2:5, 3:6] = (255, 0, 0)
    Image.fromarray(drawn).convert(mode).save(tmp_path / "a.png")
    np.testing.assert_array_equal(grey(tmp_path / "a.png"), drawn)


def test_lines_of_a_picture_are_its_captions(tmp_path):
    for name in "ab":
        Image.fromarray(picture(3)).save(tmp_path / f"{name}.png")
    rows = ["image\tcaption", "a.png\tone", "b.png\tof b", "a.png\ttwo", "a.png\t", "b.png\t"]
    (tmp_path / "list.tsv").write_text("\n".join(rows) + "\n")
    examples = list(reader(("frames", "target")).read([tmp_path / "list.tsv"]))
    assert [one.fields["target"] for one in examples] == [["one", "two"], ["of b"]]
    assert [one.place for one in examples] == ["a.png", "b.png"]
