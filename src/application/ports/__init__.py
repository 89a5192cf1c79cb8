"""Ports: one role each, stated as a Protocol."""
