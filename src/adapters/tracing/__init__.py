"""Traces for OpenTelemetry, an optional extra."""
