"""Adapters: one mechanism each, chosen by the composition root."""
