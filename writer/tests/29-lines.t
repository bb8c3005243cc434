#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--lines makes each line of the input the value, as soon as it is whole'

# sent TEXT WANTED: print TEXT to the pipe of --lines, and wait until a follower
# has printed exactly WANTED.
has_printed()
{
    tr -d '\r' <"$dir/held/following.output" | cmp -s "$dir/wanted" -
}
sent()
{
    # shellcheck disable=SC2059
    printf "$1"
    # shellcheck disable=SC2059
    printf "$2" >"$dir/wanted"
    until_true has_printed || {
        fail "the follower has not printed all after: $1"
        show "$dir/held/following.output"
    }
}

# slowly: print the lines of a slow producer, and wait for each.
slowly()
{
    sent 'one\n' 'one\n'
    sent 'two\r\n' 'one\ntwo\n'
    sent '\n' 'one\ntwo\n\n'
    printf 'thr'
    sleep 0.3
    sent 'ee\n' 'one\ntwo\n\nthree\n'
    printf 'last'
}

it 'shows each line of a slow producer to a follower at once, and lets go of the value at the end'
start following shmread --wait --follow "$unique"
slowly | run 0 shmwrite --lines "$unique"
says "$unique: holding the newest line until the input ends"
over following 0
output_lines one two '' three last
gone

it 'does the same with --put, and leaves the last line in the background'
start following shmread --wait --follow "$unique"
slowly | run 0 shmwrite --put --lines "$unique"
errors_are_empty
value_is "$unique" 'last'
let_go
over following 0
output_lines one two '' three last

# has_value TEXT: whether the value is TEXT.
has_value()
{
    [ "$($WINSHM_RUN "$build/shmread.exe" -q "$unique" 2>/dev/null)" = "$1" ]
}

is_there()
{
    ! is_gone
}

# wait_for FILE: keep the pipe of --lines open until the file is there.
wait_for()
{
    until_true test -e "$dir/$1" || fail "$1 was not created"
}

it 'lets go of the value on --release while it waits for input'
rm -f "$dir/end"
{ echo one; wait_for end; } | start lines shmwrite --verbose --lines "$unique" &
until_true has_value one || fail 'the line is no value'
run 0 shmwrite --release "$unique"
errors_are_empty
over lines 0
errors_have "$unique: released: on request"
gone
: >"$dir/end"

it 'ends with 1 when the value that --put updates was released'
rm -f "$dir/more"
{ echo one; wait_for more; echo two; } | start lines shmwrite --put --lines "$unique" &
until_true has_value one || fail 'the line is no value'
run 0 shmwrite --release "$unique"
errors_are_empty
gone
: >"$dir/more"
over lines 1
says "$unique: has been released"
gone

it 'reads a file, and stores the last line of many'
awk 'BEGIN { for (i = 1; i <= 1000000; i++) printf "%063d\n", i }' >"$dir/million"
run 0 shmwrite --put --lines --input "$dir/million" "$unique"
errors_are_empty
value_is "$unique" "$(printf '%063d' 1000000)"
run 0 shmread --stat "$unique"
output_has 'updates:   999999'
# shellcheck disable=SC2002
cat "$dir/million" | run 0 shmwrite --put --lines "$unique"
run 0 shmread --stat "$unique"
output_has 'updates:   1999999'
let_go

it 'cuts UTF-16 at its own line ends, and records the encoding'
printf 'o\000n\000e\000\r\000\n\000t\000\012\012o\000' | run 0 shmwrite --put --lines -e utf-16 "$unique"
run 0 shmread -e bytes "$unique"
output_bytes 't\000\012\012o\000'
run 0 shmread --stat "$unique"
output_has 'encoding:  utf-16'
let_go

it 'refuses a line that is too long, and leaves the line before it'
printf 'one\r\nthree\nfive\n' | run 8 shmwrite --put --lines --size 4 "$unique"
says "$unique: line 2 is larger than 4 bytes"
value_is "$unique" one
let_go
printf '%070000d\n' 1 | run 8 shmwrite --put --lines "$unique"
says "$unique: line 1 is larger than 65536 bytes"
gone

it 'creates nothing without a line'
run 1 shmwrite --lines "$unique" </dev/null
says "$unique: nothing to write: the input is empty"
gone
run 7 shmwrite --put --lines -i "$dir/none" "$unique"
gone

if on_wine; then
    it 'leaves a whole line with --put, and nothing otherwise, when it is killed'
    for put in --put --quiet; do
        awk 'BEGIN { for (i = 1;; i++) printf "%07d %055d\n", i, i }' 2>/dev/null |
            start lines shmwrite $put --lines "$unique" &
        # With --put the holder in the background has begun before update 2.
        run 0 shmread --wait -t 60s --follow --after 1 --count 1 "$unique"
        drop lines
        until_true is_over lines
        if [ "$put" = --put ]; then
            run 0 shmread "$unique"
            [ "$(awk '{ print NF, $1 == $2 + 0, length($0) }' "$dir/output")" = '2 1 63' ] || {
                fail 'the value is no whole line'
                show "$dir/output"
            }
            let_go
        else
            goes
        fi
    done
fi

finish
