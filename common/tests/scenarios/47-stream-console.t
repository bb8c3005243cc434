#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'a line typed into one console is shown on the other at once, until one side ends'

# Under Wine the terminal of script(1) is a console. On Windows no program here
# can read what a console shows.
if ! on_wine || ! command -v script >/dev/null; then
    skip 'two consoles' 'this needs Wine and script(1)'
    finish
    exit
fi
trap '' PIPE # a key for a console that is closed must not end this script
TERM=xterm
SHELL=/bin/sh
export TERM SHELL

# There are two terminals. Descriptor 8 types into `server`, and 9 into
# `client`. stty makes the terminal pass Ctrl+Z on. The shell that prints the
# status of the tool ignores Ctrl+C, which the terminal sends to the shell, too.
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

# on_screen WHICH: store what the console shows in $dir/output, without the
# control sequences that move or hide the cursor.
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

# show_soon WHICH TEXT: wait until the console shows TEXT.
show_soon()
{
    until_true shows "$1" "$2" || {
        fail "the $1's console does not show: $2"
        show "$dir/output"
    }
}

# ends WHICH [STATUS]: expect that the tool on this console ends with STATUS.
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

it 'prints a note if no reader comes, but not into a line that is being typed'
on_console server "$(program shmwrite) --stream --input README.md $unique"
exec 8>"$dir/server.keys"
show_soon server "$unique: waiting for a reader"
run 0 shmread "$unique"
output_equals README.md
ends server 0
server
show_soon server 'Ctrl+Z'
sleep 3
shows server 'waiting' && fail 'the note is in the typed line'
printf 'typed\r\032\r' >&8
show_soon server "$unique: waiting for a reader"
run 0 shmread "$unique"
output_has 'typed'
ends server 0

it 'prints a note if the writer sends nothing'
client
stage in flow_w make 1 pause 0 "$unique.go" | start writer shmwrite --stream "$unique"
show_soon client "$unique: waiting for the writer"
continue_flow "$unique.go"
over writer 0
errors_are_empty
ends client 0

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
