#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread --list finds all named shared memory, of every kind, in both namespaces'
makes_global || leave_out "$no_global"
has_two_namespaces || leave_out "$no_namespaces"

# row SIZE KIND LENGTH NAME: expect this row in the list.
row()
{
    printf "%13s  %-9s  %13s  %s$cr\n" "$@" >"$dir/row"
    show_cr <"$dir/output" | grep -qxF -f "$dir/row" || {
        fail "no row is: $*"
        sed 's/^/#     /' "$dir/output" >>"$dir/failures"
    }
}

hold value shmwrite "$unique.value" 'hello'
hold sealed shmwrite --global --sealed "$unique.sealed" 'sealed'
hold raw shmwrite --raw --size 8192 "$unique.raw" 'raw'
hold filling shmwrite "$unique.filling" 'x'
hold damaged shmwrite "$unique.damaged" 'x'
hold newer shmwrite "$unique.newer" 'x'
run 0 scribble_w "$unique.filling" $((264 - 512)) 0
run 0 scribble_w "$unique.damaged" $((388 - 512)) 99
run 0 scribble_w "$unique.newer" $((384 - 512)) 2
hold section collide section "$unique.section"
hold global collide section "Global\\$unique.section"
hold reserved collide reserved "$unique.reserved"
hold denied collide denied "$unique.denied"
hold file collide file "$unique.file"
hold image collide image "Global\\$unique.image"
hold event collide event "$unique.event"
printf 'sent' >"$dir/input"
start stream shmwrite --stream --size 64K "$unique.stream" <"$dir/input"
has_sent()
{
    $WINSHM_RUN "$build/shmread.exe" --list "$unique.stream" 2>/dev/null | grep -q ' stream  *4 '
}
until_true has_sent || fail 'the stream does not begin'

it 'lists each kind with its size and length, and neither events nor companions'
run 0 shmread --list "$unique.*"
errors_are_empty
row SIZE KIND LENGTH NAME
row 4096 value 5 "$unique.value"
row 4096 sealed 6 "Global\\$unique.sealed"
row 69632 stream 4 "$unique.stream"
row 8192 foreign - "$unique.raw"
row 4096 filling - "$unique.filling"
row 4096 damaged - "$unique.damaged"
row 4096 newer - "$unique.newer"
row 4096 foreign - "$unique.section"
row 4096 foreign - "Global\\$unique.section"
row 65536 reserved - "$unique.reserved"
row - denied - "$unique.denied"
grep -qE " file +- +$unique\.file" "$dir/output" || fail 'the file is not there'
grep -qE " image +- +Global.$unique\.image" "$dir/output" || fail 'the image is not there'
test "$(wc -l <"$dir/output")" -eq 14 || fail "$(wc -l <"$dir/output") lines"

it 'lists one namespace with --local, and with --global'
run 0 shmread --list --local "$unique.*"
grep -q 'Global' "$dir/output" && fail 'a global one is there'
test "$(wc -l <"$dir/output")" -eq 11 || fail "$(wc -l <"$dir/output") lines with --local"
run 0 shmread --list --global "$unique.*"
test "$(tail -n +2 "$dir/output" | grep -vc 'Global')" -eq 0 || fail 'one of this session is there'
test "$(wc -l <"$dir/output")" -eq 4 || fail "$(wc -l <"$dir/output") lines with --global"

it 'finds names by a pattern, in whatever case, and everything without one'
run 0 shmread --list "$(echo "$unique" | tr '[:lower:]' '[:upper:]').S?????"
row 4096 sealed 6 "Global\\$unique.sealed"
row 69632 stream 4 "$unique.stream"
test "$(wc -l <"$dir/output")" -eq 3 || fail 'there are others'
run 0 shmread --list "global\\$unique.*"
test "$(wc -l <"$dir/output")" -eq 4 || fail "$(wc -l <"$dir/output") lines"
run 0 shmread --list
row 4096 value 5 "$unique.value"
row 4096 sealed 6 "Global\\$unique.sealed"

it 'sets a status of its own if there is nothing to list'
run 1 shmread --list "$unique.nothing*"
says 'no shared memory matches the pattern'

it 'writes to a file with --output'
run 0 shmread --list --output "$dir/list" "$unique.value"
cp "$dir/list" "$dir/output"
row 4096 value 5 "$unique.value"

it 'lists a name that is too long to be opened, and masks characters that cannot be printed'
hold long collide long "$unique.l"
hold odd collide odd "$unique.o"
run 0 shmread --list "$unique.?*"
grep -qE "^ +-  long name +-  $unique\.ln{300}" "$dir/output" || fail 'the long name is not there'
row 4096 foreign - "$unique.o\"??$(printf '\360\237\230\200')?!"
stop odd "$unique.o"
stop long "$unique.l"

it 'does not list a name that is gone, and does not change a stream that it lists'
release value "$unique.value"
run 1 shmread --list "$unique.value"
run 0 shmread "$unique.stream"
output_is 'sent'
over stream 0

finish
