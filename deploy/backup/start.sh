#!/bin/sh
# The server as production runs it: its log is archived as it is written, each minute at the latest.
set -eu
sh /backup/prepare.sh
exec docker-entrypoint.sh postgres -c archive_mode=on -c archive_timeout=60 \
  -c 'archive_command=sh /backup/archive.sh "%p" "/backups/wal/%f.gz"'
