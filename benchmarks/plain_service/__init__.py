"""The yardstick: a plain service with the same two routes, in FastAPI, Pydantic and SQLAlchemy's ORM."""
