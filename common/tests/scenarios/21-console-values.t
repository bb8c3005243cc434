#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'a value in the background survives its console, and one in the foreground ends with it'

if ! on_wine || ! command -v tmux >/dev/null; then
    skip 'values and consoles' 'this needs Wine and tmux'
    finish
    exit
fi
socket=winshm-$unique
unset TMUX

# on_console COMMAND: run a command in a console of its own, which close_console
# closes.
on_console()
{
    tmux -L "$socket" -f /dev/null new-session -d -x 100 -y 24 "$1; echo STATUS \$?; sleep $limit"
    : >"$dir/console"
}

is_held()
{
    [ -n "$(background_of "$1")" ]
}

type_keys()
{
    tmux -L "$socket" send-keys "$@"
}

shows()
{
    tmux -L "$socket" capture-pane -p >"$dir/console"
    grep -qF -e "$1" "$dir/console"
}

shown()
{
    until_true shows "$1" || {
        fail "the console does not show: $1"
        sed -n '/./s/^/#     /p' "$dir/console" >>"$dir/failures"
    }
}

close_console()
{
    tmux -L "$socket" kill-server 2>/dev/null
    until_true is_closed
}

is_closed()
{
    ! tmux -L "$socket" has-session 2>/dev/null
}

it 'a value of --detach or --put survives when its console is closed'
on_console 'wine cmd'
shown '>'
type_keys "$(with_backslashes "$(program shmwrite)") --detach $unique one" Enter
until_true is_held "$unique" || fail 'nobody holds it'
type_keys "$(with_backslashes "$(program shmwrite)") --put $unique-2 two" Enter
until_true is_held "$unique-2" || fail 'nobody holds it'
type_keys 'echo mark' Enter
shown 'mark'
close_console
value_is "$unique" 'one'
value_is "$unique-2" 'two'
let_go "$unique"
let_go "$unique-2"

it 'Ctrl+C ends a holder in the foreground with status 0, and does not reach one in the background'
on_console "wine $(program shmwrite) --detach $unique-2 back; trap : INT
wine $(program shmwrite) --verbose $unique fore"
shown 'holding 4 bytes'
value_is "$unique" 'fore'
value_is "$unique-2" 'back'
type_keys C-c
shown 'STATUS 0'
shown 'released: interrupted'
gone "$unique"
value_is "$unique-2" 'back'
close_console
value_is "$unique-2" 'back'
let_go "$unique-2"

it 'a holder in the foreground ends when its console is closed'
on_console "wine $(program shmwrite) $unique fore"
shown 'holding 4 bytes'
close_console
until_true is_gone "$unique" || fail 'it outlives its console'

finish
