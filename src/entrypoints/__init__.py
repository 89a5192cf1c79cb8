"""Ways in: HTTP, command line, development mode, and the composition root they share."""
