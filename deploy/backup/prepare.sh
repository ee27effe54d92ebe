#!/bin/sh
# The folders of a server and of its backups belong to who runs it, also when a volume is new.
set -eu
mkdir -p /backups/base /backups/wal
chown postgres /backups /backups/base /backups/wal /var/lib/postgresql/data
