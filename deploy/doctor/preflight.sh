#!/bin/sh
# What an `up` would be refused for, asked while everything runs on: nothing is started, put away or
# written. `✗` is wrong, `!` is worth knowing; 1 if anything is wrong, 2 if nobody can be asked.
set -u
# shellcheck source=deploy/doctor/composed.sh
. "$(dirname "$0")/composed.sh"
cannot() {
  cat "$found/said"
  echo "$1"
  exit 2
}

project=preflight-$$
# What an interrupted question left.
left() { docker ps --all --quiet --filter "label=com.docker.compose.project=$project"; }
trap 'left 2>/dev/null | xargs -r docker rm --force >/dev/null 2>&1; rm -rf "$found"' EXIT
trap 'exit 2' INT TERM
root=$(docker info --format '{{.DockerRootDir}}' 2>"$found/said") && [ -n "$root" ] ||
  cannot 'Docker does not answer. Does it run, and do you belong to the group docker?'
docker compose version >/dev/null 2>"$found/said" ||
  cannot 'Docker has no plugin compose: docs/operating.md, Install.'

wrong=0
finds() { wrong=1; }

if ! $compose config --format json >"$found/config" 2>"$found/said"; then
  # Compose names a port that is none, and not the setting that it is from.
  echo "settings"
  $python "$deploy/keys/refused_settings.py" "$settings" || exit 1
  sed '/level=warning/d; s/^/✗ /' "$found/said"
  exit 1
fi
$compose --profile '*' config --format json >"$found/profiles" 2>/dev/null ||
  cp "$found/config" "$found/profiles"
running=$($compose ps --format '{{.Service}}' 2>"$found/said") ||
  cannot 'Compose does not answer. Run this where the exchange runs.'

echo "images"
unbuilt=
$python "$deploy/doctor/asking.py" images "$found/config" >"$found/images"
while read -r how image; do
  docker image inspect "$image" >/dev/null 2>&1 && continue
  case $how in
    built) unbuilt=yes && echo "✗ $image was not built. Run: $typed build" && finds ;;
    *) echo "! $image is not here yet: \`up\` fetches it." ;;
  esac
done <"$found/images"
[ -n "$unbuilt" ] || echo "✓ What is ours was built."

echo "ports"
# shellcheck disable=SC2046 # a word a container
docker inspect $($compose ps --quiet) >"$found/containers" 2>/dev/null
$python "$deploy/doctor/ports.py" "$found/config" "$found/profiles" "$found/containers" || finds

echo "disks"
$python "$deploy/doctor/start_room.py" "$found/config" "$root" >"$found/room" || finds
cat "$found/room"
$python "$deploy/backup/own_disk.py" "$found/config" /dev/null "$typed" || finds

echo "clock"
sh "$deploy/doctor/clock.sh" || finds

echo "secrets"
unreadable=
$python "$deploy/keys/mountable.py" "$found/config" || { unreadable=yes && finds; }
[ -n "$unreadable" ] || $python "$deploy/keys/key_state.py" "$settings" || finds

docker network ls --format '{{.Name}}' |
  $python "$deploy/doctor/asking.py" project "$found/config" "$project" >"$found/project.json"
ask() {
  job=$1
  shift
  said=$(docker compose --project-directory "$found" -f "$found/project.json" -p "$project" \
    --progress quiet run --rm --no-deps -T "$job" "$@" 2>&1 </dev/null)
  code=$?
  case $said in
    *"No such option"*)
      said="✗ The image of $job is of an older release, which cannot be asked. Run: $typed build"
      ;;
    *Traceback*) said=$(printf '%s\n' "$said" | tail -n 1) ;;
  esac
  if [ "$code" = 0 ]; then
    printf '%s\n' "$said" | grep -E '^(✓|!|✗) '
    return 0
  fi
  finds
  [ -n "$said" ] || said="$job ended with $code and said nothing."
  # What was said of the engine's disk above is not said once more by each.
  full='^$'
  grep -q '^✗ The disk of the engine' "$found/room" && full='are free, less than DISK_START_MEBIBYTES'
  printf '%s\n' "$said" | grep -v -e "$full" -e 'level=warning' -e '^$' |
    sed -e '/^✓ /b' -e '/^! /b' -e '/^✗ /b' -e 's/^/✗ /'
  return 1
}

echo "address"
if [ -n "$unbuilt$unreadable" ]; then
  $python "$deploy/gateway/address.py" "$found/config" || finds
  echo "! Services and topics were not asked: first mend what is said of images and secrets."
  exit "$wrong"
fi
ask address && echo "✓ Settings of this machine fit each other, and Kafka can use its key store."

for service in listings matching notifications surveys; do
  echo "$service"
  ask "$service-migrate" migrate --check
done

echo "topics"
if echo "$running" | grep -Eqx 'kafka(-[0-9]+)?'; then
  ask provision --check
else
  echo "! Kafka does not run yet: its topics were not looked at."
fi
exit "$wrong"
