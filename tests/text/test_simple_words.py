"""The simple rule for words, sentence by sentence."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.text.simple import simple_words

RULES = {
    "hyphens": ("A state-of-the-art, 10-year-old plan", "A state-of-the-art , 10-year-old plan"),
    "dashes": ("He went--slowly -- home - yes", "He went -- slowly -- home - yes"),
    "apostrophes": ("O'Brien at five o'clock; rock'n'roll", "O'Brien at five o'clock ; rock'n'roll"),
    "clitics": (
        "it's we're I've she'll he'd I'm Smith's students'",
        "it 's we 're I 've she 'll he 'd I 'm Smith 's students '",
    ),
    "two clitics": ("I'd've, shouldn't've.", "I 'd 've , should n't 've ."),
    "not": ("don't can't cannot DON'T Won't isn’t", "do n't ca n't cannot DO N'T Wo n't is n’t"),
    "not after a hyphen": ("He half-didn't.", "He half-did n't ."),
    "curly apostrophes": ("It’s O’Brien’s", "It ’s O’Brien ’s"),
    "clitics that stand alone": ("do n't it 's", "do n't it 's"),
    "what only looks like a clitic": ("the 're-elected' mayor", "the ' re-elected ' mayor"),
    "numbers": ("1,000.50 at 10:30 on 3/4/99, or 3.5. v2.0", "1,000.50 at 10:30 on 3/4/99 , or 3.5 . v2.0"),
    "currency": ("$5 US$3 €7.50 5%", "$ 5 US $ 3 € 7.50 5 %"),
    "abbreviations": (
        "The U.S. and J.P. Morgan at 5 p.m., U.S.-based",
        "The U.S. and J.P. Morgan at 5 p.m. , U.S.-based",
    ),
    "one initial": ("John F. Kennedy", "John F . Kennedy"),
    "titles": (
        "Mr. A, Mrs. B, Ms. C, Dr. D of X Corp., Y Inc., Z Co. and Ltd. on St. James",
        "Mr. A , Mrs. B , Ms. C , Dr. D of X Corp. , Y Inc. , Z Co. and Ltd. on St. James",
    ),
    "ends": ("It ends. Does it? Yes!", "It ends . Does it ? Yes !"),
    "points": ("Well... wait…", "Well ... wait …"),
    "quotes": ("\"a\" 'b' ``c'' «d»", "\" a \" ' b ' `` c '' « d »"),
    "brackets": ("(a [b] {c})", "( a [ b ] { c } )"),
    "addresses": (
        "Write to me.you+x@mail.example.com, or a@b.",
        "Write to me.you+x@mail.example.com , or a @ b .",
    ),
    "urls": (
        "See http://a.org/b?c=d,e&f (https://x.org). www.y.org!",
        "See http://a.org/b?c=d,e&f ( https://x.org ) . www.y.org !",
    ),
    "marks in words": ("हिन्दी भाषा cafe\u0301's naïve", "हिन्दी भाषा cafe\u0301 's naïve"),
    "slashes and signs": ("and/or AT&T #tag @user", "and / or AT & T # tag @ user"),
    "white space": (" a\t b\n\nc\u00a0d ", "a b c d"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule(rule):
    text, words = RULES[rule]
    assert simple_words(text) == words.split(" ") if words else simple_words(text) == []


pieces = st.text() | st.sampled_from(
    [
        "n't",
        "'s",
        "’ve",
        "Mr.",
        "U.S.",
        "http://",
        "www.",
        "a@b.c",
        "--",
        "...",
        "1,0",
        "-",
        "'",
        ".",
        " ",
        "x",
        "\u0301",
    ]
)


@given(st.lists(pieces).map("".join))
def test_no_character_is_lost(text):
    words = simple_words(text)
    assert "".join(words) == "".join(text.split())
    assert all(words)
    assert not any(any(character.isspace() for character in word) for word in words)


@pytest.mark.parametrize(
    "piece", ["a", ".", "-.", "a.", "a-", "a'", "a@", "+", "a+", "1.", "n't", "a@a.", "http://.", "www.", "'", "Mr."]
)
def test_no_text_takes_long(piece):
    started = time.process_time()
    simple_words(piece * (100_000 // len(piece)) + ",")
    assert time.process_time() - started < 2  # a quadratic rule would take minutes
