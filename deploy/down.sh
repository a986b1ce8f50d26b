#!/usr/bin/env bash
# Stops what deploy/up.sh started under FOLDER (./run), private servers included; all data is kept.
set -euo pipefail
here=$(dirname "$0")
folder=${1:-run}
"${PROGRAMS:?the folder of the built programs}/testamur-apart" --folder "$folder" down
"$here/postgres/server.sh" stop "$folder/postgres"
"$here/rabbitmq/server.sh" stop "$folder/rabbitmq"
