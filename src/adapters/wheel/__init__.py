"""Reading wheel archives."""
