#!/bin/sh
# Sets up, builds and starts Terugblik on Debian 12:
#
#   sh run.sh              install what is missing, build, start the page
#   sh run.sh OPTION…      the same, with options of “terugblik serve” (--listen, --data)
#   sh run.sh test         set up for the tests and run every suite
#   sh run.sh test SUITE…  only these: unit store element http fuzz crash e2e
#   sh run.sh build        only install and build
#   sh run.sh bench        the figures of the README, each beside its reference
#   sh run.sh fuzz SECONDS every parser of outside bytes under libFuzzer, so long each
#   sh run.sh fuzz-runs N TARGET…  the same, so many inputs each; only these (csv, opf, …), or all
#
# Asks for sudo only when something must be installed.
set -eu
cd "$(dirname "$0")"
export TERUGBLIK_LOCALE="$PWD/build/assets/po"

# GStreamer's plugins by what they bring: base and good (cameras, RTSP, MP4, FLAC), bad (AAC, openh264, VA-API),
# ugly (x264), libav (AAC, decoding H.264), alsa, pulseaudio, pipewire (microphones).
# And for reports: their fonts, and the time zone of the clock in them.
build_packages="gcc libc6-dev meson ninja-build pkg-config gettext
  libglib2.0-dev libglib2.0-dev-bin libjson-c-dev libsqlite3-dev libsndfile1-dev libmicrohttpd-dev libgnutls28-dev libsodium-dev libqrencode-dev libfido2-dev libcbor-dev
  libpango1.0-dev libcairo2-dev libqpdf-dev libical-dev libxml2-dev libarchive-dev libyaml-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libgstreamer-plugins-bad1.0-dev"
run_packages="gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav gstreamer1.0-alsa gstreamer1.0-pulseaudio gstreamer1.0-pipewire
  fonts-open-sans fonts-dejavu-core tzdata"
test_packages="libgstrtspserver-1.0-dev gstreamer1.0-tools ffmpeg chromium sqlite3 strace age zbar-tools openssl libnss3-tools poppler-utils qpdf"
bench_packages="libgstrtspserver-1.0-dev gstreamer1.0-tools ffmpeg nginx-light wrk sqlite3"

say () { printf '%s\n' "$*" >&2; }

as_root () {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else say "run.sh: something must be installed, which needs sudo or root: $*"; exit 1
  fi
}

node_works () {
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null
}

install_missing () {
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
  done
  node_works || missing="$missing nodejs npm"
  [ -n "$missing" ] || return 0
  say "Installing:$missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

# For what only makes it quicker: it goes on without.
install_if_there () {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed' && return 0
  apt-cache show "$1" >/dev/null 2>&1 || return 0
  say "Installing: $1"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >&2 || say "run.sh: going on without $1"
}

# build DIRECTORY [MESON OPTION…]
build () {
  directory=$1
  shift
  if [ ! -f "$directory/build.ninja" ]; then meson setup "$directory" "$@" >&2
  elif [ "$*" = -Dtests=true ]; then meson configure "$directory" "$@" >&2
  fi
  ninja -C "$directory" -n | grep -q 'no work to do' || ninja -C "$directory" >&2 || {
    say "run.sh: the build failed; see above"
    exit 1
  }
}

case "${1:-}" in
  test)
    shift
    install_missing $build_packages $run_packages $test_packages
    install_if_there chromium-headless-shell
    build build -Dtests=true
    cmp -s tests/package-lock.json tests/node_modules/.terugblik-lock || {
      (cd tests && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
      cp tests/package-lock.json tests/node_modules/.terugblik-lock
    }
    exec sh tests/run-all.sh "$@"
    ;;
  bench)
    shift
    install_missing $build_packages $run_packages $bench_packages
    build build -Dtests=true
    exec sh tests/bench/run.sh "$@"
    ;;
  fuzz|fuzz-runs)
    [ "$1" = fuzz ] && until=seconds || until=runs
    n=${2:-$([ "$until" = seconds ] && echo 60 || echo 1000000)}
    shift $(($# > 1 ? 2 : 1))
    install_missing $build_packages $run_packages clang libclang-rt-14-dev
    # Without hooks on each comparison of numbers, and with traps for what is undefined, it is several times as fast.
    [ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dweb=none -Dfuzz=true -Doptimization=2 \
      -Db_sanitize=address,undefined -Db_lundef=false \
      '-Dc_args=-fsanitize-trap=undefined -fno-sanitize-coverage=trace-cmp,indirect-calls' >&2
    ninja -C build-fuzz --quiet >&2
    exec sh tests/fuzz/run.sh build-fuzz "$until" "$n" "$@"
    ;;
  build)
    install_missing $build_packages $run_packages
    build build -Dtests=false
    ;;
  -h|--help|help)
    sed -n '2,14s/^# \{0,1\}//p' "$0"
    ;;
  ''|-*)
    install_missing $build_packages $run_packages
    build build -Dtests=false
    exec build/src/terugblik serve --open "$@"
    ;;
  *)
    say "run.sh: “$1” is not known; “sh run.sh --help” says what is"
    exit 2
    ;;
esac
