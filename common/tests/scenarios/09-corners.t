#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/scenario.sh"
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

# replaces VERB TEXT: afterwards the file has TEXT, and nothing lies beside it.
mkdir "$dir/folder"
replaces()
{
    printf 'old' >"$dir/folder/file"
    run 0 corners "$1" "$dir/folder"
    [ "$(cat "$dir/folder/file")" = "$2" ] || fail "the file has: $(cat "$dir/folder/file")"
    [ "$(find "$dir/folder" -type f | wc -l)" -eq 1 ] || fail "left behind: $(find "$dir/folder" -type f)"
}

it 'replaces a file that is open, first of all'
replaces posix new

it 'replaces it in the older way where the newer one is not known'
replaces classic new

it 'tries again when another program keeps a file from being replaced for a moment'
replaces busy new

it 'gives up after half a second, and leaves the old file and nothing beside it'
replaces kept old

it 'replaces a file where none can be marked for deletion, or where that deletes it at once'
replaces unmarked new
replaces at-once new

it 'leaves the old file there, too, and nothing beside it'
replaces unmarked-kept old

it 'lists each name once, although lookups move the entries of the directory between calls'
run 0 corners moving-names

it 'reads the directory entry by entry where the system does not return all entries in one call'
run 0 corners refused-list

it 'does the same when such a list is damaged'
run 0 corners damaged-list

it 'lists no more when the caller wants no more'
run 0 corners stopped-list

finish
