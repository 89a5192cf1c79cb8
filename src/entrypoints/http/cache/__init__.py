"""Representations of reads: how they are encoded, validated, compressed and cached."""
