# shellcheck shell=sh disable=SC2154 # scenario.sh sets $dir and $unique
# kills.sh - kills updaters and holders at random moments, and checks the value.
#
# Sourced after scenario.sh.

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
    run 0 shmread "$unique"
    output_equals "$dir/next"
}

# kill_updater PROGRAM...: start an updater, and kill it within its first 100
# ms. Expect that the value is complete, and that another one can be put.
kill_updater()
{
    start updater "$@"
    until_true is_started updater || fail 'it does not start'
    moment=0.0$(printf %03d "$(random 1000)")
    sleep "$moment"
    is_over updater || drop updater 2>/dev/null # it may end by itself just now
    is_good
    put_next
}

# kills COUNT: kill COUNT processes: in turn two fast updaters, an updating
# command, and a holder.
kills()
{
    state=1
    next=0
    killed=0
    put_next
    while [ $killed -lt "$1" ]; do
        case $((killed % 4)) in
        0 | 1) kill_updater tear update "$unique" $size 60000 ;;
        2) kill_updater shmwrite --update -i "$dir/next" "$unique" ;;
        3)
            # Kill the holder. Each second time a program keeps the value alive,
            # and an updater runs.
            if [ $((killed % 8)) -eq 3 ]; then
                hold reader borrow_w "$unique"
                start updater tear update "$unique" $size 60000
                until_true is_started updater
                sleep "0.0$(printf %03d "$(random 1000)")"
                kill_holder "$unique"
                drop updater
                is_good
                put_next
                stop reader "$unique"
                [ "$(background_of "$unique" | wc -l)" -eq 1 ] || fail 'it is not held again'
                is_good
            else
                kill_holder "$unique"
                put_next
            fi
            ;;
        esac
        killed=$((killed + 1))
        [ ! -s "$dir/failures" ] || break
    done
    echo "# killed $killed"
    let_go "$unique"
}
