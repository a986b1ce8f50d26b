#!/usr/bin/env bash
# Starts the four services as processes of their own under FOLDER (./run), on a PostgreSQL and a RabbitMQ
# found on this machine, or on private ones in the folder. `make up` builds and calls it; what follows
# FOLDER goes to `testamur-apart up`. PRIVATE=1 never uses servers that were found.
set -euo pipefail
here=$(dirname "$0")
programs=${PROGRAMS:?the folder of the built programs}
folder=${1:-run}
shift || true
mkdir -p "$folder"
chmod 755 "$folder"
folder=$(cd "$folder" && pwd)
# One suite's names on a shared server: those of its folder.
name=${SUITE:-testamur_$(echo -n "$folder" | cksum | cut -d ' ' -f 1)}

if [ -n "${PRIVATE:-}" ] || [ -d "$folder/postgres" ] || ! postgres=$("$here/postgres/server.sh" find); then
    echo "Starting a private PostgreSQL" >&2
    postgres=$("$here/postgres/server.sh" start "$folder/postgres")
fi
if [ -n "${PRIVATE:-}" ] || [ -d "$folder/rabbitmq" ] || ! amqp=$("$here/rabbitmq/server.sh" find "$name"); then
    echo "Starting a private RabbitMQ" >&2
    amqp=$("$here/rabbitmq/server.sh" start "$folder/rabbitmq")
fi
"$here/postgres/databases.sh" "$postgres" "$folder/secrets" "$name"

address=${postgres#*@}
address=${address%%/*}
case $address in *:*) ;; *) address=$address:5432 ;; esac
exec "$programs/testamur-apart" --folder "$folder" up --postgres "$address" --prefix "$name" --amqp "$amqp" "$@"
