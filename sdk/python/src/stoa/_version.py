"""The version of this package, as its distribution says it."""

from importlib import metadata

VERSION = metadata.version("stoa-cloud")
