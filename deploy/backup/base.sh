#!/bin/sh
# base.sh BACKUPS BASE [TIME]: prints where a recovery to TIME, by default the end of the archive, begins:
# the newest backup up to BASE that leads there, and the branch of the log to follow. Each restore that
# was swapped in began a branch, and backups of what it left behind do not lead to it.
set -eu
backups=$1 newest=$2 time=${3:-}

# The branch that was the exchange's at TIME, by when each was archived.
set --
[ -z "$time" ] || set -- ! -newermt "$time"
history=$(find "$backups/wal" -name '????????.history.gz' "$@" | sort | tail -n 1)
branch=current
[ -z "$history" ] || branch=$((0x$(basename "$history" .history.gz)))

position() { echo $(((0x${1%/*} << 32) + 0x${1#*/})); }

# Whether it is of the branch, or was complete where the branch left its timeline.
leads_there() {
  timeline=$(sed -n 's/^START TIMELINE: //p' "$1/backup_label")
  case $branch in current | "$timeline") return 0 ;; esac
  ends=$(sed -n 's/.*"End-LSN": "\([^"]*\)".*/\1/p' "$1/backup_manifest" | tail -n 1)
  left=$(gzip --decompress --stdout "$history" | awk -v of="$timeline" '$1 == of { print $2 }')
  [ -n "$left" ] && [ "$(position "$ends")" -le "$(position "$left")" ]
}

for base in $(ls "$backups/base" | LC_ALL=C sort -r | sed -n "/^$newest\$/,\$p"); do
  if leads_there "$backups/base/$base"; then
    echo "$base $branch"
    exit
  fi
done
echo "The backups from before then are of what the restore of $(date -u -r "$history" '+%Y-%m-%d %H:%M:%S') UTC" \
  "left behind. Name a time before it, or one after the next backup." >&2
exit 1
