#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'whatever process is killed, the value is the old one or the new one, complete, and the next --put works'

size=65536

# random LIMIT: print a number from 0 to LIMIT - 1. The sequence is the same in
# each run.
random()
{
    state=$(((state * 1103515245 + 12345) % 2147483648))
    echo $((state / 65536 % $1))
}

# is_good: expect that the present value is not torn.
is_good()
{
    run 0 shmread "$unique"
    cp "$dir/output" "$dir/found"
    run 0 tear check "$dir/found"
}

# put_next: put another value, and expect that shmread prints it.
put_next()
{
    next=$((next + 1))
    run 0 tear make $next $size
    cp "$dir/output" "$dir/next"
    run 0 shmwrite --put --size $size -i "$dir/next" "$unique"
    errors_are_empty
    value_equals "$dir/next"
}

# start_updater PROGRAM...: start an updater, and wait for a part of 100 ms.
start_updater()
{
    start updater "$@"
    until_true is_started updater || fail 'it does not start'
    sleep "0.0$(printf %03d "$(random 1000)")"
}

# kills COUNT: kill COUNT processes: in turn two fast updaters, an updating
# command, and a holder. After each the value must be complete, and another one
# can be put. Each second time that a holder is killed, a program keeps the
# value alive, and an updater runs.
kills()
{
    state=1
    next=0
    killed=0
    put_next
    while [ $killed -lt "$1" ] && [ ! -s "$dir/failures" ]; do
        case $((killed % 8)) in
        2 | 6) start_updater shmwrite --update -i "$dir/next" "$unique" ;;
        3)
            hold reader borrow_w "$unique"
            start_updater tear update "$unique" $size 60000
            kill_holder "$unique"
            ;;
        7) kill_holder "$unique" ;;
        *) start_updater tear update "$unique" $size 60000 ;;
        esac
        if [ $((killed % 8)) -ne 7 ]; then
            is_over updater || drop updater 2>/dev/null # it may end by itself just now
            is_good
        fi
        put_next
        if [ $((killed % 8)) -eq 3 ]; then
            stop reader "$unique"
            [ "$(background_of "$unique" | wc -l)" -eq 1 ] || fail 'it is not held again'
            is_good
        fi
        killed=$((killed + 1))
    done
    echo "# killed $killed"
    let_go
}

count=${KILLS:-32}
if on_wine; then
    it "survives $count kills of updaters and holders"
    kills "$count"
else
    skip "survives $count kills of updaters and holders" 'this needs /proc, to find the holder'
fi

finish
