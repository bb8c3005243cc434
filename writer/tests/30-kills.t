#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
. common/tests/scenarios/kills.sh
goal 'whatever process is killed, the value is the old one or the new one, complete, and the next --put works'

if on_wine; then
    it 'survives 32 kills of updaters and holders'
    kills 32
else
    skip 'survives 32 kills of updaters and holders' 'this needs /proc, to find the holder'
fi

finish
