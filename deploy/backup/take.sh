#!/bin/sh
# take.sh BACKUPS: a verified base backup of the whole server; only the newest BACKUP_KEEP stay, with
# the log since the oldest of them. Prints its time, from which on every moment can be restored.
set -eu
backups=$1 keep=${BACKUP_KEEP:-7}
new=$backups/base/.new
case $keep in
  0* | *[!0-9]*) echo "BACKUP_KEEP=$keep is no number of backups from 1 on." >&2; exit 2 ;;
esac

mkdir -p "$backups/base"
exec 9>"$backups/.lock"
flock -n 9 || { echo "Another backup is being taken." >&2; exit 1; }
rm -rf "$new"
trap 'rm -rf "$new"' EXIT
pg_basebackup --pgdata "$new" --checkpoint fast --wal-method stream --no-password
pg_verifybackup --quiet "$new"
taken=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
sync
mv "$new" "$backups/base/$taken"
psql --quiet --no-psqlrc --dbname postgres --command "comment on database postgres is 'last backup $taken'"

ls "$backups/base" | head -n "-$keep" | while read -r old; do rm -rf "$backups/base/$old"; done
# By position in the log, not by age: after a restore a newer backup may begin earlier, and the name's
# first eight letters, the timeline, say nothing of it.
begins=$(sed -n 's/^START WAL LOCATION: .* (file \(.*\))$/\1/p' "$backups"/base/*/backup_label |
  LC_ALL=C sort -k 1.9 | head -n 1)
pg_archivecleanup -b -x .gz "$backups/wal" "$begins"
echo "$taken"
