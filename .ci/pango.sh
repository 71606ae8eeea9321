#!/bin/sh
# WeasyPrint needs the system's pango, and harfbuzz-subset, without which it writes other bytes each time. Install them where
# we may (Debian as root), else say how.
set -eu
works() { "$PYTHON" -W ignore -c 'from weasyprint.text.ffi import harfbuzz_subset as h; raise SystemExit(h is None)' >/dev/null 2>&1; }
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
if works; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "== installing the system libraries that WeasyPrint needs: $packages"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    works && exit 0
fi
echo "WeasyPrint cannot find the system libraries pango and harfbuzz-subset. Install them, then run make again:" >&2
if command -v apt-get >/dev/null 2>&1; then echo "  sudo apt-get install $packages" >&2
elif [ "$(uname)" = Darwin ]; then echo "  brew install pango harfbuzz" >&2
else echo "  install the package pango with your system's package manager" >&2; fi
exit 1
