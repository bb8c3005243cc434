# shellcheck shell=sh
# shellcheck disable=SC2154 # scenario.sh has set them
# recipes.sh - for scenarios that run scripts/examples/*.bat. Sourced after scenario.sh.

# The recipes expect the two programs on the path.
if on_wine; then
    WINEPATH="Z:$(with_backslashes "$(cd "$build" && pwd)")"
    export WINEPATH
else
    # MSYS2 says /c/folder, and separates by colons; other shells of Windows say C:/folder.
    case $(cd "$build" && pwd) in
    ?:*) PATH="$(cd "$build" && pwd);$PATH" ;;
    *) PATH="$(cd "$build" && pwd):$PATH" ;;
    esac
fi

# in_cmd NAME [ARGUMENT]...: what runs scripts/examples/NAME.bat.
in_cmd()
{
    called=$1
    shift
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "scripts\\examples\\$called.bat" "$@"
}

# recipe STATUS NAME [ARGUMENT]...: to its end, which must be STATUS. Leaves what it said for the expectations of
# scenario.sh, without the CR that echo writes.
recipe()
{
    wanted=$1
    shift
    in_cmd "$@" >"$dir/printed" 2>"$dir/errors"
    status=$?
    if [ "$status" -ne "$wanted" ]; then
        fail "$*: status $status instead of $wanted"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    fi
    echo shmread >"$dir/ran"
    tr -d '\r' <"$dir/printed" >"$dir/output"
}

# start_recipe ID NAME [ARGUMENT]...: in the background. Its output comes to $dir/held/ID.output.
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

# lines_of ID TEXT: that is what it has printed by now.
lines_of()
{
    printf '%s' "$2" >"$dir/lines.wanted"
    tr -d '\r' <"$dir/held/$1.output" | cmp -s - "$dir/lines.wanted"
}

# prints_soon ID TEXT
prints_soon()
{
    until_true lines_of "$1" "$2" || {
        fail "$1 does not print that, but"
        show "$dir/held/$1.output"
    }
}
