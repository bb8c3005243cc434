# shellcheck shell=sh disable=SC2154 # scenario.sh sets $dir and $unique
# console.sh - functions for tools on two consoles, `left` and `right`.
#
# Sourced after scenario.sh. Under Wine the terminal of script(1) is a console.
# On Windows no program here can read what a console shows.
if ! on_wine || ! command -v script >/dev/null; then
    leave_out 'this needs Wine and script(1)'
fi
trap '' PIPE # a key for a console that is closed must not end this script
TERM=xterm
SHELL=/bin/sh
export TERM SHELL

# on_console WHICH PROGRAM [ARGUMENT]...: start a tool on a console. `press`
# types there, and $dir/WHICH.screen has what the console shows. The last line
# is the status of the tool. The shell that prints it ignores Ctrl+C, which the
# terminal sends to the shell, too. stty makes the terminal pass Ctrl+Z on.
on_console()
{
    console=$1
    shift
    echo "$*" >"$dir/$console.command"
    locate "$1"
    shift
    rm -f "$dir/$console.keys"
    : >"$dir/$console.screen"
    mkfifo "$dir/$console.keys"
    timeout "$limit" script -qefc "stty susp undef; trap : INT; wine $located $*; echo STATUS \$?" /dev/null \
        <"$dir/$console.keys" >"$dir/$console.screen" 2>&1 &
    echo $! >"$dir/$console.script"
    case $console in
    left) exec 8>"$dir/left.keys" ;;
    right) exec 9>"$dir/right.keys" ;;
    esac
}

# press WHICH KEYS: type these keys, in the escapes of printf.
press()
{
    case $1 in
    left) printf '%b' "$2" >&8 ;;
    right) printf '%b' "$2" >&9 ;;
    esac
}

# on_screen WHICH: store what the console shows in $dir/output, without the
# control sequences that move or hide the cursor.
escape=$(printf '\033')
on_screen()
{
    sed "s/$escape\[[?0-9;]*[A-Za-z]//g" "$dir/$1.screen" | tr -d '\r' >"$dir/output"
}

# shows WHICH TEXT: whether the console shows the text.
shows()
{
    on_screen "$1"
    grep -qF -e "$2" "$dir/output"
}

# shows_soon WHICH TEXT: wait until the console shows the text.
shows_soon()
{
    until_true shows "$1" "$2" || {
        fail "the $1 console does not show: $2"
        show "$dir/output"
    }
}

# ends WHICH [STATUS]: expect that the tool on this console ends with STATUS. If
# Wine fails to start it, start it again.
ends()
{
    for try in 1 2 3; do
        shows_soon "$1" 'STATUS '
        case $1 in
        left) exec 8>&- ;;
        right) exec 9>&- ;;
        esac
        wait "$(cat "$dir/$1.script")"
        on_screen "$1"
        if [ $try -eq 3 ] || [ "$(cat "$dir/output")" != 'STATUS 1' ]; then
            break
        fi
        # shellcheck disable=SC2046 # words
        on_console "$1" $(cat "$dir/$1.command")
    done
    [ -z "${2-}" ] || output_has "STATUS $2"
}
