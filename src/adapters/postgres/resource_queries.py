"""The statement that finds resource types.

It costs about the same however many there are. An index gives the first row of a word only after all of its rows are
known, so words that many rows have are looked for among the first rows of the table, and the rest by index. All words
are hidden from the planner: one plan serves them all, whatever its statistics say.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from adapters.postgres.queries import NUMBER_COLUMNS, PAGE_LIMIT, SHOWN_COLUMNS, latest_of, unseen
from adapters.postgres.resource_tables import RESOURCE_TYPES
from adapters.postgres.tables import PROVIDERS
from domain.search import ResourceEntry

MAX_FOUND = 100
"""Of each kind of match; so many are ranked, whatever the number of resource types."""
SAMPLED = 250
_COMMON = 10
"""A word that so many of the sampled rows have is common."""
WALKED = 5_000
"""So many rows are read at most to find a common word in enough of them."""


def read_resource(row: Mapping[str, Any]) -> ResourceEntry:
    return ResourceEntry(
        resource_type=row["resource_type"],
        summary=row["summary"],
        fields=tuple(row["fields"]),
        labels=frozenset(row["labels"]),
        words=frozenset(row["labels"]),  # by which it was found is known; the rest is not read
    )


_KEY = (RESOURCE_TYPES.c.prefix, RESOURCE_TYPES.c.name, RESOURCE_TYPES.c.resource_type)
_MOST: ColumnElement[int] = literal_column(str(MAX_FOUND))
_ZERO: ColumnElement[int] = literal_column("0")


def _has(vector: ColumnElement[Any], query: ColumnElement[Any]) -> ColumnElement[bool]:
    return vector.op("@@", is_comparison=True)(query)


_TEXT = bindparam("of_words", type_=Text)
_WORDS = unseen(_TEXT.cast(TSQUERY))


def _begins(terms: ColumnElement[Any]) -> ColumnElement[bool]:
    return _has(func.array_to_tsvector(terms), _WORDS)


def _is_full(matches: CTE) -> ColumnElement[bool]:
    return select(func.count()).select_from(matches).scalar_subquery() >= _MOST


def _some(rank: int, source: FromClause, condition: ColumnElement[bool], unless: ColumnElement[bool]) -> Select[Any]:
    """Select some keys and their rank, or none of them."""
    ranked = literal_column(str(rank), Integer).label("rank")
    limit = case((unless, _ZERO), else_=_MOST)
    return select(*(source.c[key.name] for key in _KEY), ranked).select_from(source).where(condition).limit(limit)


_VECTORS = {name: func.array_to_tsvector(RESOURCE_TYPES.c[name]) for name in ("labels", "words")}
_SAMPLE = (
    select(*(vector.label(name) for name, vector in _VECTORS.items())).limit(literal_column(str(SAMPLED))).cte("sample")
)
_WALKED = select(*RESOURCE_TYPES.c).limit(literal_column(str(WALKED))).subquery("first_rows")


def _is_rare(terms: str, query: ColumnElement[Any] = _WORDS) -> ColumnElement[bool]:
    """Tell whether few rows of the sample have a word, or the words."""
    sampled = select(func.count()).select_from(_SAMPLE).where(_has(_SAMPLE.c[terms], query))
    return sampled.scalar_subquery() < literal_column(str(_COMMON))


def _is_found(terms: str) -> ColumnElement[bool]:
    """Have the index look for the rare words, unless all are common, and the rows that it finds for the others."""
    beginnings = unseen(bindparam("of_beginnings", type_=ARRAY(Text)).cast(ARRAY(TSQUERY)))
    one = func.unnest(beginnings, type_=TSQUERY).column_valued("one")
    some = select(func.string_agg(one.cast(Text), literal_column("' & '"))).where(_is_rare(terms, one))
    rare = select(func.coalesce(some.scalar_subquery(), _TEXT).cast(TSQUERY)).scalar_subquery()
    # IS TRUE is nothing that an index finds.
    return and_(_has(_VECTORS[terms], rare), _has(_VECTORS[terms], _WORDS).is_(true()))


_IS_NAMED_SO = RESOURCE_TYPES.c.sought == bindparam("of_text", type_=Text)
_EXACT = _some(0, RESOURCE_TYPES, _IS_NAMED_SO, unless=false())  # whose words the query's are, then
_WALKED_LABELS = _some(1, _WALKED, _begins(_WALKED.c.labels), unless=_is_rare("labels")).cte("walked_labels")
_LABELLED = _some(1, RESOURCE_TYPES, _is_found("labels"), unless=_is_full(_WALKED_LABELS)).cte("labelled")
_ENOUGH = or_(_is_full(_WALKED_LABELS), _is_full(_LABELLED))
_WALKED_WORDS = _some(2, _WALKED, _begins(_WALKED.c.words), or_(_ENOUGH, _is_rare("words"))).cte("walked_words")
_MENTIONED = _some(2, RESOURCE_TYPES, _is_found("words"), or_(_ENOUGH, _is_full(_WALKED_WORDS))).cte("mentioned")
_MATCHES = union_all(
    _EXACT.subquery("exact").select(),
    *(select(each) for each in (_WALKED_LABELS, _LABELLED, _WALKED_WORDS, _MENTIONED)),
).subquery("matches")
_FOUND = (
    select(*(_MATCHES.c[name] for name in ("prefix", "name", "resource_type")), func.min(_MATCHES.c.rank).label("rank"))
    .group_by(_MATCHES.c.prefix, _MATCHES.c.name, _MATCHES.c.resource_type)
    .cte("found")
)
_ORDER = ("rank", "prefix", "name", "resource_type")
_PAGE = select(_FOUND).order_by(*(_FOUND.c[name] for name in _ORDER)).limit(unseen(PAGE_LIMIT)).subquery("page")
_LATEST = latest_of(_PAGE, NUMBER_COLUMNS)
_ENTRY = [RESOURCE_TYPES.c[name] for name in ("resource_type", "summary", "fields", "labels")]
SEARCH = (
    select(
        select(func.count()).select_from(_FOUND).scalar_subquery().label("total"), *SHOWN_COLUMNS, *_LATEST.c, *_ENTRY
    )
    .select_from(_PAGE)
    .join(RESOURCE_TYPES, and_(*(RESOURCE_TYPES.c[name] == _PAGE.c[name] for name in _ORDER[1:])))
    .join(PROVIDERS, and_(PROVIDERS.c.prefix == _PAGE.c.prefix, PROVIDERS.c.name == _PAGE.c.name))
    .join(_LATEST, _LATEST.c.version == RESOURCE_TYPES.c.version)
    .where(PROVIDERS.c.display_name.is_not(None))
    .order_by(*(_PAGE.c[name] for name in _ORDER))
)
"""Reads at most ``MAX_FOUND`` rows for each kind of match, and then those of one page."""
