#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'common/windows/ handles results of Windows that Wine never returns: corners.exe returns them instead'

it 'ends a wait at its deadline, although the machine has slept'
run 0 corners asleep

if on_wine; then # only Wine exports the function that calls control handlers
    it 'is interrupted by Ctrl+C, and not by the logoff of a user, of which Windows notifies a service'
    run 0 corners logoff
else
    skip 'is not interrupted by the logoff of a user' 'no documented function causes a logoff'
fi

it 'recognizes a process although it seems to have begun up to a second too late'
run 0 corners life

it 'has room for long error texts, and cuts off the full stop of Chinese and Japanese'
run 0 corners words

it 'reads all of a pipe that returns its messages in pieces'
run 0 corners messages

# replaces VERB TEXT: run a verb of corners.exe, and expect that the file then
# has TEXT, and that no other file is beside it.
mkdir "$dir/folder"
replaces()
{
    printf 'old' >"$dir/folder/file"
    run 0 corners "$1" "$dir/folder"
    [ "$(cat "$dir/folder/file")" = "$2" ] || fail "the file has: $(cat "$dir/folder/file")"
    [ "$(find "$dir/folder" -type f | wc -l)" -eq 1 ] || fail "left behind: $(find "$dir/folder" -type f)"
}

it 'replaces a file that is open, with POSIX semantics'
replaces posix new

it 'replaces a file in the older way where POSIX semantics are not known'
replaces classic new

it 'tries again if another program has the file open for a moment'
replaces busy new

it 'gives up after half a second, and leaves the old file and no other file beside it'
replaces kept old

it 'replaces a file where no file can be marked for deletion, or where the mark deletes a file at once'
replaces unmarked new
replaces at-once new

it 'leaves the old file there, too, and no other file beside it'
replaces unmarked-kept old

it 'lists each name once, although lookups move the entries of the directory between calls'
run 0 corners moving-names

it 'reads the directory entry by entry where the system does not return all entries in one call'
run 0 corners refused-list

it 'reads the directory entry by entry if the list of all entries is damaged'
run 0 corners damaged-list

it 'ends the list when the caller wants no more names'
run 0 corners stopped-list

finish
