#!/bin/sh
# Asks each service of the composed exchange what is wrong, then looks at what is around them: clock,
# disks, address, gateway, certificates, keys, mounted files. `✗` is wrong, `!` is worth knowing; 1 if
# anything is wrong, 2 if something does not run.
# An embedded exchange has no containers: ask a service with the environment that it runs under,
# .venv/bin/python -m SERVICE doctor
set -u
# shellcheck source=deploy/doctor/composed.sh
. "$(dirname "$0")/composed.sh"

trap 'rm -rf "$found"' EXIT
if ! running=$($compose ps --status running --format '{{.Service}}' 2>"$found/said") ||
  ! $compose config --format json >"$found/config" 2>"$found/said"; then
  # Compose names a port that is none, and not the setting that it is from.
  $python "$deploy/keys/refused_settings.py" "$settings" || exit 2
  cat "$found/said"
  echo 'Compose does not answer. Run this where the exchange runs, after make secrets; without'
  echo 'compose, run for each service, with its environment: .venv/bin/python -m SERVICE doctor'
  exit 2
fi

wrong=0
runs() {
  there=$(echo "$running" | grep -cx "$1")
  wanted=$($python "$deploy/doctor/replicas.py" "$found/config" "$1") || exit 2
  [ "$there" -ge "$wanted" ] && return
  wrong=2
  if [ "$there" = 0 ]; then
    echo "✗ $1 does not run. Run: $typed up --detach $1"
    return 1
  fi
  echo "✗ Only $there of $wanted replicas of $1 run. Run: $typed up --detach $1"
}
finds() { [ "$wrong" = 2 ] || wrong=1; }
# Of one that hangs, Compose says that it runs, and an `up` leaves it as it is.
unhealthy=$($compose ps --status running --format '{{.Service}} {{.Health}}' | sed -n 's/ unhealthy$//p')
answers() {
  echo "$unhealthy" | grep -qx "$1" || return 0
  echo "✗ $1 runs and does not answer. Run: $typed restart $1"
  finds
}

for service in listings matching notifications surveys; do
  echo "$service"
  runs "$service" || continue
  # One that waits for the broker or its database is unhealthy as well: it says so.
  if $compose exec -T "$service" python -m "$service" doctor; then answers "$service"; else finds; fi
done

echo "clock"
sh "$deploy/doctor/clock.sh" || finds

echo "disks"
room() {
  runs "$1" || return 0
  answers "$1"
  container=$1
  shift
  $compose exec -T "$container" sh -s "$@" <"$deploy/doctor/room.sh" >>"$found/rooms" || finds
}
: >"$found/rooms"
for broker in $($compose config --services | grep -Ex 'kafka(-[0-9]+)?' | sort); do
  case $broker in kafka) topics=topics ;; *) topics=topics_of_$broker ;; esac
  room "$broker" "$topics" /var/lib/kafka/data
done
room postgres databases /var/lib/postgresql/data backups /backups
$python "$deploy/doctor/disks.py" "$found/config" <"$found/rooms" || finds
$python "$deploy/backup/own_disk.py" "$found/config" "$found/rooms" "$typed" || finds

echo "address"
$python "$deploy/gateway/address.py" "$found/config" || finds

echo "gateway"
if runs gateway; then
  answers gateway
  if port=$($compose port gateway 80 2>/dev/null) && [ -n "$port" ]; then
    echo "✓ It listens on $port."
  else
    echo "✗ No port leads to it. Run: $typed up --detach gateway"
    wrong=2
  fi
fi

echo "certificates"
$python "$deploy/gateway/certificate.py" "$found/config" || finds
$python "$deploy/keys/certificate_age.py" "$settings" || finds
$python "$deploy/gateway/keystore.py" "$found/config" || finds

echo "keys"
$python "$deploy/keys/key_state.py" "$settings" || finds
# shellcheck disable=SC2046 # a word a container
docker inspect $($compose ps --all --quiet) >"$found/containers" 2>/dev/null
$python "$deploy/keys/unread.py" "$typed" <"$found/containers" || finds

echo "mounted files"
$python "$deploy/keys/unread_files.py" "$typed" <"$found/containers" || finds
exit "$wrong"
