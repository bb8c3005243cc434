#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/console.sh
goal 'a console shows text as text, and Ctrl+C ends a holder'

# console_shows TEXT [OPTION]...: expect that shmread prints TEXT for the value
# on a console, and nothing else.
console_shows()
{
    text=$1
    shift
    on_console left shmread "$@" "$unique"
    ends left 0
    output_is "${text}STATUS 0
"
}

it 'adds a newline to a text without one, and to no other text'
hold demo shmwrite --size 100 "$unique" 'no newline'
console_shows 'no newline
'
printf 'one newline\r\n' | run 0 shmwrite --update "$unique"
console_shows 'one newline
'
run 0 shmwrite --update "$unique" ''
console_shows ''

it 'shows characters that are in no code page, from UTF-8, from UTF-16 and in messages'
for encoding in utf-8 utf-16; do
    run 0 shmwrite --update -e $encoding "$unique" 'Grüße 漢字'
    console_shows 'Grüße 漢字
'
done
release demo "$unique"
on_console left shmread "漢字$unique"
ends left 1
output_has "shmread: 漢字$unique: does not exist"

it 'shows a character that the end of a piece cuts'
printf 'a%s' "$(printf '漢%.0s' $(seq 3000))" >"$dir/long"
hold demo shmwrite "$unique" <"$dir/long"
on_console left shmread "$unique"
ends left 0
# Wine prints a part of a line again at the end of the screen, so there may be
# more characters than in the value.
test "$(grep -o '漢' "$dir/output" | wc -l)" -ge 3000 || fail 'some are missing'
grep -q '�' "$dir/output" && fail 'some are broken'
release demo "$unique"

it 'releases the name after Ctrl+C, and ends with status 0'
on_console left shmwrite --verbose "$unique" text
shows_soon left 'holding 4 bytes'
value_is "$unique" 'text'
press left '\0003'
ends left 0
output_has "$unique: released: interrupted"
gone

it 'says how to end the typed input, and ends at Ctrl+C'
on_console left shmwrite "$unique"
shows_soon left 'type the contents; Ctrl+Z and Enter'
press left 'typed\r'
shows_soon left 'typed'
gone
press left '\0003'
ends left
gone

skip 'Ctrl+Z at the start of a line ends the typed input' 'Wine drops it'

finish
