"""The statements of the catalog."""

from collections.abc import Iterable, Sequence
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
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from adapters.postgres.queries import (
    NUMBER_COLUMNS,
    ONE,
    PAGE_LIMIT,
    PAGE_OFFSET,
    SHOWN_COLUMNS,
    latest_of,
    unseen,
)
from adapters.postgres.release_tables import RELEASES
from adapters.postgres.tables import (
    IS_SHOWN,
    PROVIDERS,
    TOTALS,
    VERSIONS,
)
from application.ports.provider_queries import MAX_COUNTED
from domain.search import MAX_NEAR, MAX_NEAR_WORDS

_KEY = (PROVIDERS.c.prefix, PROVIDERS.c.name)
_FIRST, _LABELLED, _MENTIONED = (literal_column(rank, Integer) for rank in ("0", "1", "2"))
_SLASH: ColumnElement[str] = literal_column("'/'", Text)

_TEXT = bindparam("of_text", type_=Text)
# Planning a search for each value costs more than the search.
_WORDS = unseen(bindparam("of_words", type_=Text).cast(TSQUERY))
_TAGS = unseen(bindparam("of_tags", type_=ARRAY(Text)))
_LIMIT, _OFFSET = unseen(PAGE_LIMIT), unseen(PAGE_OFFSET)
_PLACE = (RELEASES.c.released_at, RELEASES.c.prefix, RELEASES.c.name)
_AFTER = tuple_(
    unseen(bindparam("after_released_at", type_=RELEASES.c.released_at.type)),
    unseen(bindparam("after_prefix", type_=RELEASES.c.prefix.type)),
    unseen(bindparam("after_name", type_=RELEASES.c.name.type)),
)


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
    shown = page.join(PROVIDERS, _same_provider(PROVIDERS, page))
    return _with_release(_counted(found), page, shown, SHOWN_COLUMNS)


def _recent_of_all() -> Select[Any]:
    """Read a page by the index of releases, and no other row."""
    provider = _shown_one(RELEASES, SHOWN_COLUMNS)
    page = _newest(select(*provider.c, RELEASES.c.released_at).select_from(RELEASES.join(provider, true())))
    return _with_total(select(TOTALS.c.providers.label("total")), page, page, page.c, _newest_first(page))


def _recent_of_tags() -> Select[Any]:
    """Order the releases of the providers that have the tags, which are counted anyway."""
    found = _selected(_KEY, true(), _FIRST, tagged=True).cte("found")
    page = _newest(select(*RELEASES.c).join_from(RELEASES, found, _same_provider(RELEASES, found)))
    provider = _shown_one(page, SHOWN_COLUMNS)
    columns = (*provider.c, page.c.released_at)
    return _with_total(_counted(found), page, page.join(provider, true()), columns, _newest_first(page))


def _newest(releases: Select[Any]) -> Subquery:
    return releases.where(tuple_(*_PLACE) < _AFTER).order_by(*_newest_first(RELEASES)).limit(_LIMIT).subquery("page")


def _newest_first(releases: FromClause) -> Sequence[ColumnElement[Any]]:
    return [column.desc() for column in (releases.c.released_at, releases.c.prefix, releases.c.name)]


def _browse(*, tagged: bool) -> Select[Any]:
    """Read a page by its index. The total is known already, or counted by the index of tags."""
    everything = _selected(SHOWN_COLUMNS, true(), _FIRST, tagged=tagged)
    page = _page(everything, PROVIDERS)
    columns = [column for column in page.c if column.name != "rank"]
    counted = _counted(everything.subquery("found")) if tagged else select(TOTALS.c.providers.label("total"))
    return _with_release(counted, page, page, columns)


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


def _shown_one(release: FromClause, columns: Sequence[ColumnElement[Any]]) -> FromClause:
    """Read a provider for each release. The limit makes it a read by index for every plan."""
    is_it = and_(_same_provider(PROVIDERS, release), PROVIDERS.c.display_name.is_not(None))
    return select(*columns).where(is_it).limit(ONE).lateral("provider")


def _same_provider(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(one.c.prefix == other.c.prefix, one.c.name == other.c.name)


def _with_total(
    total: Select[Any],
    page: Subquery,
    shown: FromClause,
    columns: Iterable[ColumnElement[Any]],
    order: Sequence[ColumnElement[Any]],
) -> Select[Any]:
    counted = total.subquery("counted")
    latest = latest_of(page, NUMBER_COLUMNS)
    return (
        select(counted.c.total, *columns, *latest.c)
        .select_from(counted.outerjoin(shown.outerjoin(latest, true()), true()))
        .order_by(*order)
    )


def _with_release(
    total: Select[Any], page: Subquery, shown: FromClause, columns: Iterable[ColumnElement[Any]]
) -> Select[Any]:
    released = select(RELEASES.c.released_at).where(_same_provider(RELEASES, page)).limit(ONE).lateral("released")
    columns = (*columns, released.c.released_at)
    order = (page.c.rank, page.c.prefix, page.c.name)
    return _with_total(total, page, shown.outerjoin(released, true()), columns, order)


SEARCHES = {
    **{("everything", tagged): _browse(tagged=tagged) for tagged in (False, True)},
    ("recent", False): _recent_of_all(),
    ("recent", True): _recent_of_tags(),
    **{("found", tagged): _search(_selected(_KEY, *_FOUND, tagged=tagged)) for tagged in (False, True)},
    **{("near", tagged): _search(_near(tagged=tagged)) for tagged in (False, True)},
}
"""By kind of search, and whether it is limited to tags. Each row has the total; beyond the end there is that alone."""

_LATEST_OF_ONE = latest_of(PROVIDERS, (*NUMBER_COLUMNS, VERSIONS.c.readme, VERSIONS.c.readme_type))
FIND_PROVIDER = (
    select(*SHOWN_COLUMNS, RELEASES.c.released_at, *_LATEST_OF_ONE.c)
    .select_from(PROVIDERS.outerjoin(RELEASES, _same_provider(PROVIDERS, RELEASES)).outerjoin(_LATEST_OF_ONE, true()))
    .where(PROVIDERS.c.prefix == bindparam("of_prefix"), PROVIDERS.c.name == bindparam("of_name"), text(IS_SHOWN))
)

_RELEASED = (
    select(RELEASES).order_by(*_newest_first(RELEASES)).limit(literal_column(str(MAX_COUNTED))).subquery("released")
)
_RELEASED_PROVIDER = _shown_one(_RELEASED, (*_KEY, PROVIDERS.c.tags))
_TAGGED = (
    select(_RELEASED_PROVIDER.c.prefix, _RELEASED_PROVIDER.c.name)
    .add_columns(func.unnest(_RELEASED_PROVIDER.c.tags).collate("C").label("tag"))
    .select_from(_RELEASED.join(_RELEASED_PROVIDER, true()))
    .distinct()
    .subquery("tagged")
)
_NUMBER: ColumnElement[int] = func.count().label("number")
COUNT_TAGS = (
    select(_TAGGED.c.tag, _NUMBER).group_by(_TAGGED.c.tag).order_by(_NUMBER.desc(), _TAGGED.c.tag).limit(_LIMIT)
)
"""Count tags among the providers that were released last."""
