"""Development mode: local realms and a local wheel host around the real server, and a demo registered through it."""

import shlex
import signal
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from entrypoints.development.demo import ACME, RELEASES
from entrypoints.development.realms import Realms, open_realms
from entrypoints.development.screen import Screen
from entrypoints.development.seeding import SeedingError, has_conflict, seed, write_wheels
from entrypoints.development.server_process import ServerError, run_command, running_server, wait_until_ok
from entrypoints.development.sigstore.attested import Attestations
from entrypoints.development.wheel_host import WheelHost
from entrypoints.listen import PortTakenError, require_free
from entrypoints.log_keys import make_key_file

REGISTRY_PORT, WHEEL_PORT = 8000, 8443


@dataclass(frozen=True, slots=True)
class Places:
    """Where development mode keeps and serves things. All of it is on loopback.

    Attributes:
        registry_port: None for the usual one, or another if that is taken.
        wheel_port: The same.
    """

    registry_port: int | None
    wheel_port: int | None
    data: Path = Path(".data")


class DevelopmentError(Exception):
    """A step did not give what it must; the message says what came instead."""


def run(places: Places, *, once: bool, screen: Screen) -> int:
    """Start everything, register the demo, and serve until interrupted; return the exit status."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # shells start what is in the background without SIGINT
        signal.signal(stop, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            _session(places, stack, once=once, screen=screen)
    except KeyboardInterrupt:
        pass
    except (DevelopmentError, SeedingError, ServerError, OSError) as error:
        screen.failed(str(error))
        return 1
    screen.stopped()
    return 0


def _session(places: Places, stack: ExitStack, *, once: bool, screen: Screen) -> None:
    _require_free(places)
    port = places.registry_port or _usual_or_next(REGISTRY_PORT)
    url, wheels, log = f"http://127.0.0.1:{port}", places.data / "wheels", places.data / "registry.log"
    wheels.mkdir(parents=True, exist_ok=True)
    screen.opened(places.data)
    write_wheels(wheels)
    realms = open_realms(stack)
    screen.step(
        "Started local fakes of Clerk: the Console realm and the customers'",
        f"{realms.console.url}, {realms.customers.url}",
    )
    host = stack.enter_context(
        WheelHost(wheels, ca_directory=places.data, port=places.wheel_port or _usual_or_next(WHEEL_PORT))
    )
    screen.step("Serving wheels over HTTPS, with a throwaway CA", host.url)

    attestations = Attestations(places.data / "sigstore")
    attestations.make([each for each in RELEASES if each.provider.attested])
    screen.step("Had a local fake of Sigstore attest the builds of one provider", str(attestations.trusted_root))

    key = _log_key(places)
    settings = _settings(places, realms, host, port) | {
        "REGISTRY_ATTESTATIONS": "record",
        "REGISTRY_LOG_SIGNING_KEY_FILE": str(key),
        "REGISTRY_SIGSTORE_TRUSTED_ROOTS": str(attestations.trusted_root),
    }
    process = stack.enter_context(running_server(settings, log=log))
    with screen.working("Starting PostgreSQL and the registry"):
        wait_until_ok(process, f"{url}/health/ready", log=log)
    screen.step("Started PostgreSQL, applied migrations, started the registry", url)
    run_command(settings, "log", "init")
    screen.step("Opened the transparency log, with a key of its own", key.name)

    environments = _write_environments(places, url, realms, host, attestations)
    with screen.working("Registering the demo"):
        seeded = list(seed(url, realms, host.url, attestations))
    screen.seeded(seeded)
    if has_conflict(seeded):
        screen.hint("Leave it, or start afresh with make clean.")
    if not once:
        first = RELEASES[0]
        body = first.body(first.wheel(), host.url)
        own = {"name": "platform/mine"} | {field: body[field] for field in ("version", "wheel_url", "metadata")}
        screen.pipelines(environments, realms.api_keys)
        screen.invitation(url, realms.console.url, realms.release, own, wheels=wheels, log=log)
        screen.serving(url)
        process.wait()
        raise DevelopmentError(f"the server ended by itself; read {log}")


def _usual_or_next(usual: int) -> int:
    """Return the usual port, or the first free one after it.

    Raises:
        DevelopmentError: Twenty are taken.
    """
    for port in range(usual, usual + 20):
        try:
            require_free("127.0.0.1", port)
        except PortTakenError:
            continue
        return port
    raise DevelopmentError(f"ports {usual} to {usual + 19} are taken; choose one with --port and --wheel-port")


def _log_key(places: Places) -> Path:
    """Return the file of the log's key, which is made once."""
    path = places.data / "log.key"
    if not path.exists():
        make_key_file(path, "localhost/log")
    return path


def _write_environments(
    places: Places, url: str, realms: Realms, host: WheelHost, attestations: Attestations
) -> Mapping[str, Path]:
    """Write what the release client needs, for the platform and for a customer, and return the files by namespace."""
    common = {
        "REGISTRY_URL": url,
        "REGISTRY_CA_BUNDLE": str(host.ca_path.absolute()),
        "REGISTRY_SIGSTORE_TRUSTED_ROOTS": str(attestations.trusted_root.absolute()),
    }
    machine = {
        "REGISTRY_CLERK_API_URL": realms.console.url,
        "REGISTRY_MACHINE_SECRET_KEY": realms.release.secret,
        "REGISTRY_TOKEN": "",  # one of a customer that was read before would go first
    }
    files = {"platform": places.data / "register.env", ACME: places.data / f"{ACME}.env"}
    write_client_settings(files["platform"], common | machine)
    write_client_settings(files[ACME], common | {"REGISTRY_TOKEN": realms.api_keys[ACME]})
    return files


def write_client_settings(path: Path, settings: Mapping[str, str]) -> None:
    """Write what ``provider-registry register`` needs as lines for a shell to read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()))


def _require_free(places: Places) -> None:
    """Return if the ports that were asked for are free; those that were not are chosen."""
    if places.registry_port is not None and places.registry_port == places.wheel_port:
        raise DevelopmentError(f"--port and --wheel-port are both {places.wheel_port}; choose two ports")
    for option, port in (("--port", places.registry_port), ("--wheel-port", places.wheel_port)):
        try:
            if port is not None:
                require_free("127.0.0.1", port)
        except PortTakenError as error:
            raise DevelopmentError(
                f"{error}; perhaps development mode runs already. Stop it, choose another with {option}, or leave "
                f"{option} out"
            ) from None


def _settings(places: Places, realms: Realms, host: WheelHost, port: int) -> dict[str, str]:
    return {
        **realms.settings,
        "REGISTRY_DATA_DIR": str(places.data),
        "REGISTRY_HOST": "127.0.0.1",
        "REGISTRY_MIRROR": "required",
        "REGISTRY_MIRROR_URL": (places.data / "mirror").absolute().as_uri(),
        "REGISTRY_PORT": str(port),
        "REGISTRY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "REGISTRY_RUNTIME_VERSION": "development",
        "REGISTRY_WHEEL_ALLOWED_NETWORKS": "127.0.0.1/32",
        "REGISTRY_WHEEL_CA_BUNDLE": str(host.ca_path),
    }
