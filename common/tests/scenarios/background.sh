# shellcheck shell=sh disable=SC2154 # scenario.sh sets $dir, $unique and $build
# background.sh - functions for values that outlive their command.
#
# Sourced after scenario.sh.

# background_of NAME: print the ID of the process that holds NAME in the
# background, or nothing if there is none. On Windows it always prints nothing.
background_of()
{
    grep -lsaF -e "$1" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ process _; do
        case $(tr '\0' ' ' <"/proc/$process/cmdline") in
        "shmwrite --background "*" -- $1 "*) echo "$process" ;;
        esac
    done 2>/dev/null
}

# has_no_holder NAME: whether no process holds NAME in the background.
has_no_holder()
{
    [ -z "$(background_of "$1")" ]
}

# kill_holder NAME: kill the holder in the background, so that it cannot clean
# up.
kill_holder()
{
    holders=$(background_of "$1")
    if [ -z "$holders" ]; then
        fail "nobody holds $1 in the background"
        return
    fi
    # shellcheck disable=SC2086 # one word, or several after a fault
    kill -9 $holders
    until_true has_no_holder "$1" || fail "the holder of $1 survives its end"
}

# value_is NAME TEXT: expect that shmread prints TEXT for NAME.
value_is()
{
    run 0 shmread "$1"
    output_is "$2"
}

# is_gone NAME: whether the name does not exist.
is_gone()
{
    $WINSHM_RUN "$build/shmread.exe" -q "$1" >/dev/null 2>&1
    [ $? -eq 1 ]
}

# gone NAME: expect that the name does not exist.
gone()
{
    is_gone "$1" || fail "$1 is still there"
}

# let_go NAME: release the name, and expect that it does not exist afterwards.
let_go()
{
    run 0 shmwrite --release "$1"
    gone "$1"
}

# batch: run the batch file on standard input, and expect status 0. WRITE, READ,
# TESTS and NAME in it are replaced by the two tools, the folder of the test
# programs, and $unique. $dir/output has its output without CRs.
batch()
{
    folder=$(with_backslashes "$build" | sed 's/\\/\\\\/g')
    sed "s|WRITE|$folder\\\\shmwrite.exe|g; s|READ|$folder\\\\shmread.exe|g; s|TESTS|$folder\\\\tests|g
        s|NAME|$unique|g" | awk '{ printf "%s\r\n", $0 }' >"$dir/test.bat"
    for _ in 1 2 3; do
        timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$dir/test.bat")" \
            >"$dir/printed" 2>"$dir/errors"
        status=$?
        # cmd and its `start` report so that Wine failed to start a program.
        # Then run the batch file again from its beginning.
        if ! on_wine || ! { grep -q "Can't recognize '.*shm" "$dir/errors" ||
            grep -q '^Application could not be started' "$dir/printed"; }; then
            break
        fi
        $WINSHM_RUN "$build/shmwrite.exe" -q --release "$unique"
    done
    if [ "$status" -ne 0 ]; then
        fail "the batch file ended with $status"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    fi
    tr -d '\r' <"$dir/printed" >"$dir/output"
}
