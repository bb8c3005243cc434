#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal '--stream refuses a ring that is too large, and --progress shows its progress'

it 'refuses a ring that no machine has memory for'
run 8 shmwrite --stream --size 15T "$unique" </dev/null
says "$unique: "

# lines ID: print the number of lines of progress that the program has printed.
lines()
{
    grep -c ', ring [0-9]* % full' "$dir/held/$1.errors"
}
enough_lines()
{
    [ "$(lines "$1")" -ge 2 ]
}

it 'prints a line each second where stderr is no console, and one at the end'
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --progress --stream "$unique"
begun=$(milliseconds)
stage reader shmread --progress --wait "$unique" | start out flow_w check
until_true enough_lines writer || fail 'the writer says nothing'
until_true enough_lines reader || fail 'the reader says nothing'
test $(($(milliseconds) - begun)) -ge 1800 || fail 'that was more often'
continue_flow "$unique.go"
for side in writer reader; do
    over $side 0
    grep -q "^shm[a-z]*: $unique: 777 bytes, .*/s, 0:0[0-9], ring 0 % full" "$dir/errors" ||
        fail "$side did not say 777: $(cat "$dir/errors")"
    tail -n 1 "$dir/errors" | grep -q "^shm[a-z]*: $unique: 1000 bytes, .*/s, 0:0[0-9], ring 0 % full" ||
        fail "$side did not end with 1000: $(cat "$dir/errors")"
    grep -q '% *,\|left' "$dir/errors" && fail "$side knows the size: $(cat "$dir/errors")"
    show_cr <"$dir/errors" | grep -q "$cr$cr" && fail "$side moves to the beginning of a line twice"
done
came 1000

it 'prints the percentage and the remaining time if the size is known'
$WINSHM_RUN "$build/tests/flow_w.exe" make 1000000 >"$dir/million"
start writer shmwrite --progress --stream --size 64K "$unique" --input "$dir/million"
stage reader shmread --wait "$unique" | start out flow_w check pause 0 "$unique.go"
says_soon writer ' left'
continue_flow "$unique.go"
over reader 0
over writer 0
grep -q 'ring 100 % full, [1-9][0-9]* %, [0-9]*:[0-9][0-9] left' "$dir/errors" ||
    fail "no percentage: $(cat "$dir/errors")"
tail -n 1 "$dir/errors" | grep -q '100 %, 0:00 left' || fail "it did not end with 100 %: $(cat "$dir/errors")"
came 1000000

finish
