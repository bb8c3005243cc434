#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/console.sh
goal 'a value in the background survives its console, and one in the foreground ends with it'

# close_console: close the left console while its programs run.
close_console()
{
    read -r pid <"$dir/left.script"
    kill "$pid"
    wait "$pid"
    exec 8>&-
}

# prints TEXT: whether shmread prints just this.
prints()
{
    [ "$($WINSHM_RUN "$build/shmread.exe" "$unique" 2>/dev/null)" = "$1" ]
}

it 'a value of --detach or --put survives when its console is closed'
for verb in --detach --put; do
    on_console left shmwrite $verb "$unique" one ';' echo mark ';' sleep "$limit"
    shows_soon left 'mark'
    close_console
    value_is "$unique" 'one'
    let_go
done

it 'Ctrl+C ends a holder in the foreground with status 0, and does not reach one in the background'
on_console left shmwrite --detach "$unique-2" back ';' wine "$(program shmwrite)" --verbose "$unique" fore
shows_soon left 'holding 4 bytes'
value_is "$unique" 'fore'
value_is "$unique-2" 'back'
press left '\0003'
ends left 0
output_has 'released: interrupted'
gone
value_is "$unique-2" 'back'
let_go "$unique-2"

it 'each typed line of --lines becomes the value, no note disturbs the typing, and Ctrl+Z ends it'
on_console left shmwrite --lines "$unique"
shows_soon left 'Ctrl+Z'
for line in 'first' 'Grüße 漢字'; do
    press left "$line\r"
    until_true prints "$line" || fail "the value is not: $line"
done
shows left 'holding' && fail 'a note appears in the typed lines'
press left '\0032\r'
ends left 0
gone

it 'a holder in the foreground ends when its console is closed'
on_console left shmwrite "$unique" fore
shows_soon left 'holding 4 bytes'
close_console
goes

finish
