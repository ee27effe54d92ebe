#!/bin/sh
# recover.sh DATA BACKUPS BASE [TIME]: recovers the server as of TIME, by default the end of the
# archive, into DATA/.recovered. What is in DATA stays as it is until swap.sh.
set -eu
data=$1 backups=$2 base=$2/base/$3 time=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
new=$data/.recovered

fail() {
  rm -rf "$new"
  echo "$1" >&2
  exit 1
}

rm -rf "$new"
needed=$(du -sk "$base" | cut -f 1)
free=$(df -Pk "$data" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$needed" ] || fail "The disk is too full: $((needed / 1024)) MB are needed, $((free / 1024)) MB free."
mkdir -m 700 "$new"
cp -R -p "$base/." "$new" || fail "The backup could not be copied; what was wrong stands above."
pg_verifybackup --quiet --exit-on-error "$new" || fail "The backup of $3 is damaged. Name a time before it."

# Alone: nobody comes in but who knows the folder.
cat >>"$new/postgresql.auto.conf" <<END
listen_addresses = ''
unix_socket_directories = '$new'
hot_standby = off
archive_mode = on
archive_command = 'sh "$here/archive.sh" "%p" "$backups/wal/%f.gz"'
restore_command = 'gzip --decompress --stdout "$backups/wal/%f.gz" > "%p"'
recovery_target_action = promote
END
[ -z "$time" ] || echo "recovery_target_time = '$time'" >>"$new/postgresql.auto.conf"
touch "$new/recovery.signal"
pg_ctl start --pgdata "$new" --log "$new/recovery.log" --timeout 86400 --silent >/dev/null 2>&1 || true
# The signal goes with the last transaction, the server when there is none to be had.
while [ -e "$new/recovery.signal" ] && pg_ctl status --pgdata "$new" >/dev/null; do sleep 0.2; done
if [ -e "$new/recovery.signal" ]; then
  ! grep -q 'before configured recovery target was reached' "$new/recovery.log" ||
    fail "The archive ends before $time. Leave the time out to restore its end."
  fail "The backup could not be recovered: $(grep FATAL "$new/recovery.log" | tail -n 1)"
fi
pg_ctl stop --pgdata "$new" --mode fast --timeout 3600 --silent >/dev/null
cp -p "$base/postgresql.auto.conf" "$new/postgresql.auto.conf"
rm -f "$new/recovery.log"
