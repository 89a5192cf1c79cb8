"""Pages from templates."""

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("entrypoints.http"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def render(template: str, **context: object) -> str:
    """Return a page; every value is escaped."""
    return _TEMPLATES.get_template(template).render(**context)
