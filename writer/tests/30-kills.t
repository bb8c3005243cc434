#!/bin/sh
# shellcheck source=common/tests/scenario.sh
. "$(dirname "$0")/../../common/tests/scenario.sh"
# shellcheck source=common/tests/background.sh
. common/tests/background.sh
# shellcheck source=common/tests/kills.sh
. common/tests/kills.sh
goal 'whoever is killed, the value is the old one or the new one, whole, and the next --put works'

if on_wine; then
    it 'survives 32 kills of updaters and holders'
    kills 32
else
    skip 'survives 32 kills of updaters and holders' 'it takes /proc, to find the holder'
fi

finish
