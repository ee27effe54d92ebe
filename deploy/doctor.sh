#!/bin/sh
# Asks each service of the composed exchange what is wrong, then the gateway and the certificates;
# 1 if anything is, 2 if something does not run.
# An embedded exchange has no containers: ask a service with the environment that it runs under,
# .venv/bin/python -m SERVICE doctor
set -u
here=$(dirname "$0")
# An installation of several files names them in COMPOSE_FILE, which counts only without -f.
if [ -n "${COMPOSE_FILE:-}" ]; then
  compose='docker compose'
  typed='docker compose'
else
  compose="docker compose -f $here/compose.yaml"
  typed='docker compose -f deploy/compose.yaml'
fi

if ! running=$($compose ps --services --status running); then
  echo 'Compose does not answer. Run this where the exchange runs, after make secrets; without'
  echo 'compose, run for each service, with its environment: .venv/bin/python -m SERVICE doctor'
  exit 2
fi

wrong=0
for service in listings matching notifications surveys; do
  echo "$service"
  if ! echo "$running" | grep -qx "$service"; then
    echo "✗ It does not run. Run: $typed up --detach $service"
    wrong=2
    continue
  fi
  $compose exec -T "$service" python -m "$service" doctor || wrong=1
done

echo "gateway"
if port=$($compose port gateway 80 2>/dev/null) && [ -n "$port" ]; then
  echo "✓ It listens on $port."
else
  echo "✗ No port leads to it. Run: $typed up --detach gateway"
  wrong=2
fi

echo "certificates"
${PYTHON:-python3} "$here/keys/certificate_age.py" "${COMPOSE_ENV_FILES:-$here/.env}" || wrong=1
exit "$wrong"
