#!/bin/sh
# flush.sh BACKUPS: returns once everything committed so far is archived, or fails after a minute.
set -eu
file=$(psql --no-psqlrc --tuples-only --no-align --dbname postgres \
  --command 'select pg_walfile_name(pg_switch_wal())')
tries=60
until [ -e "$1/wal/$file.gz" ]; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "The database's log is not archived: $file is missing." >&2; exit 1; }
  sleep 1
done
