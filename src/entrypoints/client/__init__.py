"""The client: what a release pipeline does to register what it has built."""
