#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/scenario.sh"
# shellcheck source=common/tests/scenarios/stream.sh
. common/tests/scenarios/stream.sh
goal 'a line typed into one console is shown on the other at once, until one side ends'

# Under Wine the terminal that script(1) makes is a console. On Windows a console has no other end to look at.
if ! on_wine || ! command -v script >/dev/null; then
    skip 'two consoles' 'this needs Wine and script(1)'
    finish
    exit
fi
trap '' PIPE # keys for a console that has gone
TERM=xterm
SHELL=/bin/sh
export TERM SHELL

# Two terminals: `server` is typed into through 8, and `client` through 9. The terminal keeps Ctrl+Z to itself if it is
# not told otherwise; and it sends Ctrl+C to the shell as well, which has to live to say the status.
on_console()
{
    rm -f "$dir/$1.keys"
    : >"$dir/$1.screen"
    mkfifo "$dir/$1.keys"
    timeout "$limit" script -qefc "stty susp undef; trap : INT; wine $2; echo STATUS \$?" /dev/null \
        <"$dir/$1.keys" >"$dir/$1.screen" 2>&1 &
    echo $! >"$dir/$1.script"
}

server()
{
    on_console server "$(program shmwrite) --stream --verbose $unique"
    exec 8>"$dir/server.keys"
}

client()
{
    on_console client "$(program shmread) --wait $unique"
    exec 9>"$dir/client.keys"
}

# Without what moves the cursor and hides it.
escape=$(printf '\033')
on_screen()
{
    sed "s/$escape\[[?0-9;]*[A-Za-z]//g" "$dir/$1.screen" | tr -d '\r' >"$dir/output"
}

shows()
{
    on_screen "$1"
    grep -qF -e "$2" "$dir/output"
}

# show_soon WHICH TEXT
show_soon()
{
    until_true shows "$1" "$2" || {
        fail "the $1's console does not show: $2"
        show "$dir/output"
    }
}

# ends WHICH [STATUS]
ends()
{
    show_soon "$1" 'STATUS '
    case $1 in
    server) exec 8>&- ;;
    client) exec 9>&- ;;
    esac
    wait "$(cat "$dir/$1.script")"
    on_screen "$1"
    [ -z "${2-}" ] || output_has "STATUS $2"
}

it 'shows a typed line on the other console before the next one is typed'
server
show_soon server 'Ctrl+Z'
client
show_soon server 'the reader has come'
for line in 'hello' 'a second line' 'Grüße 漢字' 'the last'; do
    shows client "$line" && fail 'it is there too soon'
    printf '%s\r' "$line" >&8
    show_soon client "$line"
done
printf 'no end\032\r' >&8
show_soon client 'no end'
shows server 'STATUS ' && fail 'Ctrl+Z within a line ends it'

it 'Ctrl+Z and Enter at the start of a line end both sides'
printf '\032\r' >&8
ends server 0
ends client 0
grep -q 'gone\|died\|could not' "$dir/output" && fail 'the reader complains'
run 1 shmread "$unique"

it 'Ctrl+C on the side that types ends both sides'
server
client
show_soon server 'the reader has come'
printf 'typed\r' >&8
show_soon client 'typed'
printf '\003' >&8
killed=$(milliseconds)
ends server # Wine does not tell a shell that it was Ctrl+C
goal "the writer ended $(($(milliseconds) - killed)) ms later"
show_soon client 'the output is incomplete'
ends client 9
run 1 shmread "$unique"

it 'Ctrl+C on the side that prints ends both sides, although the other one waits for a line'
server
client
show_soon server 'the reader has come'
printf 'typed\r' >&8
show_soon client 'typed'
printf '\003' >&9
killed=$(milliseconds)
ends client
show_soon server "$unique: the reader has died"
ends server 9
goal "both ended $(($(milliseconds) - killed)) ms later"
run 1 shmread "$unique"

it 'a console shows the bytes of a pipe'
client
stage in flow_w make 0 pause 0 "$unique.go" | start writer shmwrite --stream "$unique"
continue_flow_soon()
{
    $WINSHM_RUN "$build/tests/signal_w.exe" "$unique.go"
}
until_true continue_flow_soon
over writer 0
ends client 0

it 'redraws the progress line on a console'
on_console client "$(program shmread) --wait --progress --output NUL $unique"
exec 9>"$dir/client.keys"
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --stream "$unique"
show_soon client '777 bytes'
continue_flow "$unique.go"
over writer 0
ends client 0
output_has '1000 bytes'

finish
