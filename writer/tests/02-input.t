#!/bin/sh
# shellcheck disable=SC2094 # a value has the bytes of the file that it is made from
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite holds the bytes of a pipe, of a file or of --input unchanged'

every_byte >"$dir/every"

it 'holds every byte value of a pipe and of a redirected file'
every_byte | holds_file "$dir/every"
holds_file "$dir/every" <"$dir/every"

it 'reads a redirected file from its current position'
printf 'first line\nsecond line' >"$dir/lines"
{
    read -r _
    holds 'second line'
} <"$dir/lines"
says 'holding 11 bytes'

it 'reads the file that --input names, and leaves standard input alone'
cp "$dir/every" "$dir/漢😀.bin"
printf 'still here' | {
    holds_file "$dir/every" -i "$dir/漢😀.bin"
    read -r left
    test "$left" = 'still here' || fail 'standard input was read'
}

it 'reads standard input for --input -'
printf 'from the pipe' | holds 'from the pipe' -i -

it 'holds an empty value if the pipe or the file is empty'
printf '' | holds ''
: >"$dir/empty"
holds '' <"$dir/empty"

it 'reports that a file cannot be opened, or is a folder, and creates nothing'
run 7 shmwrite "$unique" --input "$dir/missing"
says "$unique: cannot open $dir/missing: "
errors_have '(2)'
run 7 shmwrite "$unique" --input "$dir"
says "$unique: cannot "
gone

it 'reports that the name is taken before it reads the input'
hold demo shmwrite "$unique" 'first'
printf 'second' | {
    run 5 shmwrite "$unique"
    read -r left
    test "$left" = second || fail 'the pipe was read'
}
says "$unique: already exists" "--put or --update replaces the value, --release ends it"
value_is "$unique" 'first'
release demo "$unique"

finish
