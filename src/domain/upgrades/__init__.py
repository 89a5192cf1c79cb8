"""Whether a dependent's own configs still work under another version."""
