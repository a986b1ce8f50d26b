#!/usr/bin/env bash
# Makes a Python environment with the Open Badges validator in a folder; does nothing if it is there.
set -euo pipefail

folder=${1:?usage: setup.sh FOLDER}
requirements=$(dirname "$0")/requirements.txt
installed=$folder/requirements.txt

if cmp -s "$requirements" "$installed" && "$folder/bin/python" -c 'import openbadges' 2>/dev/null; then
    exit 0
fi
echo "Installing the Open Badges validator into $folder" >&2
python3 -m venv --clear "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements"
cp "$requirements" "$installed"
