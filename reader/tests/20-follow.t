#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--follow prints each new value once, until the name is gone'

# follow [OPTION]...: start shmread --follow.
follow()
{
    start following shmread --follow --interval 20ms "$@" "$unique"
}

# --follow ends each value that has no newline with CR LF.
has_printed()
{
    tr -d '\r' <"$dir/held/following.output" | cmp -s "$dir/wanted" -
}

# followed LINE...: wait until --follow has printed exactly these lines.
followed()
{
    printf '%s\n' "$@" >"$dir/wanted"
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

it 'prints each new value on a line of its own, also an equal or empty one, and succeeds when the name is gone'
run 0 shmwrite -d --size 100 "$unique" 'one'
follow
followed one
run 0 shmwrite --put "$unique" 'two'
followed one two
run 0 shmwrite --put "$unique" 'two'
followed one two two
run 0 shmwrite --put "$unique" ''
followed one two two ''
printf 'a line\n' | run 0 shmwrite --update "$unique"
followed one two two '' 'a line'
let_go
ended

it 'prints a value only once'
run 0 shmwrite -d "$unique" 'once'
run 6 shmread --follow --interval 1ms --timeout 300ms "$unique"
errors_have "$unique: timed out waiting for a new value"
output_lines 'once'
let_go

it 'prints the memory of another program whenever its bytes have changed'
hold other collide section "$unique"
follow
followed foreign
run 0 shmwrite --update --raw "$unique" 'FOReign'
followed foreign FOReign
run 0 shmwrite --update --raw "$unique" 'FOReign'
run 0 shmwrite --update --raw "$unique" 'for'
followed foreign FOReign foreign
drop other
ended

if on_wine; then
    it 'ends when the holder has been killed, and does not keep the name alive'
    run 0 shmwrite -d "$unique" 'x'
    follow
    followed x
    kill_holder "$unique"
    ended
    gone
fi

it 'reports that there is nothing to follow, or waits for it with --wait'
run 1 shmread --follow "$unique"
says "$unique: does not exist"
follow --wait
until_true is_started following
is_over following && fail 'it did not wait'
run 0 shmwrite -d "$unique" 'at last'
followed 'at last'
let_go
ended
run 6 shmread --follow --wait --timeout 50ms "$unique"

it 'never prints half a value, or a value twice, however fast the updates are'
bytes 100000 | tr '\n' ' ' >"$dir/long"
run 0 shmwrite -d --size 128K "$unique" 'start'
start following shmread --follow --interval 1ms "$unique"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    printf '%s ' "$i" | cat - "$dir/long" | run 0 shmwrite --put "$unique"
done
run 0 shmwrite --put "$unique" 'end'
until_true grep -q '^end' "$dir/held/following.output" || fail 'the last one is not printed'
let_go
over following 0
tr -d '\r' <"$dir/held/following.output" | grep -vxE 'start|end' >"$dir/output"
sed 's/^[0-9]* //' "$dir/output" | sort -u >"$dir/kinds"
echo | cat "$dir/long" - >"$dir/wanted"
[ ! -s "$dir/kinds" ] || cmp -s "$dir/kinds" "$dir/wanted" || fail 'some value is not whole'
[ -z "$(uniq -d "$dir/output")" ] || fail 'a value came twice'
echo "# 15 updates, of which $(wc -l <"$dir/output") were printed"

it 'counts each value for a holder with --reads'
run 0 shmwrite -d --reads 2 --size 100 "$unique" 'first'
follow
followed first
run 0 shmwrite --put "$unique" 'second'
printf 'first\nsecond\n' >"$dir/wanted"
ended
gone

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
let_go

if on_wine; then
    it 'uses no measurable processor time while nothing changes'
    run 0 shmwrite -d --size 100 "$unique" 'idle'
    start following shmread --follow "$unique"
    followed idle
    read -r pid <"$dir/held/following.pid"
    before=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
    sleep 3
    used=$((($(awk '{ print $14 + $15 }' "/proc/$pid/stat") - before) * 1000 / $(getconf CLK_TCK)))
    [ $used -lt 150 ] || fail "it used $used ms in 3 s"
    let_go
    ended
else
    skip 'uses no measurable processor time while nothing changes' 'this needs /proc'
fi

finish
