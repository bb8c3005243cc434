#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/scenario.sh"
goal 'what is sent is at the reader at once, before anything else is sent'

writer=$(with_backslashes "$(program shmwrite)")
reader=$(with_backslashes "$(program shmread)")

# turns COUNT SIZE [OPTION]: messages of SIZE bytes, each sent only when the one before has come out.
turns()
{
    run 0 turns_w "$1" "$2" "$writer --stream $unique ${3-}" "$reader --wait $unique"
    grep -q '^writer 0, reader 0,' "$dir/output" || fail "they ended with: $(cat "$dir/output")"
    goal "$1 messages of $2 bytes, microseconds there and back through two pipes: $(cat "$dir/output")"
}

it 'a byte at a time'
turns 500 1

it 'a line at a time'
turns 500 80

it 'as much as the ring holds at a time'
turns 200 4096 '--size 4K'

it 'a little less than that, so that the end of the ring is everywhere'
turns 500 1021 '--size 4K'

finish
