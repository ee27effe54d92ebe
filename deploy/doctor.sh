#!/bin/sh
# Asks each service of the composed exchange what is wrong; 1 if anything is, 2 if it does not run.
# An embedded exchange has no containers: ask a service with the environment that it runs under,
# .venv/bin/python -m SERVICE doctor
set -u
compose="docker compose --file $(dirname "$0")/compose.yaml"

if ! running=$($compose ps --services --status running 2>/dev/null); then
  echo 'No Docker engine answers here. Run this where the exchange runs; without compose, run for'
  echo 'each service, with its environment: .venv/bin/python -m SERVICE doctor'
  exit 2
fi

wrong=0
for service in listings matching notifications surveys; do
  echo "$service"
  if ! echo "$running" | grep -qx "$service"; then
    echo "✗ It does not run. Run: docker compose -f deploy/compose.yaml up --detach $service"
    wrong=2
    continue
  fi
  $compose exec -T "$service" python -m "$service" doctor || wrong=1
done
exit "$wrong"
