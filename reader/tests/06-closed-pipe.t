#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread ends quickly, with a status of its own, if the program that reads its output has ended'

windows_program=$(with_backslashes "$(program shmread)")

it 'reports that the program that reads the output has ended, unless the value is empty'
hold demo shmwrite --size 100 "$unique" 'hello'
run 7 run_w closed "$windows_program $unique"
echo shmread >"$dir/ran"
says "$unique: the program that read the output has ended"
run 0 shmwrite --update "$unique" ''
run 0 run_w closed "$windows_program $unique"
release demo "$unique"

it 'reports that in the middle of a large value, too'
bytes $((32 << 20)) >"$dir/large"
hold demo shmwrite "$unique" <"$dir/large"
{
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmread.exe" "$unique" 2>"$dir/errors"
    echo $? >"$dir/status"
} | head -c 100 >"$dir/output"
test "$(cat "$dir/status")" -eq 7 || fail "status $(cat "$dir/status")"
errors_have 'the program that read the output has ended'
head -c 100 "$dir/large" >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

finish
