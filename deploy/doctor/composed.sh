#!/bin/sh
# What doctor.sh and preflight.sh begin with: where things lie, and how compose is called and typed.
# shellcheck disable=SC2034 # whoever reads it by `.` uses them
deploy=$(dirname "$0")/..
python=${PYTHON:-python3}
# An installation of several files names them in COMPOSE_FILE, which counts only without -f.
if [ -n "${COMPOSE_FILE:-}" ]; then
  compose='docker compose'
  typed='docker compose'
else
  compose="docker compose -f $deploy/compose.yaml"
  typed='docker compose -f deploy/compose.yaml'
fi
settings=${COMPOSE_ENV_FILES:-$deploy/.env}
found=$(mktemp -d)
