#!/bin/sh
# PostgreSQL's restore_command: fetch.sh WAL NAME TARGET brings one archived file back. Code 1 says
# that the archive ends here, which ends a recovery well; above 125 ends it as failed: a file that is
# damaged, or one that is missing although later ones of its timeline are there, is no end.
set -eu
wal=$1 name=$2 target=$3
if [ -e "$wal/$name.gz" ]; then
  gzip --decompress --stdout "$wal/$name.gz" >"$target" && exit
  echo "$name.gz of the archive is damaged" >&2
  exit 200
fi
case $name in *.*) exit 1 ;; esac
timeline=$(echo "$name" | cut -c 1-8)
last=$(ls "$wal" | LC_ALL=C grep -Ex "$timeline[0-9A-F]{16}\.gz" | LC_ALL=C sort | tail -n 1)
if [ -n "$last" ] && LC_ALL=C expr "${last%.gz}" \> "$name" >/dev/null; then
  echo "$name.gz of the archive is missing" >&2
  exit 200
fi
exit 1
