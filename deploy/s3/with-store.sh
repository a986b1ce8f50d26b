#!/usr/bin/env bash
# Runs a command with TEST_S3_URL naming a bucket for tests, as in http://127.0.0.1:9000/BUCKET: the one
# that is given, whose credentials are in the usual variables of AWS, else one of a private SeaweedFS that
# ends with the command.
set -euo pipefail
store=$(dirname "$0")/store.sh

if [ -n "${TEST_S3_URL:-}" ]; then
    exec "$@"
fi
folder=$(mktemp -d)
trap '"$store" stop "$folder"; rm -rf "$folder"' EXIT
url=$("$store" start "$folder")
env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN -u AWS_PROFILE \
    TEST_S3_URL="$url" AWS_SHARED_CREDENTIALS_FILE="$folder/credentials" "$@"
