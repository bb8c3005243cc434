#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'common/windows/ handles results of Windows that Wine never returns: corners.exe returns them instead'

while read -r verb sentence; do
    it "$sentence"
    run 0 corners "$verb"
done <<'END'
asleep ends a wait at its deadline, although the machine has slept
life recognizes a process although it seems to have begun up to a second too late
parent does not take a process for the parent that began later and has its ID
words has room for long error texts, and cuts off the full stop of Chinese and Japanese
messages reads all of a pipe that returns its messages in pieces
moving-names lists each name once, although lookups move the entries of the directory between calls
refused-list reads the directory entry by entry where the system does not return all entries in one call
damaged-list reads the directory entry by entry if the list of all entries is damaged
stopped-list ends the list when the caller wants no more names
END

if on_wine; then # only Wine exports the function that calls control handlers
    it 'is interrupted by Ctrl+C, and not by the logoff of a user, of which Windows notifies a service'
    run 0 corners logoff
else
    skip 'is not interrupted by the logoff of a user' 'no documented function causes a logoff'
fi

# Each row has a verb that replaces the file in a folder, and what it has then.
# No other file may be beside it.
mkdir "$dir/folder"
while read -r verb text sentence; do
    it "$sentence"
    printf 'old' >"$dir/folder/file"
    run 0 corners "$verb" "$dir/folder"
    [ "$(cat "$dir/folder/file")" = "$text" ] || fail "the file has: $(cat "$dir/folder/file")"
    [ "$(find "$dir/folder" -type f | wc -l)" -eq 1 ] || fail "left behind: $(find "$dir/folder" -type f)"
done <<'END'
posix new replaces a file that is open, with POSIX semantics
classic new replaces a file in the older way where POSIX semantics are not known
busy new tries again if another program has the file open for a moment
kept old gives up after half a second, and leaves the old file
unmarked new replaces a file where no file can be marked for deletion
at-once new replaces a file where the mark deletes a file at once
unmarked-kept old gives up there, too, and leaves the old file
END

finish
