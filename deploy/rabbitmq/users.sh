#!/usr/bin/env bash
# Makes an account for each service on the broker that `rabbitmqctl` reaches, or finds it:
# `users.sh VHOST SECRETS [PREFIX]`. Passwords are made in the folder SECRETS, a file a service. An account
# may touch the two topic exchanges and the queues of its own family, tell only its own facts, and only
# credentials-service may ask for documents. The virtual host must be there: definitions.json makes it.
set -euo pipefail
vhost=$1 secrets=$2 prefix=${3:-}

control() { rabbitmqctl -q "$@"; }
# They are read from standard input: arguments can be seen by everybody on the machine.
password_of() { tr -d '\n' <"$1" && echo; }

account() {
    local name=$prefix$1 family=$2 facts=$3 jobs=$4 hears_jobs=$5
    local file=$secrets/rabbitmq-$1 mine="^(events|render|$family(\\..*)?)\$"
    [ -s "$file" ] || (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$file")
    if control list_users | cut -f1 | grep -x "$name" >/dev/null; then
        password_of "$file" | control change_password "$name" >/dev/null
    else
        password_of "$file" | control add_user "$name" >/dev/null
    fi
    control set_user_tags "$name"
    control set_permissions -p "$vhost" "$name" "$mine" "$mine" "$mine"
    control set_topic_permissions -p "$vhost" "$name" events "$facts" '.*'
    control set_topic_permissions -p "$vhost" "$name" render "$jobs" "$hears_jobs"
}

if [ ! -d "$secrets" ]; then
    mkdir -p "$secrets"
    chmod 700 "$secrets"
fi
#       account     family              tells             asks                hears jobs
account badge       badge-service       '^badges\.'       '^$'                '^$'
account credentials credentials-service '^credentials\.'  '^render\.request\.' '^$'
account registrar   registrar-service   '^registrar\.'    '^$'                '^$'
account renderer    render              '^renderer\.'     '^$'                '^render\.request\.'
