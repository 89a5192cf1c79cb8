"""Complete in-memory adapters, shipped for users' own contract tests."""
