#!/usr/bin/env bash
# Installs what a Debian machine lacks for the whole test suite: PostgreSQL, RabbitMQ, a browser, two
# readers of PDF, clocks that are wrong, and what checks scripts and alert rules. `make run` and
# `make test` need none of it.
set -euo pipefail

declare -A provider=(
    [cc]=build-essential
    [make]=make
    [psql]=postgresql-client
    [pg_ctlcluster]=postgresql
    [rabbitmqctl]=rabbitmq-server
    [chromium]=chromium
    [qpdf]=qpdf
    [pdftotext]=poppler-utils
    [faketime]=faketime
    [promtool]=prometheus
    [shellcheck]=shellcheck
    [curl]=curl
    [python3]=python3
)

missing=()
for program in "${!provider[@]}"; do
    command -v "$program" >/dev/null 2>&1 || missing+=("${provider[$program]}")
done
# The validator of Open Badges is installed into an environment of its own.
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing+=(python3-venv)
if [ ${#missing[@]} -eq 0 ]; then
    echo "Everything that the tests use is installed."
    exit 0
fi

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
echo "Installing ${missing[*]}"
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
