#!/bin/sh
# swap.sh DATA: what recover.sh made takes the place of what was there. The server must not run.
set -eu
cd "$1"
[ -e .recovered/PG_VERSION ] || { echo "Nothing was recovered." >&2; exit 1; }
# From now on its branch of the log is the exchange's: its beginning is archived with the rest.
for branch in .recovered/pg_wal/*.history; do
  [ ! -e "$branch" ] || touch ".recovered/pg_wal/archive_status/${branch##*/}.ready"
done
rm -rf ./*
mv .recovered/* .
rmdir .recovered
