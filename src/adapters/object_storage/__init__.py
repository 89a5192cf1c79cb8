"""Wheels in object storage: S3, Google Cloud Storage, Azure, or a local folder."""
