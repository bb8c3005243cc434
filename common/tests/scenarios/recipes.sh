# shellcheck shell=sh
# shellcheck disable=SC2154 # scenario.sh sets these variables
# recipes.sh - functions for scenarios that run scripts/examples/*.bat.
#
# Sourced after scenario.sh.

# The batch files find the two tools on the path.
if on_wine; then
    WINEPATH="Z:$(with_backslashes "$(cd "$build" && pwd)")"
    export WINEPATH
else
    # In MSYS2 a path is /c/folder, and colons separate the paths. In other
    # shells of Windows a path is C:/folder, and semicolons separate them.
    case $(cd "$build" && pwd) in
    ?:*) PATH="$(cd "$build" && pwd);$PATH" ;;
    *) PATH="$(cd "$build" && pwd):$PATH" ;;
    esac
fi

# in_cmd NAME [ARGUMENT]...: run scripts/examples/NAME.bat in cmd.
in_cmd()
{
    called=$1
    shift
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "scripts\\examples\\$called.bat" "$@"
}

# recipe STATUS NAME [ARGUMENT]...: run a batch file, and expect that it ends
# with STATUS, and if that is 0 without a message. $dir/output and $dir/errors
# have its output, for the expectations of scenario.sh. $dir/output is without
# the CRs of echo.
recipe()
{
    wanted=$1
    shift
    for _ in 1 2 3; do
        in_cmd "$@" >"$dir/printed" 2>"$dir/errors"
        status=$?
        # Wine does not start a program once in some thousand times. Its cmd says so.
        if ! on_wine || ! has_text "$dir/errors" "Can't recognize '"; then
            break
        fi
    done
    if [ "$status" -ne "$wanted" ]; then
        fail "$*: status $status instead of $wanted"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    fi
    echo shmread >"$dir/ran"
    [ "$wanted" -ne 0 ] || errors_are_empty
    tr -d '\r' <"$dir/printed" >"$dir/output"
}

# start_recipe ID NAME [ARGUMENT]...: start a batch file in the background.
# $dir/held/ID.output has its output.
start_recipe()
{
    id=$1
    shift
    begin_held "$id" shmread
    (
        in_cmd "$@" </dev/null >"$dir/held/$id.output" 2>"$dir/held/$id.errors" &
        echo $! >"$dir/held/$id.pid"
        wait $!
        echo $? >"$dir/held/$id.status"
    ) >/dev/null 2>&1 &
}

# lines_of ID TEXT: whether the batch file has printed exactly TEXT so far.
lines_of()
{
    printf '%s' "$2" >"$dir/lines.wanted"
    tr -d '\r' <"$dir/held/$1.output" | cmp -s - "$dir/lines.wanted"
}

# prints_soon ID TEXT: wait until the batch file has printed exactly TEXT.
prints_soon()
{
    until_true lines_of "$1" "$2" || {
        fail "$1 does not print that, but"
        show "$dir/held/$1.output"
    }
}
