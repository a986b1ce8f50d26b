#!/usr/bin/env bash
# Runs a command with TEST_AMQP_URL naming a RabbitMQ: the one that is given, else a virtual host of its
# own on one found on this machine, else a private one; either ends with the command.
set -euo pipefail
server=$(dirname "$0")/server.sh

if [ -n "${TEST_AMQP_URL:-}" ]; then
    exec "$@"
fi
vhost=testamur-test-$$
if url=$("$server" find "$vhost"); then
    trap 'rabbitmqctl -q delete_vhost "$vhost" >/dev/null 2>&1' EXIT
else
    folder=$(mktemp -d)
    trap '"$server" stop "$folder"; rm -rf "$folder"' EXIT
    url=$("$server" start "$folder")
fi
TEST_AMQP_URL=$url "$@"
