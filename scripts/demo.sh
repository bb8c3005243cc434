#!/bin/sh
# demo.sh BUILD - run scripts/demo.bat with the programs in the folder BUILD.
#
# The batch file runs under Wine, or directly on Windows.
set -u
cd "$(dirname "$0")/.." || exit 2
. common/tests/scenarios/wine.sh

trap wine_end EXIT
trap 'exit 130' INT TERM HUP
wine_begin || { echo "demo.sh: Wine does not start" >&2; exit 1; }
folder=$(printf %s "$1" | tr / '\134')
if [ -n "$WINSHM_RUN" ]; then
    wine cmd /c 'scripts\demo.bat' "$folder"
else
    cmd /c 'scripts\demo.bat' "$folder"
fi
