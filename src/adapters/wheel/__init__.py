"""Reading wheel archives by their structure, without trusting any part of it before another part confirms it."""
