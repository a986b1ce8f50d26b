#!/usr/bin/env bash
# Checks the files of deployment with those of these tools that are here: docker compose, hadolint, helm,
# promtool, shellcheck. It starts nothing. What was not run is said.
set -euo pipefail
cd "$(dirname "$0")/../.."

run() {
    local needs=$1
    shift
    if command -v "${needs%% *}" >/dev/null 2>&1 && { [ "$needs" != "docker compose" ] || docker compose version; } >/dev/null 2>&1; then
        echo "+ $*"
        "$@"
    else
        echo "Not run, for want of $needs: $*"
    fi
}
quiet() { "$@" >/dev/null; }

run shellcheck shellcheck deploy/*.sh deploy/*/*.sh
run hadolint hadolint deploy/docker/Dockerfile
LMS_ISSUER=https://lms.invalid LMS_JWKS_URL=https://lms.invalid/jwks.json \
    run "docker compose" docker compose --env-file deploy/docker/env.example config --quiet
run helm helm lint --strict deploy/helm/testamur --values deploy/helm/testamur/ci/values.yaml
run helm quiet helm template testamur deploy/helm/testamur --values deploy/helm/testamur/ci/values.yaml
run promtool promtool check config --syntax-only deploy/otel/prometheus.yml
run promtool promtool check rules deploy/otel/alerts.yml
run promtool promtool test rules deploy/otel/alerts.test.yml
