"""Sending what the log gets to receivers, as the Standard Webhooks specification (1.0.0) says."""
