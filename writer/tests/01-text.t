#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite holds the argument TEXT, and shmread prints it unchanged'

it 'holds TEXT, reports that in one line, and ends with status 0 when it is released'
hold demo shmwrite "$unique" 'hello'
run 0 shmread "$unique"
output_is 'hello'
errors_are_empty
release demo "$unique"
says "$unique: holding 5 bytes until Ctrl+C"

it 'holds an empty value for an empty TEXT, and shmread prints nothing for it'
hold demo shmwrite "$unique" ''
run 0 shmread "$unique"
output_is ''
errors_are_empty
release demo "$unique"
says 'holding 0 bytes'

it 'holds blanks, quotes, backslashes and percent signs unchanged, and knows no escapes'
text=' two  "words" \n \\ %PATH% ^ & | < > 100% '
hold demo shmwrite "$unique" "$text"
run 0 shmread "$unique"
output_is "$text"
release demo "$unique"

it 'expands no wildcards'
hold demo shmwrite "$unique" '*'
run 0 shmread "$unique"
output_is '*'
release demo "$unique"

it 'accepts a TEXT that looks like an option after --'
hold demo shmwrite -- "$unique" '--help'
run 0 shmread -- "$unique"
output_is '--help'
release demo "$unique"

it 'accepts options before, between and after NAME and TEXT'
hold demo shmwrite --verbose "$unique" --size 100 'in between' --encoding utf-8
run 0 shmread "$unique"
output_is 'in between'
release demo "$unique"

it 'holds Chinese characters, an emoji and a combined character'
text='漢字 😀 é Ünïcödé 👩‍👩‍👧'
hold demo shmwrite "$unique" "$text"
run 0 shmread "$unique"
output_is "$text"
release demo "$unique"

it 'holds a text as long as a command line can be'
text=$(bytes 30000 | tr '\n' ' ')
hold demo shmwrite "$unique" "$text"
run 0 shmread "$unique"
output_is "$text"
release demo "$unique"

it 'puts two zero bytes after the text, and a trailer at the end of the page'
hold demo shmwrite "$unique" 'hello'
run 0 raw_w "$unique"
part "$dir/output" 0 7 >"$dir/beginning"
part "$dir/output" 4088 8 >"$dir/end"
test "$(wc -c <"$dir/output")" -eq 4096 || fail 'it takes more than a page'
printf 'hello\0\0' >"$dir/output"
output_equals "$dir/beginning"
printf 'winshm\032\n' >"$dir/output"
output_equals "$dir/end"
release demo "$unique"

finish
