"""Words of raw text by one simple rule: one regular expression, close to the Penn Treebank."""

import re
import unicodedata


def _marks() -> str:
    """Return the combining marks as ranges of a character class: vowel signs and accents, no letters for Python."""
    marks = {code for code in range(0x300, 0x2000) if unicodedata.category(chr(code)).startswith("M")}
    firsts = sorted(code for code in marks if code - 1 not in marks)
    lasts = sorted(code for code in marks if code + 1 not in marks)
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(firsts, lasts, strict=True))


_LETTER = rf"[\w{_marks()}]"
_CLITIC = r"['’](?i:s|re|ve|ll|d|m)(?!\w|-\w)"
_NOT = r"(?i:n['’]t)\b"
_PART = rf"{_LETTER}++(?:(?<=\d)[.,:/](?=\d){_LETTER}++)*+"

_WORD = re.compile(
    "|".join(
        [
            rf"{_LETTER}++(?!\S)",  # most words: nothing but letters before a space
            r"(?:https?://|www\.)\S*[^\s.,:;!?'’\"”)\]}>]",
            r"\w[\w.+-]{0,63}+@\w[\w-]*+(?:\.\w[\w-]*+)++",
            r"(?:[^\W\d_]\.){2,}+(?:-\w++)*+",  # U.S. and U.S.-based
            r"(?:Mrs?|Ms|Dr|Corp|Inc|Co|Ltd|St)\.",
            rf"{_LETTER}+(?:-{_LETTER}+)*(?={_NOT})",
            _NOT,
            _CLITIC,
            rf"{_PART}(?:(?:[-‐‑]|(?!{_CLITIC})['’]){_PART})*+",
            r"\.{2,}+|-{2,}+|``|''",
            r"\S",
        ]
    )
)


def simple_words(text: str) -> list[str]:
    """Return the words of a text; punctuation stands alone, and no character but white space is lost.

    - A word keeps its inner hyphens and apostrophes, a number its inner points, commas, colons and slashes.
    - Clitics are cut off: do n't, it 's, we 're, I 've, she 'll, he 'd, I 'm. "cannot" stays whole.
    - Two or more letters with points keep the last one (U.S., J.P., p.m.), and so do Mr., Mrs., Ms., Dr., Corp.,
      Inc., Co., Ltd. and St.
    - E-mail addresses and URLs stay whole, without the punctuation after them.
    - Runs of points and of hyphens, `` and '' stay together; every other mark and currency symbol is a word.

    >>> simple_words("Mr. Smith's U.S. firm didn't pay $1,000.50 -- yet...")
    ['Mr.', 'Smith', "'s", 'U.S.', 'firm', 'did', "n't", 'pay', '$', '1,000.50', '--', 'yet', '...']

    Source: after the tokenization of the Penn Treebank (Marcus et al., 1993); quotation marks stay as they are written.
    """
    return _WORD.findall(text)


def simple_spans(text: str) -> list[tuple[int, int]]:
    """Return where each of the `simple_words` of a text begins and ends."""
    return [found.span() for found in _WORD.finditer(text)]
