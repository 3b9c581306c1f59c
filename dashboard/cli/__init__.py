"""The commands, one file each: `add_parser` describes it, `run` does it and returns the exit code."""
