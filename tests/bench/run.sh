#!/bin/sh
# The figures of the README, each beside its reference in the same run:
#
#   sh run.sh bench                all of them (about 20 minutes)
#   sh run.sh bench record ranges  some: record passthrough memory tap steer screen scroll frame start repair clip
#                                  ranges importing budget concordance search
#
# TB_BENCH_MINUTES (10): how long memory is watched. TB_BENCH_SECONDS (20): one recording.
set -eu
cd "$(dirname "$0")/../.."
[ -d tests/node_modules ] || (cd tests && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
export TB_BUILD_DIR="${TB_BUILD_DIR:-$PWD/build}"
exec node tests/bench/bench.mjs "$@"
