#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/scribbled.sh
goal 'the tools end in order, whatever another program writes into the memory while they use it'

it 'the tools use values, sealed values and streams while another program overwrites them at random'
head -c 300000 /dev/zero | tr '\0' x >"$dir/much"
scribbled "${SCRIBBLE_SECONDS:-6}"
for name in "$unique" "$unique.sealed"; do
    signal "$name.winshm.release" || fail "$name has no holder"
    until_true is_gone "$name" || fail "$name does not go"
done

finish
