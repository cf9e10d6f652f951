#!/bin/sh
# Builds the page and wraps it in a GResource: build-page.sh WEB BUILD OUTPUT DEPFILE
# Sources stay untouched but for node_modules, which npm ci fills when the lock file has changed.
set -eu
web=$1 build=$2 output=$3 depfile=$4
out=$build/page

stamp=$web/node_modules/.terugblik-lock
if ! cmp -s "$web/package-lock.json" "$stamp"; then
  (cd "$web" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$web/package-lock.json" "$stamp"
fi

rm -rf "$out"
node "$web/build.mjs" --out "$out" --depfile "$depfile.raw"
# The depfile names build.mjs's own output; ninja wants ours.
{ printf '%s:' "$output"; sed 's/^[^:]*://' "$depfile.raw"; } > "$depfile"

xml=$build/page.gresource.xml
{
  echo '<?xml version="1.0" encoding="UTF-8"?>'
  echo '<gresources><gresource prefix="/nl/terugblik/web">'
  (cd "$out" && find . -type f ! -name manifest.txt | sed 's|^\./||' | sort | sed 's|.*|<file>&</file>|')
  echo '</gresource></gresources>'
} > "$xml"
glib-compile-resources --sourcedir="$out" --target="$output" --generate-source --c-name=tb_page "$xml"
