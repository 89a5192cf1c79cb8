"""What happened, as log lines."""
