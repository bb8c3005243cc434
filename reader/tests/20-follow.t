#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--follow prints each new value once, until the name is gone'

# --follow ends each value that has no newline with CR LF.
has_printed()
{
    tr -d '\r' <"$dir/held/following.output" | cmp -s "$dir/wanted" -
}

# followed TEXT: wait until --follow has printed exactly TEXT.
followed()
{
    printf '%s' "$1" >"$dir/wanted"
    until_true has_printed || {
        fail 'it printed something else:'
        show "$dir/held/following.output"
    }
}

# ended: expect that --follow ends with status 0, without a message and without
# further output.
ended()
{
    over following 0
    errors_are_empty
    has_printed || {
        fail 'it printed more:'
        show "$dir/output"
    }
}

it 'prints each new value on a line of its own, and succeeds when the name is gone'
run 0 shmwrite -d --size 100 "$unique" 'one'
start following shmread --follow --interval 20ms "$unique"
followed 'one
'
run 0 shmwrite --put "$unique" 'two'
followed 'one
two
'
printf 'a line\n' | run 0 shmwrite --update "$unique"
followed 'one
two
a line
'
run 0 shmwrite --release "$unique"
ended
gone "$unique"

it 'prints an empty value as an empty line, and the same value again when it is put again'
run 0 shmwrite -d --size 100 "$unique" 'same'
start following shmread -f --interval 20ms "$unique"
followed 'same
'
run 0 shmwrite --put "$unique" 'same'
followed 'same
same
'
run 0 shmwrite --put "$unique" ''
followed 'same
same

'
run 0 shmwrite --put "$unique" 'end'
followed 'same
same

end
'
let_go "$unique"
ended

it 'prints a value only once'
run 0 shmwrite -d "$unique" 'once'
run 6 shmread --follow --interval 1ms --timeout 300ms "$unique"
errors_have "$unique: timed out waiting for a new value"
output_has 'once'
[ "$(wc -l <"$dir/output")" -eq 1 ] || fail 'it printed it more than once'
let_go "$unique"

it 'prints the memory of another program whenever its bytes have changed'
hold other collide section "$unique"
start following shmread --follow --interval 20ms "$unique"
followed 'foreign
'
run 0 shmwrite --update --raw "$unique" 'FOReign'
followed 'foreign
FOReign
'
run 0 shmwrite --update --raw "$unique" 'FOReign'
run 0 shmwrite --update --raw "$unique" 'for'
followed 'foreign
FOReign
foreign
'
stop other "$unique"
ended

it 'does not keep the name alive that it follows'
run 0 shmwrite -d "$unique" 'x'
start following shmread --follow --interval 10ms "$unique"
followed 'x
'
run 0 shmwrite --release "$unique"
errors_are_empty
gone "$unique"
ended
if on_wine; then
    run 0 shmwrite -d "$unique" 'x'
    start following shmread --follow --interval 10ms "$unique"
    followed 'x
'
    kill_holder "$unique"
    ended
    gone "$unique"
fi
hold other collide section "$unique"
start following shmread --follow --interval 10ms "$unique"
followed 'foreign
'
drop other
ended

it 'notices a name that was created again between two looks only by its value'
run 0 shmwrite -d "$unique" 'first'
start following shmread --follow --interval 400ms "$unique"
followed 'first
'
run 0 shmwrite --release "$unique"
run 0 shmwrite -d "$unique" 'second'
until_true grep -q second "$dir/held/following.output" || is_over following || fail 'it does neither'
is_over following || followed 'first
second
'
let_go "$unique"
ended

it 'reports that there is nothing to follow, or waits for it with --wait'
run 1 shmread --follow "$unique"
says "$unique: does not exist"
start following shmread --follow --wait --interval 20ms "$unique"
until_true is_started following
is_over following && fail 'it did not wait'
run 0 shmwrite -d "$unique" 'at last'
followed 'at last
'
let_go "$unique"
ended
run 6 shmread --follow --wait --timeout 50ms "$unique"

it 'prints every value of a writer that waits for each read with --reads'
run 0 shmwrite -d --size 100 "$unique" '0'
start following shmread --follow --interval 5ms "$unique"
followed '0
'
printed='0
'
for value in 1 2 3 4 5 6 7 8 9; do
    run 0 shmwrite --put "$unique" "$value"
    printed="$printed$value
"
    followed "$printed"
done
let_go "$unique"
ended

it 'never prints half a value, or a value twice, however fast the updates are'
bytes 100000 | tr '\n' ' ' >"$dir/long"
run 0 shmwrite -d --size 128K "$unique" 'start'
start following shmread --follow --interval 1ms "$unique"
i=0
while [ $i -lt 30 ]; do
    printf '%s ' "$i" | cat - "$dir/long" | run 0 shmwrite --put "$unique"
    i=$((i + 1))
done
run 0 shmwrite --put "$unique" 'end'
until_true grep -q '^end' "$dir/held/following.output" || fail 'the last one is not printed'
let_go "$unique"
over following 0
tr -d '\r' <"$dir/held/following.output" >"$dir/output"
grep -vxE 'start|end' "$dir/output" | sed 's/^[0-9]* //' | sort -u >"$dir/kinds"
{
    cat "$dir/long"
    echo
} >"$dir/wanted"
if [ -s "$dir/kinds" ]; then
    cmp -s "$dir/kinds" "$dir/wanted" || fail 'some value is not whole'
fi
[ -z "$(uniq -d "$dir/output")" ] || fail 'a value came twice'
echo "# 30 updates, of which $(grep -vcxE 'start|end' "$dir/output") were printed"

it 'counts each value for a holder with --reads'
run 0 shmwrite -d --reads 2 --size 100 "$unique" 'first'
start following shmread --follow --interval 20ms "$unique"
followed 'first
'
run 0 shmwrite --put "$unique" 'second'
printf 'first\nsecond\n' >"$dir/wanted"
ended
gone "$unique"

it 'ends when no program reads its output any more'
run 0 shmwrite -d --size 100 "$unique" 'first'
{
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$(program shmread)" --follow --interval 10ms "$unique" \
        2>"$dir/errors"
    echo $? >"$dir/status"
} | head -n 1 >"$dir/output" &
pipeline=$!
until_true test -s "$dir/output" || fail 'it printed nothing'
wrote_status()
{
    $WINSHM_RUN "$(program shmwrite)" --put "$unique" 'next'
    [ -s "$dir/status" ]
}
until_true wrote_status || fail 'it does not end'
wait $pipeline
[ "$(cat "$dir/status")" -eq 7 ] || fail "it ended with $(cat "$dir/status")"
let_go "$unique"

if on_wine; then
    it 'uses no measurable processor time while nothing changes'
    run 0 shmwrite -d --size 100 "$unique" 'idle'
    start following shmread --follow "$unique"
    followed 'idle
'
    pid=$(cat "$dir/held/following.pid")
    ticks()
    {
        awk '{ print $14 + $15 }' "/proc/$pid/stat"
    }
    before=$(ticks)
    begun=$(date +%s%N)
    sleep 5
    used=$((($(ticks) - before) * 1000 / $(getconf CLK_TCK)))
    wall=$((($(date +%s%N) - begun) / 1000000))
    echo "# $used ms of processor time in $wall ms"
    [ $((used * 20)) -lt $wall ] || fail "it used $used ms in $wall ms"
    let_go "$unique"
    ended
else
    skip 'uses no measurable processor time while nothing changes' 'this needs /proc'
fi

it 'refuses an --interval that is not a duration, or that is without --follow'
run 2 shmread --interval 1s "$unique"
says '--interval goes only with --follow'
run 2 shmread --follow --interval 0 "$unique"
says '--interval: 0 is too short: give 1ms or more'
run 2 shmread --follow --interval often "$unique"
run 2 shmread --follow --output "$dir/file" "$unique"
says '--output does not go with --follow'

finish
