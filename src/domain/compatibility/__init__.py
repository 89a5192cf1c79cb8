"""Compatibility of resource schemas between two versions of a provider."""
