"""nginx, serving the files of a folder: the yardstick of what a machine sends."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import ServerError, free_port, running

_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; tcp_nopush on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = / {{ return 200; }}
        location / {{ root {files}; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, files: Path) -> Iterator[str]:
    """Serve the files with one worker process; give the URL.

    Raises:
        ServerError: nginx is not installed, or does not come up.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise ServerError("nginx is absent: apt-get install nginx")
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, files=files, port=port))
    # Started by root it becomes another user, to whom temporary folders are closed.
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    url = f"http://127.0.0.1:{port}"
    with running([program, "-c", str(configuration), *user], url=url, log=folder / "nginx.log", environment={}):
        yield url
