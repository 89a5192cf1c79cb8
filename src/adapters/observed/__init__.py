"""The ports again, watched: each does what the adapter behind it does, and tells an observer."""
