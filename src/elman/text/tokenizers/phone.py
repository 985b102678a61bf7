"""A token is a phone: what stands between blanks, as words do."""

from elman.text.tokenizers.word import WordTokenizer


class PhoneTokenizer(WordTokenizer):
    """The phones of a pronunciation, such as `K AE1 T`; the rate of errors is then PER."""

    unit = "phone"
