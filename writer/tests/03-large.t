#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '64 MiB from a file and from a pipe come out unchanged'

bytes $((64 << 20)) >"$dir/large"

it '64 MiB from --input to --output come out unchanged'
hold demo shmwrite "$unique" -i "$dir/large"
run 0 shmread "$unique" -o "$dir/copy"
cmp -s "$dir/copy" "$dir/large" || fail 'it differs'
release demo "$unique"

it '64 MiB from a pipe into a pipe come out unchanged'
tr x x <"$dir/large" | hold demo shmwrite "$unique"
$WINSHM_RUN "$build/shmread.exe" "$unique" | cmp -s - "$dir/large" || fail 'it differs'
release demo "$unique"

finish
