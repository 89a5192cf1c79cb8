"""Clerk, the authority that issues tokens."""
