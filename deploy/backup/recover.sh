#!/bin/sh
# recover.sh DATA BACKUPS BASE [TIME]: recovers the server as of TIME, by default the end of the
# archive, from BASE or an older one, into DATA/.recovered. What is in DATA stays until swap.sh.
set -eu
data=$1 backups=$2 time=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
new=$data/.recovered
begins=$(sh "$here/base.sh" "$backups" "$3" "$time")
branch=${begins#* } base=$backups/base/${begins% *}

fail() {
  rm -rf "$new"
  echo "$1" >&2
  exit 1
}

# A backup's own control file says the same, but for the signal.
recovered() {
  [ ! -e "$new/recovery.signal" ] &&
    LC_ALL=C pg_controldata "$new" | grep -q '^Database cluster state: *in production$'
}

rm -rf "$new"
needed=$(du -sk "$base" | cut -f 1)
free=$(df -Pk "$data" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$needed" ] || fail "The disk is too full: $((needed / 1024)) MB are needed, $((free / 1024)) MB free."
mkdir -m 700 "$new"
cp -R -p "$base/." "$new" || fail "The backup could not be copied; what was wrong stands above."
pg_verifybackup --quiet --exit-on-error "$new" || fail "The backup of ${begins% *} is damaged. Name a time before it."
# Of an earlier recovery that nobody swapped in, if one lay there when the backup was taken.
rm -rf "$new/.recovered"

# Alone: nobody comes in but who knows the folder. Nothing is archived before the swap: a branch that
# nobody goes on with would be the latest.
cat >>"$new/postgresql.auto.conf" <<END
listen_addresses = ''
unix_socket_directories = '$new'
hot_standby = off
archive_mode = off
restore_command = 'sh "$here/fetch.sh" "$backups/wal" "%f" "%p"'
recovery_target_action = promote
recovery_target_timeline = '$branch'
END
[ -z "$time" ] || echo "recovery_target_time = '$time'" >>"$new/postgresql.auto.conf"
touch "$new/recovery.signal"
pg_ctl start --pgdata "$new" --log "$new/recovery.log" --timeout 86400 --silent >/dev/null 2>&1 || true
# The signal alone does not tell: it goes first, and a server stopped before its control file follows
# would replay the rest of the log, past TIME, at its next start.
while ! recovered && pg_ctl status --pgdata "$new" >/dev/null; do sleep 0.2; done
if ! recovered; then
  ! grep -q 'before configured recovery target was reached' "$new/recovery.log" ||
    fail "The archive ends before $time. Leave the time out to restore its end."
  fail "The backup could not be recovered: $(grep -E 'FATAL|of the archive is' "$new/recovery.log" | head -n 1)"
fi
pg_ctl stop --pgdata "$new" --mode fast --timeout 3600 --silent >/dev/null
cp -p "$base/postgresql.auto.conf" "$new/postgresql.auto.conf"
rm -f "$new/recovery.log"
