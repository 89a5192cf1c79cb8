#!/bin/sh
# What the GitHub action and the GitLab component run. Usage: pipelines/run.sh FOLDER-OF-THE-CLIENT
# Reads MODE, PROJECT, DIST, WHEEL_URL, CHANGELOG, ACCEPT_BREAKING, WAIT, and the client's REGISTRY_… variables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
client=$1/bin
mode=${MODE:-release}
project=${PROJECT:-.}
dist=${DIST:-dist}
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
  if [ -n "${WHEEL_URL:-}" ]; then
    set -- "$@" --wheel-url "$WHEEL_URL"
  elif [ "$mode" = dry-run ] && [ -z "${REGISTRY_MACHINE_SECRET_KEY:-}${REGISTRY_TOKEN:-}" ]; then
    set -- "$@" --wheel "$project/$dist" # asking what is published needs no secret
  fi
  if [ -n "${CHANGELOG:-}" ]; then set -- "$@" --changelog "$CHANGELOG"; fi
  if [ -n "${ACCEPT_BREAKING:-}" ]; then set -- "$@" --accept-breaking "$ACCEPT_BREAKING"; fi
  if [ -n "${WAIT:-}" ]; then set -- "$@" --wait "$WAIT"; fi
  run register "$@"
  ;;
check)
  unset REGISTRY_MACHINE_SECRET_KEY REGISTRY_TOKEN # asking needs neither
  run check check "$project" --dist "$project/$dist"
  if [ -n "${REGISTRY_URL:-}" ] && [ "$worst" -eq 0 ]; then
    set -- register "$project" --dry-run --wheel "$project/$dist"
    if [ -n "${ACCEPT_BREAKING:-}" ]; then set -- "$@" --accept-breaking "$ACCEPT_BREAKING"; fi
    run register "$@"
    # Between releases the version is one that is published, with other content: then what changed since is of interest.
    if grep -qE '"outcome": ?"(conflict|unchanged)"' "$results/register.json"; then
      worst=0
      rm "$results/register.json"
      run compare compare "$project"
      if grep -qE '"code": ?"version_not_found"' "$results/compare.json"; then worst=0; fi # all of them are yanked
    fi
  fi
  ;;
*)
  echo "There is no mode '$mode'; choose release, dry-run or check." >&2
  exit 2
  ;;
esac

"$client/python" "$here/summary.py" "$mode" "$results"
exit "$worst"
