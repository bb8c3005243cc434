#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
. common/tests/scenarios/console.sh
goal 'a line typed into one console is shown on the other at once, until one side ends'

# connect: start the two sides of a stream, one on each console.
connect()
{
    on_console left shmwrite --stream --verbose "$unique"
    shows_soon left 'Ctrl+Z'
    on_console right shmread --wait "$unique"
    shows_soon left 'the reader has come'
}

it 'shows a typed line on the other console before the next one is typed'
connect
for line in 'hello' 'Grüße 漢字' 'the last'; do
    shows right "$line" && fail 'it is there too soon'
    press left "$line\r"
    shows_soon right "$line"
done
press left 'no end\0032\r'
shows_soon right 'no end'
shows left 'STATUS ' && fail 'Ctrl+Z within a line ends it'

it 'Ctrl+Z and Enter at the start of a line end both sides'
press left '\0032\r'
ends left 0
ends right 0
grep -q 'gone\|died\|could not' "$dir/output" && fail 'the reader complains'
gone

it 'Ctrl+C on the side that types ends both sides'
connect
press left 'typed\r'
shows_soon right 'typed'
press left '\0003'
ends left # Wine does not tell a shell that it was Ctrl+C
shows_soon right 'the output is incomplete'
ends right 9
gone

it 'Ctrl+C on the side that prints ends both sides, although the other one waits for a line'
connect
press left 'typed\r'
shows_soon right 'typed'
press right '\0003'
ends right
shows_soon left "$unique: the reader has died"
ends left 9
gone

it 'redraws the progress line on a console'
on_console right shmread --wait --progress --output NUL "$unique"
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --stream "$unique"
shows_soon right '777 bytes'
continue_flow "$unique.go"
over writer 0
ends right 0
output_has '1000 bytes'

finish
