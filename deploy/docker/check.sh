#!/usr/bin/env bash
# Checks the files of deployment. It starts nothing. docker compose, hadolint and kubernetes-validate are
# installed into target/deploy-checks if they are not here; what is not run for want of shellcheck, helm
# or promtool is said.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment=${CARGO_TARGET_DIR:-target}/deploy-checks
environment=$(realpath -m "$environment")
rendered=$environment/rendered.yaml

has() { command -v "$1" >/dev/null 2>&1; }

tools() {
    if has hadolint && has kubernetes-validate && docker compose version >/dev/null 2>&1; then return; fi
    if ! cmp -s deploy/docker/requirements.txt "$environment/requirements.txt"; then
        echo "Installing what checks the files of deployment into $environment" >&2
        python3 -m venv --clear "$environment"
        "$environment/bin/pip" install --quiet --disable-pip-version-check -r deploy/docker/requirements.txt >&2
        cp deploy/docker/requirements.txt "$environment/requirements.txt"
    fi
    PATH=$PATH:$environment/bin
}

run() {
    if has "$1"; then
        echo "+ $*"
        "$@"
    else
        echo "Not run, for want of $1: $*"
    fi
}

compose() {
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

chart() {
    local values=deploy/helm/testamur/ci/values.yaml
    helm lint --strict --quiet deploy/helm/testamur --values "$values"
    helm template testamur deploy/helm/testamur --values "$values" >"$rendered"
    kubernetes-validate --strict --quiet "$rendered"
}

mkdir -p "$environment"
tools
run shellcheck deploy/*.sh deploy/*/*.sh
run hadolint deploy/docker/Dockerfile
echo "+ docker compose config"
LMS_ISSUER=https://lms.invalid LMS_JWKS_URL=https://lms.invalid/jwks.json \
    compose --env-file deploy/docker/env.example config --quiet
if has helm; then
    echo "+ helm lint, helm template, kubernetes-validate"
    chart
else
    echo "Not run, for want of helm: helm lint, helm template, kubernetes-validate"
fi
run promtool check config --syntax-only deploy/otel/prometheus.yml
run promtool check rules deploy/otel/alerts.yml
run promtool test rules deploy/otel/alerts.test.yml
