#!/bin/sh
# What the GitHub action and the GitLab component run. Usage: pipelines/run.sh FOLDER-OF-THE-CLIENT
# Reads MODE, PROJECT, DIST, WHEEL_URL, CHANGELOG, ACCEPT_BREAKING, WAIT, and the client's REGISTRY_… variables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
client=$1/bin
mode=${MODE:-release}
project=${PROJECT:-.}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

if [ "${GITHUB_ACTIONS:-}" = true ]; then
  for secret in "${REGISTRY_MACHINE_SECRET_KEY:-}" "${REGISTRY_TOKEN:-}"; do
    if [ -n "$secret" ]; then echo "::add-mask::$secret"; fi
  done
fi

worst=0
run() { # run NAME ARGUMENT…: keeps the JSON document; the worst status counts
  name=$1
  shift
  status=0
  "$client/provider-registry" "$@" --json >"$results/$name.json" || status=$?
  if [ "$status" -gt "$worst" ]; then worst=$status; fi
}

case $mode in
release | dry-run)
  set -- register "$project"
  if [ "$mode" = dry-run ]; then set -- "$@" --dry-run; fi
  if [ -n "${WHEEL_URL:-}" ]; then set -- "$@" --wheel-url "$WHEEL_URL"; fi
  if [ -n "${CHANGELOG:-}" ]; then set -- "$@" --changelog "$CHANGELOG"; fi
  if [ -n "${ACCEPT_BREAKING:-}" ]; then set -- "$@" --accept-breaking "$ACCEPT_BREAKING"; fi
  if [ -n "${WAIT:-}" ]; then set -- "$@" --wait "$WAIT"; fi
  run register "$@"
  ;;
check)
  unset REGISTRY_MACHINE_SECRET_KEY REGISTRY_TOKEN # asking needs neither
  found=0
  for wheel in "$project/${DIST:-dist}"/*.whl; do
    if [ -e "$wheel" ]; then
      found=$((found + 1))
      run "verify-$found" verify "$wheel"
    fi
  done
  if [ "$found" -eq 0 ]; then
    echo "There is no wheel in $project/${DIST:-dist}; build it first: pip wheel --no-deps --wheel-dir ${DIST:-dist} ." >&2
    worst=2
  fi
  if [ -n "${REGISTRY_URL:-}" ]; then
    before=$worst
    run compare compare "$project"
    # A provider's first version has nothing to be compared with.
    if grep -qE '"code": ?"(provider|version)_not_found"' "$results/compare.json"; then worst=$before; fi
  fi
  ;;
*)
  echo "There is no mode '$mode'; choose release, dry-run or check." >&2
  exit 2
  ;;
esac

"$client/python" "$here/summary.py" "$mode" "$results"
exit "$worst"
