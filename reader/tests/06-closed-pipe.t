#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a reader that went away ends shmread quickly, with a status of its own'

windows_program=$(with_backslashes "$(program shmread)")

it 'says that whoever read the output has gone away'
hold demo shmwrite "$unique" 'hello'
run 7 closed_output_w "$windows_program $unique"
echo shmread >"$dir/ran"
says "$unique: whoever read the output has gone away"
release demo "$unique"

it 'says so in the middle of a large value'
bytes $((32 << 20)) >"$dir/large"
hold demo shmwrite "$unique" <"$dir/large"
{
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmread.exe" "$unique" 2>"$dir/errors"
    echo $? >"$dir/status"
} | head -c 100 >"$dir/output"
test "$(cat "$dir/status")" -eq 7 || fail "status $(cat "$dir/status")"
errors_have 'whoever read the output has gone away'
head -c 100 "$dir/large" >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'has nothing to say of an empty value, which nobody misses'
hold demo shmwrite "$unique" ''
run 0 closed_output_w "$windows_program $unique"
release demo "$unique"

finish
