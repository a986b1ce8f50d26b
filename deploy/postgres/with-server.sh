#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL naming a PostgreSQL server on which it may create databases:
# the one that is given, else one found on this machine, else a private one that ends with the command.
set -euo pipefail

answers() {
    command -v psql >/dev/null 2>&1 && psql "$1" -qtAc 'SELECT 1' >/dev/null 2>&1
}

if [ -n "${TEST_DATABASE_URL:-}" ]; then
    exec "$@"
fi
for url in "postgres://$(id -un)@127.0.0.1/postgres" "postgres://postgres@127.0.0.1/postgres"; do
    if answers "$url"; then
        TEST_DATABASE_URL=$url exec "$@"
    fi
done

binaries=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
initdb=$(command -v initdb || echo "$binaries/initdb")
pg_ctl=$(command -v pg_ctl || echo "$binaries/pg_ctl")
if [ ! -x "$initdb" ] || [ ! -x "$pg_ctl" ]; then
    echo "No PostgreSQL answers here, and none is installed: run deploy/setup.sh" >&2
    exit 1
fi

# initdb refuses root.
as=()
folder=$(mktemp -d)
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$folder"
    as=(runuser -u postgres --)
fi
port=$((20000 + RANDOM % 20000))
cleanup() {
    "${as[@]}" "$pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap cleanup EXIT
"${as[@]}" "$initdb" -D "$folder/data" -U postgres -A trust >/dev/null
"${as[@]}" "$pg_ctl" -D "$folder/data" -l "$folder/log" -w \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300" start >/dev/null
TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres" "$@"
