"""A fake of Sigstore: an instance with keys of its own, which nothing but its own trusted root vouches for."""
