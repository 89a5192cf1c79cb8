"""Use cases: one file each, a frozen command and one async execute."""
