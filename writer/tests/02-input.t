#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite holds the bytes of a pipe, of a file or of --input unchanged'

every_byte >"$dir/every"

it 'holds the bytes of a pipe'
every_byte | hold demo shmwrite "$unique"
run 0 shmread "$unique"
output_equals "$dir/every"
release demo "$unique"

it 'holds all bytes of a slow pipe'
{
    printf 'first '
    sleep 0.3
    printf 'second'
} | hold demo shmwrite "$unique"
run 0 shmread "$unique"
output_is 'first second'
release demo "$unique"

it 'holds the bytes of a redirected file unchanged: every byte value, CR LF, Ctrl+Z, NUL'
hold demo shmwrite "$unique" <"$dir/every"
run 0 shmread "$unique"
output_equals "$dir/every"
release demo "$unique"

it 'reads a redirected file from its current position'
printf 'first line\nsecond line' >"$dir/lines"
{
    read -r _
    hold demo shmwrite "$unique"
} <"$dir/lines"
run 0 shmread "$unique"
output_is 'second line'
release demo "$unique"
says 'holding 11 bytes'

it 'holds the bytes of the file that --input names'
hold demo shmwrite "$unique" --input "$dir/every"
run 0 shmread "$unique"
output_equals "$dir/every"
release demo "$unique"

it 'does not read standard input if --input names a file'
printf 'still here' | {
    hold demo shmwrite -i "$dir/every" "$unique"
    read -r left
    test "$left" = 'still here' || fail 'standard input was read'
}
release demo "$unique"

it 'reads standard input for --input -'
printf 'from the pipe' | hold demo shmwrite "$unique" -i -
run 0 shmread "$unique"
output_is 'from the pipe'
release demo "$unique"

it 'opens a file whose name is in no code page'
cp "$dir/every" "$dir/漢😀.bin"
hold demo shmwrite "$unique" -i "$dir/漢😀.bin"
run 0 shmread "$unique"
output_equals "$dir/every"
release demo "$unique"

it 'holds an empty value if the pipe is empty'
printf '' | hold demo shmwrite "$unique"
run 0 shmread "$unique"
output_is ''
release demo "$unique"

it 'holds an empty value if the file is empty'
: >"$dir/empty"
hold demo shmwrite "$unique" <"$dir/empty"
run 0 shmread "$unique"
output_is ''
release demo "$unique"

it 'reports that a file cannot be opened, and creates nothing'
run 7 shmwrite "$unique" --input "$dir/missing"
says "$unique: cannot open $dir/missing: "
errors_have '(2)'
run 1 shmread "$unique"

it 'reports that a folder is no input, and creates nothing'
run 7 shmwrite "$unique" --input "$dir"
says "$unique: cannot "
run 1 shmread "$unique"

it 'reports that the name is taken before it reads the input'
hold demo shmwrite "$unique" 'first'
printf 'second' | {
    run 5 shmwrite "$unique"
    read -r left
    test "$left" = second || fail 'the pipe was read'
}
says "$unique: already exists" "--put or --update replaces the value, --release ends it"
run 0 shmread "$unique"
output_is 'first'
release demo "$unique"

finish
