#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite holds the argument TEXT, and shmread prints it unchanged'

it 'holds TEXT, reports that in one line, and ends with status 0 when it is released'
hold demo shmwrite "$unique" 'hello'
value_is "$unique" 'hello'
errors_are_empty
release demo "$unique"
says "$unique: holding 5 bytes until Ctrl+C"

it 'holds blanks, quotes, backslashes and percent signs unchanged, and knows no escapes'
text=' two  "words" \n \\ %PATH% ^ & | < > 100% '
holds "$text" "$text"

it 'expands no wildcards'
holds '*' '*'

it 'accepts a TEXT that looks like an option after --'
holds '--help' -- '--help'

it 'holds Chinese characters, an emoji and a combined character'
text='漢字 😀 é Ünïcödé 👩‍👩‍👧'
holds "$text" "$text"

it 'holds a text as long as a command line can be'
text=$(bytes 30000 | tr '\n' ' ')
holds "$text" "$text"

finish
