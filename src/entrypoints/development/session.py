"""Development mode: a local realm and a local wheel host around the real server, and one registration through it."""

import shlex
import signal
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.tokens import FakeMachine
from entrypoints.development.example import ExampleError, build_example
from entrypoints.development.screen import Screen
from entrypoints.development.server_process import ServerError, run_command, running_server, wait_until_ok
from entrypoints.development.wheel_host import WheelHost
from entrypoints.listen import PortTakenError, require_free
from entrypoints.log_keys import make_key_file

REGISTRY_MACHINE = "mch_local_registry"
RELEASE_MACHINE = "mch_local_release"


@dataclass(frozen=True, slots=True)
class Places:
    """Where development mode keeps and serves things. All of it is on loopback."""

    registry_port: int
    wheel_port: int
    data: Path = Path(".data")
    project: Path = Path("examples/hello_provider")

    @property
    def registry_url(self) -> str:
        """Where the registry listens."""
        return f"http://127.0.0.1:{self.registry_port}"


class DevelopmentError(Exception):
    """A step did not give what it must; the message says what came instead."""


def run(places: Places, *, once: bool, screen: Screen) -> int:
    """Start everything, register the example, and serve until interrupted; return the exit status."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # shells start what is in the background without SIGINT
        signal.signal(stop, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            _session(places, stack, once=once, screen=screen)
    except KeyboardInterrupt:
        pass
    except (DevelopmentError, ExampleError, ServerError, OSError) as error:
        screen.failed(str(error))
        return 1
    screen.stopped()
    return 0


def _session(places: Places, stack: ExitStack, *, once: bool, screen: Screen) -> None:
    _require_free(places)
    wheels = places.data / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    screen.opened(places.data)
    example = build_example(places.project, wheels)
    screen.step("Built the example provider's wheel", example.wheel.name)
    clerk = stack.enter_context(FakeClerk())
    registry_machine = clerk.add_machine(machine_id=REGISTRY_MACHINE)
    release = clerk.add_machine(scopes=[registry_machine.id], machine_id=RELEASE_MACHINE)
    screen.step("Started a local fake of Clerk's Console realm", clerk.url)
    host = stack.enter_context(WheelHost(wheels, ca_directory=places.data, port=places.wheel_port))
    screen.step("Serving wheels over HTTPS, with a throwaway CA", host.url)

    log, key = places.data / "registry.log", _log_key(places)
    settings = {**_settings(places, clerk, registry_machine, host), "REGISTRY_LOG_SIGNING_KEY_FILE": str(key)}
    process = stack.enter_context(running_server(settings, log=log))
    with screen.working("Starting PostgreSQL and the registry"):
        wait_until_ok(process, f"{places.registry_url}/health/ready", log=log)
    screen.step("Started PostgreSQL, applied migrations, started the registry", places.registry_url)
    run_command(settings, "log", "init")
    screen.step("Opened the transparency log, with a key of its own", key.name)

    write_client_settings(
        places.data / "register.env",
        {
            "REGISTRY_URL": places.registry_url,
            "REGISTRY_CLERK_API_URL": clerk.url,
            "REGISTRY_MACHINE_SECRET_KEY": release.secret,
        },
    )
    body = {**example.announcement, "wheel_url": f"{host.url}/{example.wheel.name}"}
    _register(places, clerk, release, body, screen)
    own = {"name": "platform/mine"} | {field: body[field] for field in ("version", "wheel_url", "metadata")}
    if not once:
        screen.invitation(places.registry_url, clerk.url, release, own, wheels=wheels, log=log)
        screen.serving(places.registry_url)
        process.wait()
        raise DevelopmentError(f"the server ended by itself; read {log}")


def _log_key(places: Places) -> Path:
    """Return the file of the log's key, which is made once."""
    path = places.data / "log.key"
    if not path.exists():
        make_key_file(path, "localhost/log")
    return path


def write_client_settings(path: Path, settings: Mapping[str, str]) -> None:
    """Write what ``provider-registry register`` needs as lines for a shell to read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()))


def _require_free(places: Places) -> None:
    if places.registry_port == places.wheel_port:
        raise DevelopmentError(f"--port and --wheel-port are both {places.wheel_port}; choose two ports")
    for option, port in (("--port", places.registry_port), ("--wheel-port", places.wheel_port)):
        try:
            require_free("127.0.0.1", port)
        except PortTakenError as error:
            raise DevelopmentError(
                f"{error}; perhaps development mode runs already. Stop it, or choose another: "
                f"make run ARGS='{option} {port + 10}'"
            ) from None


def _settings(places: Places, clerk: FakeClerk, machine: FakeMachine, host: WheelHost) -> Mapping[str, str]:
    return {
        "REGISTRY_CONSOLE_CLERK_ISSUER": clerk.issuer,
        "REGISTRY_CONSOLE_CLERK_API_URL": clerk.url,
        "REGISTRY_CONSOLE_CLERK_SECRET_KEY": machine.secret,
        "REGISTRY_CONSOLE_MACHINE_ID": machine.id,
        "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": RELEASE_MACHINE,
        "REGISTRY_DATA_DIR": str(places.data),
        "REGISTRY_HOST": "127.0.0.1",
        "REGISTRY_MIRROR": "required",
        "REGISTRY_MIRROR_URL": (places.data / "mirror").absolute().as_uri(),
        "REGISTRY_PORT": str(places.registry_port),
        "REGISTRY_PUBLIC_URL": places.registry_url,
        "REGISTRY_RUNTIME_VERSION": "development",
        "REGISTRY_WHEEL_ALLOWED_NETWORKS": "127.0.0.1/32",
        "REGISTRY_WHEEL_CA_BUNDLE": str(host.ca_path),
    }


def _register(places: Places, clerk: FakeClerk, release: FakeMachine, body: Mapping[str, Any], screen: Screen) -> None:
    """Do what release CI does: mint a token, announce the version, and see that announcing it again is harmless."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        minted = client.post(
            f"{clerk.url}/v1/m2m_tokens",
            headers={"Authorization": f"Bearer {release.secret}"},
            json={"token_format": "jwt", "seconds_until_expiration": 300},
        )
        if minted.status_code != httpx.codes.CREATED:
            raise DevelopmentError(f"the local realm did not mint a token: {minted.text}")
        screen.step("Minted a machine token, as release CI does", f"{release.id}, a JWT of 5 minutes")
        first = _announce(client, places, minted.json()["token"], body)
        version = first.json()
        if first.status_code == httpx.codes.CONFLICT:
            screen.step("POST /console/provider-versions", f"409: {version['detail']}")
            screen.hint("Raise the version in examples/hello_provider/pyproject.toml, or start afresh with make clean.")
            return
        outcome = "registered" if first.status_code == httpx.codes.CREATED else "was already registered"
        screen.step(
            "POST /console/provider-versions", f"{first.status_code}: {body['name']} {body['version']} {outcome}"
        )
        screen.version(version)
        again = _announce(client, places, minted.json()["token"], body)
        screen.step("The same POST again", f"{again.status_code}: same content, nothing written")


def _announce(client: httpx.Client, places: Places, token: str, body: Mapping[str, Any]) -> httpx.Response:
    response = client.post(
        f"{places.registry_url}/console/provider-versions",
        headers={"Authorization": f"Bearer {token}"},
        json=body,
    )
    if response.status_code not in {httpx.codes.CREATED, httpx.codes.OK, httpx.codes.CONFLICT}:
        raise DevelopmentError(f"the registry answered {response.status_code}: {response.json()['detail']}")
    return response
