"""The transparency log, as clients of C2SP tlog-tiles and tlog-proof read it."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from application.errors import TileNotFoundError
from application.use_cases.read_log import ReadCheckpoint, ReadProof, ReadTile
from domain.log.tiles import parse_path
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import exact_version, provider_name, sent_path
from entrypoints.presenters.changes import CHECKPOINT_EXAMPLE, PROOF_EXAMPLE

LOG_PATH = "/log"
_TILES = f"{LOG_PATH}/tile/"
_TEXT, _BYTES = "text/plain", "application/octet-stream"
_TAGS = ["Transparency log"]


@get(
    f"{LOG_PATH}/checkpoint",
    tags=_TAGS,
    summary="Read the log's checkpoint",
    description="The size and the root of the transparency log, signed (C2SP tlog-checkpoint, signed-note). Verify it "
    "with a key that you have from elsewhere.",
    operation_id="readCheckpoint",
    responses=responses.read("The signed note.", CHECKPOINT_EXAMPLE, media_type=_TEXT),
)
@conditional_read
async def read_checkpoint(read_checkpoint: NamedDependency[ReadCheckpoint]) -> Representation:
    """Read the newest checkpoint."""
    return Representation(await read_checkpoint.execute(), REVALIDATE, _TEXT)


@get(
    f"{LOG_PATH}/tile/{{tile:path}}",
    tags=_TAGS,
    summary="Read a tile of the log",
    description="Hashes (`0/000`, `1/000.p/17`) or entries (`entries/000`), as C2SP tlog-tiles has them. A tile never "
    "changes.",
    operation_id="readTile",
    responses=responses.read("The bytes.", "", media_type=_BYTES),
)
@conditional_read
async def read_tile(
    request: Request[Any, Any, Any],
    tile: Annotated[str, PathParameter(description="The tile's address.")],  # noqa: ARG001 -- as it was sent counts
    read_tile: NamedDependency[ReadTile],
) -> Representation:
    """Read a tile or a bundle, under exactly one spelling of its address."""
    sent = sent_path(request.scope)
    name = parse_path(sent.removeprefix(_TILES)) if sent.startswith(_TILES) else None
    if name is None:
        raise TileNotFoundError("the log has no such tile; its address is written as C2SP tlog-tiles says")
    return Representation(await read_tile.execute(name), IMMUTABLE, _BYTES)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/proof",
    tags=_TAGS,
    summary="Read the proof that a version is in the log",
    description="The inclusion proof of the entry that says that the version was published, with the entry as `extra` "
    "and the checkpoint that it leads to (C2SP tlog-proof). It can be verified offline. A version that was just "
    "published is not in the log for up to a second.",
    operation_id="readProof",
    responses=responses.read("The proof.", PROOF_EXAMPLE, media_type=_TEXT),
)
@conditional_read
async def read_proof(
    prefix: FromPath[str],
    name: FromPath[str],
    version: Annotated[str, PathParameter(description="A SemVer version.")],
    read_proof: NamedDependency[ReadProof],
) -> Representation:
    """Read the proof of one version."""
    provider = provider_name(prefix, name)
    return Representation(
        bytes(await read_proof.execute(provider, exact_version(provider, version))), REVALIDATE, _TEXT
    )
