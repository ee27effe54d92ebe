#!/bin/sh
# swap.sh DATA: what recover.sh made takes the place of what was there. The server must not run.
set -eu
cd "$1"
[ -e .recovered/PG_VERSION ] || { echo "Nothing was recovered." >&2; exit 1; }
rm -rf ./*
mv .recovered/* .
rmdir .recovered
