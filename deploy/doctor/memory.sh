#!/bin/sh
# Memory of each container of the composed exchange and their sum, in MB, as `docker stats` tells it; 1 if
# none runs.
set -eu
deploy=$(dirname "$0")/..
[ -n "${COMPOSE_FILE:-}" ] || set -- -f "$deploy/compose.yaml"
running=$(docker compose "$@" ps --quiet 2>/dev/null) && [ -n "$running" ] || exit 1
# shellcheck disable=SC2086 # a word a container
docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' $running | sort | awk '
  function bytes(text) {
    if (text ~ /GiB/) return text * 2^30
    if (text ~ /MiB/) return text * 2^20
    if (text ~ /KiB/) return text * 2^10
    return text + 0
  }
  { taken = bytes($2) / 1e6; sum += taken; printf "%6.0f  %s\n", taken, $1 }
  END { printf "%6.0f  all\n", sum }'
