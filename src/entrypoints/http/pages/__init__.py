"""The catalog as people read it: HTML from the same use cases as the API, without a script."""
