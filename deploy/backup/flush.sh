#!/bin/sh
# flush.sh BACKUPS: prints the log's last file once everything committed so far is archived, or fails
# after a minute; with code 3 where the server cannot be asked.
set -eu
# A moment can be restored only where the log shows a later transaction: this is one. And since 17, a
# position between two files is named after the second, of which nothing is written yet: hence - 1.
file=$(psql --quiet --no-psqlrc --tuples-only --no-align --dbname postgres \
  --command 'do $$begin perform pg_current_xact_id(); end$$' \
  --command 'select pg_walfile_name(pg_switch_wal() - 1)') || {
  code=$?
  # psql's code of a connection that could not be made, or broke.
  [ "$code" -ne 2 ] || exit 3
  exit "$code"
}
tries=60
until [ -e "$1/wal/$file.gz" ]; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "The database's log is not archived: $file is missing. See docs/operating.md, Backup late." >&2; exit 1; }
  sleep 1
done
echo "$file"
