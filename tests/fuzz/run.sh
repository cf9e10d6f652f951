#!/bin/sh
# Every fuzz target for SECONDS, starting from its corpus: run.sh BUILD SECONDS.
# New inputs go to BUILD/corpus; what crashes is left there and named.
set -u
build=$1 seconds=$2 failed=0
corpus=$(dirname "$0")/corpus
for target in "$build"/tests/fuzz/fuzz-*; do
  [ -x "$target" ] && [ -f "$target" ] || continue
  name=$(basename "$target" | sed 's/^fuzz-//')
  mkdir -p "$build/corpus/$name"
  if "$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=65536 \
      -artifact_prefix="$build/corpus/$name-" "$build/corpus/$name" "$corpus/$name" >"$build/fuzz-$name.txt" 2>&1; then
    printf '%-14s %s\n' "$name" "$(grep -oE '^#[0-9]+.*DONE.*' "$build/fuzz-$name.txt" | tail -1)"
  else
    printf '%-14s FAILED, see %s\n' "$name" "$build/fuzz-$name.txt"
    failed=1
  fi
done
exit $failed
