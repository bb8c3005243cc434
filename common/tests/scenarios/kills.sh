# shellcheck shell=sh disable=SC2154 # $dir, $unique and $build are those of scenario.sh, which sources this
# kills.sh - updaters and holders die at any moment. Sourced after background.sh.

size=65536

# random LIMIT: from 0 up to there, the same in each run.
random()
{
    state=$(((state * 1103515245 + 12345) % 2147483648))
    echo $((state / 65536 % $1))
}

# is_good: what is there is whole.
is_good()
{
    run 0 shmread "$unique"
    cp "$dir/output" "$dir/found"
    run 0 tear check "$dir/found"
}

# put_next: --put works, and what it put can be read, by us and by a plain program's means.
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

# kill_updater PROGRAM...: start it, kill it at some moment of its first 100 ms or so, and see what is left.
kill_updater()
{
    start updater "$@"
    until_true is_started updater || fail 'it does not start'
    moment=0.0$(printf %03d "$(random 1000)")
    sleep "$moment"
    is_over updater || drop updater 2>/dev/null # which may be done by itself
    is_good
    put_next
}

# kills COUNT: so many, of every kind in turn.
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
            # The holder, half of the times while a reader keeps the value, and an updater is at work.
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
