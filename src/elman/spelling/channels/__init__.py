"""How words are mistyped: one error model a file."""

from elman.registry import Registry
from elman.spelling.channels.base import Channel

CHANNELS: Registry[Channel] = Registry("elman.spelling.channels", "Channel", "channel")
