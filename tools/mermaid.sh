#!/bin/sh
# Fetches the program that draws the diagrams, as the registry of npm has it, and compares its digest.
set -eu
version=11.17.2
digest=581ed7d74bd9048d0e3a91363927d72ef22942d7722546b27f7cc29e35390eb8
command -v npm >/dev/null || { echo "npm is absent, which fetches the program for diagrams: apt-get install npm" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent "mermaid@$version" >/dev/null)
tar -xzf "$folder"/mermaid-*.tgz -C "$folder" package/dist/mermaid.min.js
echo "$digest  $folder/package/dist/mermaid.min.js" | sha256sum --check --quiet
cp "$folder/package/dist/mermaid.min.js" "$1/mermaid.min.js"
