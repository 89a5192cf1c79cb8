#!/bin/sh
# Installs the release client of this checkout, with locked hashes, into a folder.
# Usage: pipelines/install.sh FOLDER [PYTHON]; MODE=check and MODE=dry-run add what validates schemas by their drafts.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
python=${2:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "The client needs Python 3.11 or newer; this is $("$python" --version). Choose another, with setup-python or an image." >&2
  exit 2
}
"$python" -m venv "$folder"
set -- --quiet --disable-pip-version-check --require-hashes
"$folder/bin/python" -m pip install "$@" -r "$here/requirements/client.txt" -r "$here/requirements/build.txt"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
case ${MODE:-release} in
check | dry-run)
  # The lock of the server has it; this is its entry alone, as pip would want all the others too.
  awk '/^jsonschema-rs==/ {on = 1} on {print} on && !/\\$/ {exit}' "$here/requirements/runtime.txt" >"$copy/schemas.txt"
  "$folder/bin/python" -m pip install "$@" --no-deps -r "$copy/schemas.txt"
  ;;
esac
(cd "$here" && cp -r src pyproject.toml README.md CHANGELOG.md LICENSE "$copy")
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation "$copy"
"$folder/bin/provider-registry" --version
