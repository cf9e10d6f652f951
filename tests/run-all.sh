#!/bin/sh
# Runs the suites, each with a line of its own at the end. Called by “run.sh test”.
set -u
suites=${*:-unit store element http fuzz crash e2e sanitize}
passed=0 failed=0 broken= again=

# These film, serve and look in real time: on a machine that is held up for seconds one may fail by that alone. What
# fails is tried once more by itself, and told; what fails twice has failed.
in_real_time='element http crash e2e'

# Sets ok and bad anew; at most three tests, so that what is broken is told soon.
second_try () { # BUILD SUITE
  names=$(awk '/ (FAIL|TIMEOUT) / && / \/ / { for (i = 1; i < NF; i++) if ($i == "/") { print $(i + 1); next } }' "$1/run-$2.txt" | sort -u)
  count=$(echo "$names" | grep -c .)
  [ "$count" -eq "$bad" ] && [ "$count" -le 3 ] || return 0
  for name in $names; do
    if meson test -C "$1" --suite "$2" --print-errorlogs --no-rebuild "$name" >"$1/again-$name.txt" 2>&1; then
      ok=$((ok + 1)) bad=$((bad - 1)) again="$again $name"
    else
      tail -100 "$1/again-$name.txt"
    fi
  done
}

run_meson () { # BUILD SUITE
  meson test -C "$1" --suite "$2" --print-errorlogs --no-rebuild >"$1/run-$2.txt" 2>&1
  status=$?
  ok=$(awk -F: '$1 == "Ok" { n += $2 } END { print n + 0 }' "$1/run-$2.txt")
  bad=$(awk -F: '$1 == "Fail" || $1 == "Timeout" || $1 == "Unexpected Pass" { n += $2 } END { print n + 0 }' "$1/run-$2.txt")
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -ne 0 ]; then
    tail -150 "$1/run-$2.txt"
    case " $in_real_time " in *" $2 "*) second_try "$1" "$2" ;; esac
  fi
  if [ $((ok + bad)) -eq 0 ]; then echo "there is no suite “$2”, or it has no tests"; bad=1; fi
  if [ "$bad" -ne 0 ]; then broken="$broken $2"; fi
  passed=$((passed + $ok)) failed=$((failed + bad))
  printf '%-10s %s\n' "$2" "$ok ok, $bad failed"
}

for suite in $suites; do
  case $suite in
    sanitize)
      # Every C test once more with ASan and UBSan. The page is left out: it is no C.
      [ -f build-sanitize/build.ninja ] || meson setup build-sanitize -Dweb=none -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 >/dev/null
      ninja -C build-sanitize --quiet || { echo 'sanitize   the build failed'; failed=$((failed + 1)); continue; }
      export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
      for s in unit store element fuzz; do run_meson build-sanitize $s; done
      unset ASAN_OPTIONS UBSAN_OPTIONS
      ;;
    *) run_meson build "$suite" ;;
  esac
done

[ -z "$again" ] || echo "passed at the second try:$again"
[ -z "$broken" ] || echo "failed:$broken"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
