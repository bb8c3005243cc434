#!/bin/sh
# shellcheck source=common/tests/scenario.sh
. "$(dirname "$0")/../../common/tests/scenario.sh"
goal 'the code that calls Windows is right in corners where Wine does not go: a program plays the system there'

it 'ends a wait at its time, although the machine was asleep meanwhile'
run 0 corners asleep

if on_wine; then # which exports what the system calls
    it 'is not interrupted by the log-off of a user, which a service hears of, but by Ctrl+C'
    run 0 corners logoff
else
    skip 'is not interrupted by the log-off of a user' 'nothing documented makes a log-off'
fi

it 'takes a process for the one that is meant, although it seems to have begun up to a second too late'
run 0 corners life

it 'has room for long words of the system, and takes the full stop of Chinese and Japanese off'
run 0 corners words

it 'reads all of a pipe that gives its messages in pieces'
run 0 corners messages

finish
