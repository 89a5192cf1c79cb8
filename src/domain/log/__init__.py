"""The transparency log: entries, the tree over them, and what a client verifies."""
