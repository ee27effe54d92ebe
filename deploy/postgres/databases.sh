#!/bin/sh
# A database and a role a service, none sees another's; passwords as the secrets name them.
# Their order of letters is PostgreSQL's own: the C library of a newer image spoils no index.
# Safe to repeat. The roles' passwords are read from files and never written to a log.
set -eu

run() {
  psql --username postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"
}

for service in listings matching notifications surveys; do
  password=$(sed 's|^postgresql://[^:]*:\([^@]*\)@.*$|\1|' "/run/secrets/${service}_database_url")
  run --set service="$service" <<SQL
select format('create role %I login', :'service')
  where not exists (select from pg_roles where rolname = :'service') \gexec
set log_statement = 'none';
\set password '$password'
alter role :"service" password :'password';
select format('create database %I owner %I template template0 locale_provider builtin'
    ' builtin_locale %L', :'service', :'service', 'C.UTF-8')
  where not exists (select from pg_database where datname = :'service') \gexec
revoke all on database :"service" from public;
SQL
done

run <<SQL
\set password '$(cat /run/secrets/postgres_password)'
alter role postgres password :'password';
revoke all on database postgres, template1 from public;
SQL
echo "The databases are there."
