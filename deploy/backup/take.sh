#!/bin/sh
# take.sh BACKUPS: a verified base backup of the whole server; only the newest BACKUP_KEEP stay, with
# the log since the oldest of them. Prints its time, from which on every moment can be restored.
set -eu
backups=$1 keep=${BACKUP_KEEP:-7}
new=$backups/base/.new
case $keep in
  0* | *[!0-9]*) echo "BACKUP_KEEP=$keep is no number of backups from 1 on." >&2; exit 2 ;;
esac

prune() {
  ls "$backups/base" | head -n "-$keep" | while read -r old; do rm -rf "$backups/base/$old"; done
  # By position in the log, not by age: after a restore a newer backup may begin earlier, and the name's
  # first eight letters, the timeline, say nothing of it.
  begins=$(cat "$backups"/base/*/backup_label 2>/dev/null |
    sed -n 's/^START WAL LOCATION: .* (file \(.*\))$/\1/p' | LC_ALL=C sort -k 1.9 | head -n 1)
  [ -z "$begins" ] || pg_archivecleanup -b -x .gz "$backups/wal" "$begins"
}

mkdir -p "$backups/base"
exec 9>"$backups/.lock"
flock -n 9 || { echo "Another backup is being taken." >&2; exit 1; }
rm -rf "$new"
trap 'rm -rf "$new"' EXIT
# Before as well: on a full disk a smaller number makes room for this one.
prune
# Its last word is what it removed, its first error why; two processes write, into one line at times.
said=$(pg_basebackup --pgdata "$new" --checkpoint fast --wal-method stream --no-password 2>&1) || {
  echo "$said" | sed -n 's/.*error: /pg_basebackup: error: /p' | grep -m 1 . >&2 || echo "$said" >&2
  exit 1
}
pg_verifybackup --quiet "$new"
taken=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
sync
mv "$new" "$backups/base/$taken"
psql --quiet --no-psqlrc --dbname postgres --command "comment on database postgres is 'last backup $taken'"
prune
echo "$taken"
