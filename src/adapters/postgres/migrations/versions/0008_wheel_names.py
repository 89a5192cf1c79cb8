"""Who holds the names of wheels: a distribution belongs to a namespace, a file name on an index to a digest."""

import re

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op
from packaging.version import Version

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEX = "ix_provider_versions_index"
# Nearly all file names are normalised already; the others are normalised one by one.
NORMALISED = (
    r"^[a-z0-9]+(_[a-z0-9]+)*-(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}((a|b|rc)(0|[1-9][0-9]*))?"
    r"-[a-z0-9_]+-[a-z0-9_]+-[a-z0-9_]+\.whl$"
)
FILL_FILES = """
    INSERT INTO wheel_files (prefix, filename, sha256, name, version)
    SELECT DISTINCT ON (v.prefix, coalesce(n.normalised, v.wheel_filename))
        v.prefix, coalesce(n.normalised, v.wheel_filename), v.wheel_sha256, v.name, v.version
    FROM provider_versions v LEFT JOIN normalised_filenames n ON n.filename = v.wheel_filename
    WHERE v.status IN ('published', 'yanked')
    ORDER BY v.prefix, coalesce(n.normalised, v.wheel_filename), v.published_at, v.id
"""
FILL_DISTRIBUTIONS = """
    INSERT INTO distributions (name, prefix, organization_id)
    SELECT DISTINCT ON (v.distribution) v.distribution, v.prefix, p.organization_id
    FROM provider_versions v JOIN providers p ON p.prefix = v.prefix AND p.name = v.name
    WHERE v.status IN ('published', 'yanked')
    ORDER BY v.distribution, (v.prefix = 'platform') DESC, v.published_at, v.id
"""
# A release that knows nothing of these tables may still publish while replicas are replaced.
CLAIM = f"""
    CREATE FUNCTION claim_wheel_names() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO distributions (name, prefix, organization_id)
            SELECT NEW.distribution, p.prefix, p.organization_id FROM providers p
            WHERE p.prefix = NEW.prefix AND p.name = NEW.name
            ON CONFLICT DO NOTHING;
        INSERT INTO wheel_files (prefix, filename, sha256, name, version)
            SELECT NEW.prefix, NEW.wheel_filename, NEW.wheel_sha256, NEW.name, NEW.version
            WHERE NEW.wheel_filename ~ '{NORMALISED}'
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END
    $$
"""  # noqa: S608 -- made of constants
CLAIM_ON_PUBLICATION = """
    CREATE TRIGGER claim_wheel_names AFTER INSERT OR UPDATE OF status ON provider_versions
    FOR EACH ROW WHEN (NEW.status = 'published') EXECUTE FUNCTION claim_wheel_names()
"""
APPEND_ONLY = """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON distribution_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()
"""


def upgrade() -> None:
    """Make the tables, and give each name to the first that was published with it."""
    c_text = sa.Text(collation="C")
    op.create_table(
        "distributions",
        sa.Column("name", c_text, nullable=False),
        sa.Column("prefix", c_text, nullable=False),
        sa.Column("organization_id", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_distributions")),
    )
    op.create_index("ix_distributions_owned", "distributions", ["prefix", "name"])
    op.create_table(
        "distribution_events",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("distribution", c_text, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("prefix", c_text, nullable=False),
        sa.Column("organization_id", sa.Text()),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_events")),
        sa.ForeignKeyConstraint(
            ["distribution"], ["distributions.name"], name=op.f("fk_distribution_events_distribution_distributions")
        ),
        sa.CheckConstraint(
            "action IN ('claimed', 'taken_over', 'transferred')", name=op.f("ck_distribution_events_action_is_known")
        ),
    )
    op.create_index("ix_distribution_events_history", "distribution_events", ["distribution", "position"])
    op.create_table(
        "wheel_files",
        sa.Column("prefix", c_text, nullable=False),
        sa.Column("filename", c_text, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", c_text, nullable=False),
        sa.Column("version", c_text, nullable=False),
        sa.PrimaryKeyConstraint("prefix", "filename", name=op.f("pk_wheel_files")),
    )
    op.create_index(
        INDEX,
        "provider_versions",
        ["prefix", "distribution", "published_at"],
        postgresql_where=sa.text("status IN ('published', 'yanked')"),
        if_not_exists=True,
    )
    op.execute(CLAIM)
    op.execute(CLAIM_ON_PUBLICATION)  # from here on, nothing is published until the transaction ends
    op.execute(APPEND_ONLY)
    _fill()


def downgrade() -> None:
    """Drop them, and all that operators transferred."""
    op.execute("DROP TRIGGER claim_wheel_names ON provider_versions")
    op.execute("DROP FUNCTION claim_wheel_names()")
    op.drop_index(INDEX, "provider_versions")
    for table in ("wheel_files", "distribution_events", "distributions"):
        op.drop_table(table)


def _fill() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "CREATE TEMPORARY TABLE normalised_filenames (filename text PRIMARY KEY, normalised text) ON COMMIT DROP"
        )
    )
    odd = connection.execute(
        sa.text("SELECT DISTINCT wheel_filename FROM provider_versions WHERE wheel_filename !~ :normalised"),
        {"normalised": NORMALISED},
    ).scalars()
    rows = [{"filename": filename, "normalised": _normalised(filename)} for filename in odd]
    if rows:
        connection.execute(sa.text("INSERT INTO normalised_filenames VALUES (:filename, :normalised)"), rows)
    connection.execute(sa.text("ANALYZE normalised_filenames"))
    connection.execute(sa.text(FILL_FILES))
    connection.execute(sa.text(FILL_DISTRIBUTIONS))
    connection.execute(sa.text("DROP TABLE normalised_filenames"))


# As domain.wheel.file had it when this migration was made.
def _normalised(filename: str) -> str:
    try:
        name, version, *build, python, abi, platform = filename.removesuffix(".whl").split("-")
        number = Version(version.replace("_", "-"))
    except ValueError:  # not a wheel file name, so not one that could be registered again
        return filename
    release = list(number.release)
    while len(release) > 3 and release[-1] == 0:
        release.pop()
    release += [0] * (3 - len(release))
    epoch = f"{number.epoch}!" if number.epoch else ""
    text = epoch + ".".join(map(str, release)) + str(number).removeprefix(number.base_version)
    tags = [".".join(sorted(set(tag.lower().split(".")))) for tag in (python, abi, platform)]
    return "-".join((re.sub(r"[-_.]+", "_", name).lower(), text, *map(_build, build), *tags)) + ".whl"


def _build(build: str) -> str:
    digits = re.match(r"0*([0-9]+)", build, re.ASCII)
    return build.lower() if digits is None else digits[1] + build[digits.end() :].lower()
