#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'the reader receives each message at once, before the next one is sent'

writer=$(with_backslashes "$(program shmwrite)")
reader=$(with_backslashes "$(program shmread)")

# turns COUNT SIZE [OPTION]: send COUNT messages of SIZE bytes, each of them
# only when the previous one has been received.
turns()
{
    run 0 turns_w "$1" "$2" "$writer --stream $unique ${3-}" "$reader --wait $unique"
    grep -q '^writer 0, reader 0,' "$dir/output" || fail "they ended with: $(cat "$dir/output")"
    goal "$1 messages of $2 bytes, milliseconds there and back through two pipes: $(cat "$dir/output")"
}

it 'delivers a byte at a time'
turns 500 1

it 'delivers as much as the ring holds at a time'
turns 200 4096 '--size 4K'

it 'delivers a little less at a time, so that each message crosses the end of the ring at another byte'
turns 500 1021 '--size 4K'

finish
