#!/bin/sh
# room.sh NAME FOLDER …: a line a folder, its name, its device and what `df` says of it, in KiB.
set -eu
while [ $# -gt 1 ]; do
  echo "$1 $(stat -c %d "$2") $(df -Pk "$2" | tail -n 1)"
  shift 2
done
