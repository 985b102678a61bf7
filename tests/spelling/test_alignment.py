"""Which letters stand for which, and the stretches that Brill & Moore count."""

import random

from elman.spelling.alignment import Part, aligned_letters, stretches
from elman.text.edits import edit_distance


def test_the_example_of_the_paper():
    letters = [Part("a", "a", 0), Part("c", "k", 1), Part("", "g", 2), Part("t", "s", 2), Part("u", "u", 3)]
    around_the_first = {f"{part.word}>{part.typed}" for part in stretches(letters, 2, 3) if "c" in part.word}
    assert around_the_first == {"c>k", "ac>ak", "c>kg", "ac>akg", "ct>kgs"}


def test_an_alignment_has_both_words_in_it_and_the_fewest_edits():
    draw = random.Random(5)
    for _ in range(300):
        word, typed = ("".join(draw.choices("abc", k=draw.randint(0, 7))) for _ in range(2))
        parts = aligned_letters(word, typed)
        assert ("".join(p.word for p in parts), "".join(p.typed for p in parts)) == (word, typed)
        assert [p.start for p in parts] == [len("".join(p.word for p in parts[:n])) for n in range(len(parts))]
        swapped = sum(len(p.word) == 2 for p in parts)
        assert (
            sum(p.word != p.typed for p in parts)
            <= edit_distance(word, typed)
            <= sum(p.word != p.typed for p in parts) + swapped
        )


def test_swapped_letters_are_one_part():
    assert [(p.word, p.typed) for p in aligned_letters("their", "thier")] == [
        ("t", "t"), ("h", "h"), ("ei", "ie"), ("r", "r")
    ]  # fmt: skip


def test_stretches_are_all_windows_with_an_edit():
    letters = aligned_letters("abcdefgh", "abxdefyh")
    every = {
        ("".join(p.word for p in some), "".join(p.typed for p in some), some[0].start)
        for first in range(8)
        for size in (1, 2, 3)
        if (some := letters[first : first + size])
    }
    assert set(stretches(letters, 2, 3)) == {one for one in every if one[0] != one[1]}
    assert not stretches(aligned_letters("same", "same"), 2, 3)
