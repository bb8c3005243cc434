#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--output replaces a file if the read succeeds, and otherwise changes nothing'

# beside_is_clean: expect no other file in the folder of the output file.
beside_is_clean()
{
    rest=$(find "$dir/beside" -type f ! -name file)
    [ -z "$rest" ] || fail "left behind: $rest"
}

mkdir "$dir/beside"
file=$dir/beside/file
every_byte >"$dir/every"
hold demo shmwrite "$unique" <"$dir/every"

it 'creates a file with the contents'
run 0 shmread "$unique" --output "$file"
output_is ''
errors_are_empty
cmp -s "$file" "$dir/every" || fail 'the file differs'
beside_is_clean

it 'replaces a file, also by a shorter one'
bytes 5000 >"$file"
run 0 shmread -o "$file" "$unique"
cmp -s "$file" "$dir/every" || fail 'the file differs'
beside_is_clean

it 'writes a file in a folder whose name is in no code page'
mkdir "$dir/漢😀"
run 0 shmread "$unique" -o "$dir/漢😀/ü"
cmp -s "$dir/漢😀/ü" "$dir/every" || fail 'the file differs'

it 'writes to standard output for --output -'
run 0 shmread "$unique" -o -
output_equals "$dir/every"

it 'writes to a device'
run 0 shmread "$unique" -o NUL
output_is ''

it 'leaves the file unchanged if there is nothing to read'
echo old >"$file"
run 1 shmread "$unique-missing" -o "$file"
says "$unique-missing: does not exist"
test "$(cat "$file")" = old || fail 'the file has changed'
beside_is_clean

it 'creates no file if there is nothing to read'
rm "$file"
run 1 shmread "$unique-missing" -o "$file"
test ! -e "$file" || fail 'it did'
beside_is_clean

it 'leaves the file unchanged if it gives up after --timeout'
echo old >"$file"
run 6 shmread --wait --timeout 50ms "$unique-missing" -o "$file"
test "$(cat "$file")" = old || fail 'the file has changed'
beside_is_clean

it 'leaves the file unchanged, and no file beside it, if it is killed while it waits'
start waiting shmread --wait "$unique-missing" -o "$file"
something_beside()
{
    # Under Wine and on NTFS the unfinished file has a name until it is closed.
    [ "$(find "$dir/beside" -type f | wc -l)" -gt 1 ] || is_over waiting
}
until_true something_beside
drop waiting
nothing_beside()
{
    [ "$(find "$dir/beside" -type f | wc -l)" -eq 1 ]
}
until_true nothing_beside
test "$(cat "$file")" = old || fail 'the file has changed'
beside_is_clean

it 'reports that a folder does not exist'
run 7 shmread "$unique" --output "$dir/missing/file"
says "$unique: cannot write $dir/missing/file: "
errors_have '(3)'

it 'reports that a folder is no file'
run 7 shmread "$unique" -o "$dir/beside"
says "$unique: cannot write $dir/beside: "
beside_is_clean

it 'reports that a file may not be written, and leaves it unchanged'
echo old >"$file"
hold keeper keep_file_w "$unique" "$file"
run 7 shmread "$unique" -o "$file"
says "$unique: cannot write $file: "
errors_have '(32)'
stop keeper "$unique"
test "$(cat "$file")" = old || fail 'the file has changed'
beside_is_clean

it 'reports that a file may not be replaced, and leaves it unchanged'
hold keeper keep_file_w "$unique" "$file" shared
run 7 shmread "$unique" -o "$file"
says "$unique: cannot write $file: "
stop keeper "$unique"
test "$(cat "$file")" = old || fail 'the file has changed'
beside_is_clean

chmod 444 "$file"
if [ -w "$file" ]; then
    skip 'reports that a file is read-only, and leaves it unchanged' 'this user may write everything'
else
    it 'reports that a file is read-only, and leaves it unchanged'
    run 7 shmread "$unique" -o "$file"
    says "$unique: cannot write $file: "
    errors_have '(5)'
    test "$(cat "$file")" = old || fail 'the file has changed'
    beside_is_clean
fi
chmod 644 "$file"

it 'reports that before it waits'
run 7 shmread --wait "$unique-missing" -o "$dir/missing/file"
says "$unique-missing: cannot write"

release demo "$unique"
finish
