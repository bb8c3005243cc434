#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--output replaces a file if the read succeeds, and otherwise changes nothing'

mkdir "$dir/beside"
file=$dir/beside/file
every_byte >"$dir/every"
hold demo shmwrite "$unique" <"$dir/every"

# writes: expect that shmread writes the value to the file, and no other file
# beside it.
writes()
{
    run 0 shmread -o "$file" "$unique"
    output_is ''
    errors_are_empty
    cmp -s "$file" "$dir/every" || fail 'the file differs'
    nothing_beside || fail 'there is a file beside it'
}

# leaves STATUS ARGUMENT...: expect that shmread ends with STATUS, and leaves
# the old file unchanged and no other file beside it.
leaves()
{
    echo old >"$file"
    run "$@" -o "$file"
    is_unchanged
}

is_unchanged()
{
    test "$(cat "$file")" = old || fail 'the file has changed'
    nothing_beside || fail 'there is a file beside it'
}

nothing_beside()
{
    [ "$(find "$dir/beside" -type f | wc -l)" -eq 1 ]
}

it 'creates a file with the contents, or replaces it, also by a shorter one'
writes
bytes 5000 >"$file"
writes

it 'writes a file in a folder whose name is in no code page'
mkdir "$dir/漢😀"
run 0 shmread "$unique" -o "$dir/漢😀/ü"
cmp -s "$dir/漢😀/ü" "$dir/every" || fail 'the file differs'

it 'writes to standard output for --output -, and to a device'
run 0 shmread "$unique" -o -
output_equals "$dir/every"
run 0 shmread "$unique" -o NUL
output_is ''

it 'leaves the file unchanged, or creates none, if there is nothing to read'
leaves 1 shmread "$unique-missing"
says "$unique-missing: does not exist"
leaves 6 shmread --wait --timeout 50ms "$unique-missing"
run 1 shmread "$unique-missing" -o "$dir/beside/another"
is_unchanged

it 'leaves the file unchanged, and no file beside it, if it is killed while it waits'
start waiting shmread --wait "$unique-missing" -o "$file"
something_beside()
{
    # Under Wine and on NTFS the unfinished file has a name until it is closed.
    ! nothing_beside || is_over waiting
}
until_true something_beside
drop waiting
until_true nothing_beside
is_unchanged

it 'reports that a folder does not exist, before it waits, or that a folder is no file'
run 7 shmread --wait "$unique-missing" --output "$dir/missing/file"
says "$unique-missing: cannot write $dir/missing/file: "
errors_have '(3)'
run 7 shmread "$unique" -o "$dir/beside"
says "$unique: cannot write $dir/beside: "
is_unchanged

it 'reports that a file may not be written or replaced, and leaves it unchanged'
hold keeper keep_file_w "$unique" "$file"
run 7 shmread "$unique" -o "$file"
says "$unique: cannot write $file: "
errors_have '(32)'
stop keeper "$unique"
is_unchanged
hold keeper keep_file_w "$unique" "$file" shared
run 7 shmread "$unique" -o "$file"
says "$unique: cannot write $file: "
stop keeper "$unique"
is_unchanged

chmod 444 "$file"
if [ -w "$file" ]; then
    skip 'reports that a file is read-only, and leaves it unchanged' 'this user may write everything'
else
    it 'reports that a file is read-only, and leaves it unchanged'
    run 7 shmread "$unique" -o "$file"
    says "$unique: cannot write $file: "
    errors_have '(5)'
    is_unchanged
fi
chmod 644 "$file"

release demo "$unique"
finish
