#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'what is given as TEXT is held, and read back as it was given'

it 'holds TEXT, says so in one line, and ends well when it is released'
hold demo shmwrite "$unique" 'hello'
run 0 shmread "$unique"
output_is 'hello'
errors_are_empty
release demo "$unique"
says "$unique: holding 5 bytes until Ctrl+C"

it 'takes an empty TEXT for an empty value, which prints nothing'
hold demo shmwrite "$unique" ''
run 0 shmread "$unique"
output_is ''
errors_are_empty
release demo "$unique"
says 'holding 0 bytes'

it 'takes TEXT literally: blanks, quotes, backslashes, percent signs, no escapes'
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

it 'takes a TEXT that looks like an option after --'
hold demo shmwrite -- "$unique" '--help'
run 0 shmread -- "$unique"
output_is '--help'
release demo "$unique"

it 'takes options before, between and after NAME and TEXT'
hold demo shmwrite --verbose "$unique" --size 100 'in between' --encoding utf-8
run 0 shmread "$unique"
output_is 'in between'
release demo "$unique"

it 'holds characters beyond every code page: Chinese, an emoji, a combined one'
text='漢字 😀 é Ünïcödé 👩‍👩‍👧'
hold demo shmwrite "$unique" "$text"
run 0 shmread "$unique"
output_is "$text"
release demo "$unique"

it 'holds a text as long as a command line'
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
