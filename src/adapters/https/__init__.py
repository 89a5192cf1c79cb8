"""Fetching wheels over HTTPS."""
