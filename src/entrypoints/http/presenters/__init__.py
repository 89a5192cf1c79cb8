"""From the domain to the models."""
