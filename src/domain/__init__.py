"""What a provider version is and what may happen to it; imports no framework."""
