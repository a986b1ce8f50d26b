#!/bin/sh
# Makes buckets on a SeaweedFS, and leaves those alone that are there: `buckets.sh MASTER BUCKET...`.
set -eu
master=$1
shift

shell() { echo "$1" | weed shell -master="$master" 2>&1; }
is_there() { shell s3.bucket.list | grep -q "^ *$1[[:space:]]"; }

for bucket in "$@"; do
    # A store that has just begun to listen cannot keep anything yet.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        is_there "$bucket" && break
        shell "s3.bucket.create -name $bucket" || sleep 1
    done
    is_there "$bucket"
done
