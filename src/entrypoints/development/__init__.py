"""Development mode: a local realm and a local wheel host around the real server."""
