"""Decorators of ports that time their calls as stages."""
