#!/bin/sh
# Every fuzz target, or each TARGET, starting from its corpus; as many at once as there are processors:
#
#   run.sh BUILD seconds N [TARGET…]   so long each
#   run.sh BUILD runs N [TARGET…]      so many inputs each
#
# TB_MAX_LEN: the longest input, in bytes. New inputs go to BUILD/corpus; what crashes is left there and named.
set -u
build=$1 until=$2 n=$3
shift 3
here=$(dirname "$0")
# Many short lives: what ASan keeps of each would cost more time than the reader itself. GLib's slices are left to it.
export ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=2 G_SLICE=always-malloc

run_one () {
  target=$build/tests/fuzz/fuzz-$1
  [ -x "$target" ] || { printf '%-14s is not known\n' "$1"; return 1; }
  case $until in
    seconds) limit=-max_total_time=$n ;;
    *) limit=-runs=$n ;;
  esac
  mkdir -p "$build/corpus/$1"
  if "$target" "$limit" -rss_limit_mb=2048 -timeout=10 -max_len="${TB_MAX_LEN:-65536}" \
      -artifact_prefix="$build/corpus/$1-" "$build/corpus/$1" "$here/corpus/$1" >"$build/fuzz-$1.txt" 2>&1; then
    printf '%-14s %s\n' "$1" "$(grep -oE '^#[0-9]+.*DONE.*' "$build/fuzz-$1.txt" | tail -1)"
  else
    printf '%-14s FAILED, see %s\n' "$1" "$build/fuzz-$1.txt"
    return 1
  fi
}

if [ "${TB_FUZZ_ONE:-}" = yes ]; then
  run_one "$1"
  exit
fi
if [ $# -eq 0 ]; then
  for target in "$build"/tests/fuzz/fuzz-*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    set -- "$@" "${target##*/fuzz-}"
  done
fi
printf '%s\n' "$@" | TB_FUZZ_ONE=yes xargs -P "$(nproc)" -I '{}' sh "$0" "$build" "$until" "$n" '{}' || exit 1
