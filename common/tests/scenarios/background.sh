# shellcheck shell=sh disable=SC2154 # $dir, $unique and $build are those of scenario.sh, which sources this
# background.sh - for scenarios about values that outlive the command that made them. Sourced after scenario.sh.

# background_of NAME: the process that holds NAME in the background, if there is one. Nothing to be found on Windows.
background_of()
{
    grep -lsaF -e "$1" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ process _; do
        case $(tr '\0' ' ' <"/proc/$process/cmdline") in
        "shmwrite --background "*" -- $1 "*) echo "$process" ;;
        esac
    done 2>/dev/null
}

has_no_holder()
{
    [ -z "$(background_of "$1")" ]
}

# kill_holder NAME: as a power cut would.
kill_holder()
{
    holders=$(background_of "$1")
    if [ -z "$holders" ]; then
        fail "nobody holds $1 in the background"
        return
    fi
    # shellcheck disable=SC2086 # one word, or more if something is wrong
    kill -9 $holders
    until_true has_no_holder "$1" || fail "the holder of $1 survives its end"
}

# value_is NAME TEXT
value_is()
{
    run 0 shmread "$1"
    output_is "$2"
}

is_gone()
{
    $WINSHM_RUN "$build/shmread.exe" -q "$1" >/dev/null 2>&1
    [ $? -eq 1 ]
}

# gone NAME: it is not there any more, as of now.
gone()
{
    is_gone "$1" || fail "$1 is still there"
}

# let_go NAME: it is released, and gone.
let_go()
{
    run 0 shmwrite --release "$1"
    gone "$1"
}

# batch: run the batch file on standard input, to its good end. WRITE, READ, TESTS and NAME in it are the two tools, the
# folder of the other programs, and the name.
batch()
{
    folder=$(with_backslashes "$build" | sed 's/\\/\\\\/g')
    sed "s|WRITE|$folder\\\\shmwrite.exe|g; s|READ|$folder\\\\shmread.exe|g; s|TESTS|$folder\\\\tests|g
        s|NAME|$unique|g" | awk '{ printf "%s\r\n", $0 }' >"$dir/test.bat"
    for _ in 1 2 3; do
        timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$dir/test.bat")" \
            >"$dir/printed" 2>"$dir/errors"
        status=$?
        # This is how cmd, and its `start`, report a program that Wine did not
        # start. The batch file is then run again from its beginning.
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
