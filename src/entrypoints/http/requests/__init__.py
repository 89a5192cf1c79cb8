"""What is read of a request: credentials, paths, queries and bodies."""
