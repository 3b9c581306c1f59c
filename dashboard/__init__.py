"""Control Room: a live view of what an AI support agent contains, escalates, resolves and breaks."""

__version__ = "0.2.0"
