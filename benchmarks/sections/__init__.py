"""What is measured, one module per section; each has ``measure``, which yields figures."""
