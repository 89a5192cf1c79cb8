"""Scripts that pipelines run, without the registry being installed."""
