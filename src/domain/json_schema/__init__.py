"""JSON Schemas of resources: their drafts, references and documents."""
