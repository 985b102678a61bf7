"""Tokenizers, one a file."""

from elman.registry import Registry
from elman.text.tokenizers.base import Tokenizer

TOKENIZERS: Registry[Tokenizer] = Registry("elman.text.tokenizers", "Tokenizer", "level")
