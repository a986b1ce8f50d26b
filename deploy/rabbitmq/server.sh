#!/usr/bin/env bash
# A RabbitMQ for tests and for `make up`: `find VHOST` prints the URL of a virtual host on a broker that
# answers on this machine and may be used; `start FOLDER` starts a private broker there and prints its
# URL; `queues FOLDER` prints how many messages each of its queues holds, those included that somebody is
# handling; `stop FOLDER` ends it; `kill FOLDER` ends it as a power cut would.
set -euo pipefail

# The ports of private servers lie below those that the system gives to clients, one of which could keep a
# killed server from coming back, and beside those of services: 8000 to 15999 and 18000 to 25999, the usual
# ones with up to 7000 added. The store has 16000 to 17999, PostgreSQL 26000 to 29999, RabbitMQ the rest.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Whether a process was started for a folder.
is_of() { grep -qaF -- "$2" "/proc/$1/environ" "/proc/$1/cmdline" 2>/dev/null; }

definitions=$(dirname "$0")/definitions.json

# Queues are there before the first message, or what is told while one of its listeners has no queue yet
# is lost on that one: `define VHOST RABBITMQCTL...`.
define() {
    local vhost=$1 file outcome=0
    shift
    # What is imported for another host would be missed in silence: an entry a line, and each names it.
    if [ "$(grep -cE '^    \{' "$definitions")" != "$(grep -cE '"vhost":"testamur"|^    \{"name":"testamur"\}' "$definitions")" ]; then
        echo "$definitions is not written as $0 reads it" >&2
        return 1
    fi
    file=$(mktemp)
    chmod 644 "$file"
    sed "s|\"vhost\":\"testamur\"|\"vhost\":\"$vhost\"|; s|{\"name\":\"testamur\"}|{\"name\":\"$vhost\"}|" \
        "$definitions" >"$file"
    "$@" -q import_definitions "$file" >/dev/null 2>&1 || outcome=1
    rm -f "$file"
    return "$outcome"
}

# A virtual host keeps one suite's queues apart from another's.
find_broker() {
    local vhost=$1
    listens 5672 && command -v rabbitmqctl >/dev/null 2>&1 || return 1
    if ! rabbitmqctl -q list_vhosts 2>/dev/null | grep -qx "$vhost"; then
        rabbitmqctl -q add_vhost "$vhost" >/dev/null 2>&1 || return 1
    fi
    define "$vhost" rabbitmqctl || return 1
    rabbitmqctl -q set_permissions -p "$vhost" guest '.*' '.*' '.*' >/dev/null 2>&1 || return 1
    echo "amqp://guest:guest@127.0.0.1:5672/$vhost"
}

private() {
    local folder=$1
    port=$(cat "$folder/port")
    export RABBITMQ_NODENAME="testamur-$port@localhost"
    export RABBITMQ_NODE_PORT=$port RABBITMQ_DIST_PORT=$((port + 1))
    export RABBITMQ_MNESIA_BASE=$folder/mnesia RABBITMQ_LOG_BASE=$folder/log
    export RABBITMQ_PID_FILE=$folder/pid RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins
    # Nothing of what the machine's own broker is told.
    export RABBITMQ_CONF_ENV_FILE=$folder/none RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf
    export RABBITMQ_ADVANCED_CONFIG_FILE=$folder/none RABBITMQ_CONFIG_FILES=$folder/none HOME=$folder ERL_CRASH_DUMP=$folder/erl_crash.dump
    program=$(ls /usr/lib/rabbitmq/bin/rabbitmq-server 2>/dev/null || command -v rabbitmq-server)
    control=$(ls /usr/lib/rabbitmq/bin/rabbitmqctl 2>/dev/null || command -v rabbitmqctl)
}

start() {
    local folder
    mkdir -p "$1"
    folder=$(cd "$1" && pwd)
    if ! command -v rabbitmq-server >/dev/null 2>&1 && [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; then
        echo "No RabbitMQ is installed: run deploy/setup.sh" >&2
        exit 1
    fi
    [ -s "$folder/port" ] || echo $((30000 + RANDOM % 1380 * 2)) >"$folder/port"
    echo '[].' >"$folder/plugins"
    private "$folder"
    echo "listeners.tcp.default = 127.0.0.1:$port" >"$folder/rabbitmq.conf"
    if ! listens "$port"; then
        setsid "$program" >"$folder/output" 2>&1 </dev/null &
        broker=$!
        echo "$broker" >"$folder/group"
        for _ in $(seq 600); do
            if listens "$port" || ! kill -0 "$broker" 2>/dev/null; then break; fi
            sleep 0.1
        done
        listens "$port" || { tail -n 20 "$folder/output" >&2; exit 1; }
    fi
    if [ ! -e "$folder/defined" ]; then
        define / "$control" -n "$RABBITMQ_NODENAME" || { echo "RabbitMQ did not take $definitions" >&2; exit 1; }
        touch "$folder/defined"
    fi
    echo "amqp://guest:guest@127.0.0.1:$port/%2f"
}

case ${1:-} in
find) find_broker "$2" ;;
start) start "$2" ;;
queues)
    folder=$(cd "$2" && pwd)
    private "$folder"
    "$control" -q -n "$RABBITMQ_NODENAME" list_queues --no-table-headers name messages
    ;;
stop)
    [ -s "$2/port" ] || exit 0
    folder=$(cd "$2" && pwd)
    private "$folder"
    if ! "$control" -q -n "$RABBITMQ_NODENAME" shutdown >/dev/null 2>&1; then
        # One that is still on its way up hears nothing.
        group=$(cat "$folder/group" 2>/dev/null) || exit 0
        if is_of "$group" "$folder"; then kill -9 -- "-$group" 2>/dev/null || true; fi
    fi
    ;;
kill)
    [ -s "$2/pid" ] || exit 0
    broker=$(cat "$2/pid")
    # One that ended by itself is where it should be, and its id may be another's.
    is_of "$broker" "$(cd "$2" && pwd)" || exit 0
    kill -9 "$broker"
    while kill -0 "$broker" 2>/dev/null; do sleep 0.02; done
    ;;
*)
    echo "usage: $0 find VHOST | start FOLDER | queues FOLDER | stop FOLDER | kill FOLDER" >&2
    exit 2
    ;;
esac
