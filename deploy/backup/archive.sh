#!/bin/sh
# PostgreSQL's archive_command: archive.sh FILE TARGET.gz keeps one finished file of its log.
# Safe to repeat; what is there under the same name is never overwritten by something else.
set -eu
if [ -e "$2" ]; then
  gzip --decompress --stdout "$2" | cmp -s - "$1"
  exit
fi
gzip --fast --stdout "$1" >"$2.part"
sync "$2.part"
mv "$2.part" "$2"
sync "$(dirname "$2")"
