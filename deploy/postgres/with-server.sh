#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL naming a PostgreSQL server on which it may create databases:
# the one that is given, else one found on this machine, else a private one that ends with the command.
set -euo pipefail
server=$(dirname "$0")/server.sh

if url=$("$server" find); then
    TEST_DATABASE_URL=$url exec "$@"
fi
folder=$(mktemp -d)
chmod 755 "$folder"
trap '"$server" stop "$folder/postgres"; rm -rf "$folder"' EXIT
# Nothing of a test is worth keeping.
url=$(POSTGRES_OPTIONS="-c fsync=off" "$server" start "$folder/postgres")
TEST_DATABASE_URL=$url "$@"
