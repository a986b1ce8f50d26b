#!/usr/bin/env bash
# Makes a role and a database for each service on the server of URL (an administrator's), or finds
# them: `databases.sh URL SECRETS [PREFIX]`. Passwords are made in the folder SECRETS, a file a service.
# Each role may log in and owns its own database; nobody else may connect to that.
set -euo pipefail
url=$1 secrets=$2 prefix=${3:-testamur}

mkdir -p "$secrets"
chmod 700 "$secrets"
for service in badge credentials registrar renderer; do
    name=${prefix}_$service
    file=$secrets/postgres-$service
    [ -s "$file" ] || (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$file")
    exists() { psql "$url" -qtAc "$1" | grep -q 1; }
    exists "SELECT 1 FROM pg_roles WHERE rolname = '$name'" ||
        psql "$url" -q -c "CREATE ROLE $name LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
    psql "$url" -q -v "password=$(cat "$file")" <<<"ALTER ROLE $name PASSWORD :'password';"
    exists "SELECT 1 FROM pg_database WHERE datname = '$name'" ||
        psql "$url" -q -c "CREATE DATABASE $name OWNER $name ENCODING 'UTF8' TEMPLATE template0"
    psql "$url" -q -c "REVOKE ALL ON DATABASE $name FROM PUBLIC"
done
