#!/bin/sh
# Runs once, on an empty data directory: a database and a role a service, none sees another's.
set -eu

for service in listings matching notifications surveys; do
  psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --quiet \
    --set service="$service" --set password="$(cat "/run/secrets/$service")" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke all on database :"service" from public;
SQL
done
