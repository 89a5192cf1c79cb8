"""Doing work that was queued: one loop for each kind, in a server or in a process of its own."""
