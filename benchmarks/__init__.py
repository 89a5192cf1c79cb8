"""Measurements, as ratios within one run on one machine. Never part of the tests."""
