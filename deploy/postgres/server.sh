#!/usr/bin/env bash
# A PostgreSQL server for tests and for `make up`: `find` prints the URL of one that answers on this
# machine and may be used; `start FOLDER` starts a private one there and prints its URL; `stop FOLDER`
# ends it; `kill FOLDER` ends it as a power cut would.
set -euo pipefail

answers() {
    command -v psql >/dev/null 2>&1 && psql "$1" -qtAc 'SELECT 1' >/dev/null 2>&1
}

find_server() {
    for url in "${TEST_DATABASE_URL:-}" "postgres://$(id -un)@127.0.0.1/postgres" "postgres://postgres@127.0.0.1/postgres"; do
        if [ -n "$url" ] && answers "$url"; then
            echo "$url"
            return 0
        fi
    done
    return 1
}

program() {
    local binaries
    binaries=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    local path
    path=$(command -v "$1" || echo "$binaries/$1")
    if [ ! -x "$path" ]; then
        echo "No PostgreSQL is installed: run deploy/setup.sh" >&2
        exit 1
    fi
    echo "$path"
}

# initdb and the server refuse root.
as=()
[ "$(id -u)" -ne 0 ] || as=(runuser -u postgres --)

start() {
    local folder=$1 port
    if [ ! -d "$folder/data" ]; then
        mkdir -p "$folder"
        [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
        "${as[@]}" "$(program initdb)" -D "$folder/data" -U postgres -A trust -E UTF8 >/dev/null
        # Why there: ../rabbitmq/server.sh.
        echo $((26000 + RANDOM % 4000)) >"$folder/port"
    fi
    port=$(cat "$folder/port")
    if ! "${as[@]}" "$(program pg_ctl)" -D "$folder/data" status >/dev/null 2>&1; then
        # shellcheck disable=SC2086 # options are words
        "${as[@]}" "$(program pg_ctl)" -D "$folder/data" -l "$folder/log" -w -t 60 \
            -o "-p $port -k /tmp -c listen_addresses=127.0.0.1 -c max_connections=300 ${POSTGRES_OPTIONS:-}" \
            start >/dev/null 2>&1 </dev/null
    fi
    echo "postgres://postgres@127.0.0.1:$port/postgres"
}

case ${1:-} in
find) find_server ;;
start) start "$2" ;;
stop) [ ! -d "$2/data" ] || "${as[@]}" "$(program pg_ctl)" -D "$2/data" -m fast stop >/dev/null 2>&1 || true ;;
kill)
    [ -s "$2/data/postmaster.pid" ] || exit 0
    postmaster=$(head -n 1 "$2/data/postmaster.pid")
    # One that ended by itself is where it should be, and its id may be another's.
    grep -qaF -- "$2/data" "/proc/$postmaster/cmdline" 2>/dev/null || exit 0
    kill -9 "$postmaster"
    while kill -0 "$postmaster" 2>/dev/null; do sleep 0.02; done
    ;;
*)
    echo "usage: $0 find | start FOLDER | stop FOLDER | kill FOLDER" >&2
    exit 2
    ;;
esac
