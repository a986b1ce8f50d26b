#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml reads, a file each, and leaves those alone that are there:
# `secrets.sh [FOLDER]`. The folder is closed to everybody else; the files in it are not, because the
# containers' users, which Docker lets in one by one, are none of this machine's.
set -euo pipefail
umask 022
folder=${1:-run/compose-secrets}

mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
secret() { cat "$folder/$1"; }
# Never half a file: what is there is taken for whole.
keep() {
    local name=$1
    shift
    if [ ! -s "$folder/$name" ]; then
        "$@" >"$folder/$name.new"
        mv "$folder/$name.new" "$folder/$name"
        echo "made $folder/$name"
    fi
}
# Keys the addresses of documents: to be kept as long as the documents.
ids_secret() { random && random; }
database_url() { printf 'postgres://%s:%s@postgres/%s' "testamur_$1" "$(secret "postgres-$1")" "testamur_$1"; }
# As the programs of AWS read them.
s3_account() { printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$1" "$(random)"; }
s3_secret() { sed -n 's/^aws_secret_access_key = //p' "$folder/s3-$1"; }
# Who may do what in the store: each service everything in its own bucket, and nothing elsewhere.
s3_accounts() {
    local service comma=""
    echo '{"identities": ['
    for service in badge registrar renderer; do
        printf '%s{"name": "%s", "credentials": [{"accessKey": "%s", "secretKey": "%s"}],\n' \
            "$comma" "$service" "$service" "$(s3_secret "$service")"
        printf ' "actions": ["Read:testamur-%s", "Write:testamur-%s", "List:testamur-%s"]}' \
            "$service" "$service" "$service"
        comma=$',\n'
    done
    printf '\n]}\n'
}
amqp_url() { printf 'amqp://%s:%s@rabbitmq/testamur' "$1" "$(secret "rabbitmq-$1")"; }

for service in badge credentials registrar renderer; do
    keep "postgres-$service" random
    keep "rabbitmq-$service" random
    keep "database-url-$service" database_url "$service"
    keep "amqp-url-$service" amqp_url "$service"
done
for service in badge registrar renderer; do
    keep "s3-$service" s3_account "$service"
done
keep s3-accounts.json s3_accounts
keep postgres-admin random
keep grafana-admin random
keep renderer-ids ids_secret
