"""The statements of the catalog."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from adapters.postgres.queries import (
    NUMBER_COLUMNS,
    PAGE_LIMIT,
    PAGE_OFFSET,
    SHOWN_COLUMNS,
    latest_of,
    unseen,
)
from adapters.postgres.tables import (
    IS_SHOWN,
    PROVIDERS,
    TOTALS,
    VERSIONS,
)
from domain.search import MAX_NEAR, MAX_NEAR_WORDS

_KEY = (PROVIDERS.c.prefix, PROVIDERS.c.name)
_FIRST, _LABELLED, _MENTIONED = (literal_column(rank, Integer) for rank in ("0", "1", "2"))
_SLASH: ColumnElement[str] = literal_column("'/'", Text)

_TEXT = bindparam("of_text", type_=Text)
# Planning a search for each value costs more than the search.
_WORDS = unseen(bindparam("of_words", type_=Text).cast(TSQUERY))
_TAGS = unseen(bindparam("of_tags", type_=ARRAY(Text)))
_LIMIT, _OFFSET = unseen(PAGE_LIMIT), unseen(PAGE_OFFSET)


def _begins(column: ColumnElement[list[str]]) -> ColumnElement[bool]:
    return func.array_to_tsvector(column).op("@@", is_comparison=True)(_WORDS)


_FOUND = (
    _begins(PROVIDERS.c.words),
    case(
        (or_(PROVIDERS.c.name == _TEXT, PROVIDERS.c.prefix + _SLASH + PROVIDERS.c.name == _TEXT), _FIRST),
        (_begins(PROVIDERS.c.labels), _LABELLED),
        else_=_MENTIONED,
    ),
)
MAX_COMPARED = 1_000
"""So many names that may be near are compared; of those that are near, the first are shown."""
_VECTOR = func.array_to_tsvector(PROVIDERS.c.trigrams)
_GROUPS = unseen(bindparam("of_groups", type_=Text).cast(TSQUERY))


def _near(*, tagged: bool) -> Select[Any]:
    """Select the keys and ranks of near misses, so many at most however many names are alike."""
    may_be_near = _VECTOR.op("@@", is_comparison=True)(_GROUPS)
    columns = (*_KEY, _VECTOR.label("vector"))
    most: ColumnElement[int] = literal_column(str(MAX_COMPARED))
    compared = _selected(columns, may_be_near, _FIRST, tagged=tagged).limit(most).subquery("compared")
    shared = [_shared(compared.c.vector, place) for place in range(MAX_NEAR_WORDS)]
    needed = [unseen(bindparam(f"of_needed_{place}", type_=Integer)) for place in range(MAX_NEAR_WORDS)]
    return (
        select(compared.c.prefix, compared.c.name, (-sum(shared, _FIRST)).label("rank"))
        .where(*(number >= least for number, least in zip(shared, needed, strict=True)))
        .limit(literal_column(str(MAX_NEAR)))
    )


def _shared(vector: ColumnElement[Any], place: int) -> ColumnElement[int]:
    """Count the trigrams of a word that a name has. Without an extension there is no faster operator."""
    trigrams = unseen(bindparam(f"of_trigrams_{place}", type_=ARRAY(Text)))
    return func.length(vector, type_=Integer) - func.length(func.ts_delete(vector, trigrams), type_=Integer)


def _search(keys: Select[Any]) -> Select[Any]:
    found = keys.cte("found")  # searched for once, counted and read
    page = _page(select(found), found)
    shown = page.join(PROVIDERS, and_(PROVIDERS.c.prefix == page.c.prefix, PROVIDERS.c.name == page.c.name))
    return _with_total(_counted(found), page, shown, SHOWN_COLUMNS)


def _browse(*, tagged: bool) -> Select[Any]:
    """Read a page by its index. The total is known already, or counted by the index of tags."""
    everything = _selected(SHOWN_COLUMNS, true(), _FIRST, tagged=tagged)
    page = _page(everything, PROVIDERS)
    columns = [column for column in page.c if column.name != "rank"]
    counted = _counted(everything.subquery("found")) if tagged else select(TOTALS.c.providers.label("total"))
    return _with_total(counted, page, page, columns)


def _selected(
    columns: Sequence[ColumnElement[Any]], condition: ColumnElement[bool], rank: ColumnElement[int], *, tagged: bool
) -> Select[Any]:
    conditions = [PROVIDERS.c.display_name.is_not(None), condition]
    if tagged:
        conditions.append(PROVIDERS.c.tags.op("@>")(_TAGS))
    return select(*columns, rank.label("rank")).where(*conditions)


def _page(rows: Select[Any], source: FromClause) -> Subquery:
    rank = [source.c.rank] if "rank" in source.c else []
    return rows.order_by(*rank, source.c.prefix, source.c.name).limit(_LIMIT).offset(_OFFSET).subquery("page")


def _counted(found: FromClause) -> Select[Any]:
    return select(func.count().label("total")).select_from(found)


def _with_total(
    total: Select[Any], page: Subquery, shown: FromClause, columns: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    counted = total.subquery("counted")
    latest = latest_of(page, NUMBER_COLUMNS)
    return (
        select(counted.c.total, *columns, *latest.c)
        .select_from(counted.outerjoin(shown.outerjoin(latest, true()), true()))
        .order_by(page.c.rank, page.c.prefix, page.c.name)
    )


SEARCHES = {
    **{("everything", tagged): _browse(tagged=tagged) for tagged in (False, True)},
    **{("found", tagged): _search(_selected(_KEY, *_FOUND, tagged=tagged)) for tagged in (False, True)},
    **{("near", tagged): _search(_near(tagged=tagged)) for tagged in (False, True)},
}
"""By what is looked for, and whether tags are. Each row has the total; beyond the end it is a row of nothing else."""

_LATEST_OF_ONE = latest_of(PROVIDERS, (*NUMBER_COLUMNS, VERSIONS.c.readme, VERSIONS.c.readme_type))
FIND_PROVIDER = (
    select(*SHOWN_COLUMNS, *_LATEST_OF_ONE.c)
    .select_from(PROVIDERS.outerjoin(_LATEST_OF_ONE, true()))
    .where(PROVIDERS.c.prefix == bindparam("of_prefix"), PROVIDERS.c.name == bindparam("of_name"), text(IS_SHOWN))
)
