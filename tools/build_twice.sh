#!/bin/sh
# Builds the distributions of the last commit twice, in two folders and at two times, and compares their bytes.
# Usage: tools/build_twice.sh PYTHON [FOLDER]. With FOLDER, the distributions are left there.
set -eu
python=$(command -v "$1")
case $python in /*) ;; *) python=$PWD/$python ;; esac
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for each in one another; do
  mkdir "$work/$each"
  git archive HEAD | tar -x -C "$work/$each"
  (cd "$work/$each" && find . -exec touch {} + && umask "$([ "$each" = one ] && echo 022 || echo 002)" &&
    "$python" -m hatchling build -d "$work/dist-$each" >/dev/null 2>&1)
done
(cd "$work/dist-one" && sha256sum -- *) >"$work/sums-one"
(cd "$work/dist-another" && sha256sum -- *) >"$work/sums-another"
diff "$work/sums-one" "$work/sums-another" || { echo "The two builds differ." >&2; exit 1; }
cat "$work/sums-one"
echo "Both builds have the same bytes (SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH)."
if [ $# -gt 1 ]; then
  mkdir -p "$2"
  cp "$work/dist-one"/* "$2"/
fi
