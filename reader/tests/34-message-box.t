#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--message-box shows the text in a message box'

# shown TEXT [OPTION]...: expect that shmread shows a box with TEXT and the
# title NAME, and ends when the box is closed.
shown()
{
    printf '%s' "$1" >"$dir/text"
    shift
    shown_file "$dir/text" "$@"
}

# shown_file FILE [OPTION]...: the same with the text in FILE.
shown_file()
{
    text=$1
    shift
    start showing shmread --message-box "$@" "$unique"
    run 0 box_w "$unique"
    output_equals "$text"
    over showing 0
    output_is ''
}

it 'shows a value'
hold demo shmwrite "$unique" 'Grüße, 漢字'
shown 'Grüße, 漢字'
errors_are_empty
release demo "$unique"

it 'shows the text of another program, up to its first NUL'
printf 'one\r\ntwo\0three' | hold demo shmwrite --raw --size 4096 "$unique"
printf 'one\r\ntwo' >"$dir/lines"
shown_file "$dir/lines"
shown_file "$dir/lines" --raw
release demo "$unique"
printf 'h\0\351\0\0\0x\0' | hold demo shmwrite --raw --size 4096 "$unique"
shown 'hé'
release demo "$unique"

it 'cuts a long text, marks the cut, and reports it with --verbose'
head -c 40000 /dev/zero | tr '\0' 'x' >"$dir/long"
hold demo shmwrite --input "$(with_backslashes "$dir/long")" "$unique"
shown "$(head -c 32768 "$dir/long")..." --verbose
errors_have 'is too long for a message box: only the beginning is shown'
release demo "$unique"

it 'keeps no memory alive while the box is shown'
hold demo shmwrite "$unique" 'value'
start showing shmread --message-box "$unique"
run 0 box_w "$unique" look
output_is 'value'
release demo "$unique"
run 1 shmread "$unique"
run 0 box_w "$unique"
output_is 'value'
over showing 0

it 'gives up if the user has not closed the box after --timeout'
hold demo shmwrite "$unique" 'value'
run 6 shmread --message-box --timeout 300ms "$unique"
says "$unique: timed out waiting for the message box to be closed"

it 'succeeds if the user closes the box before --timeout is over'
shown 'value' --timeout 1m

reads=$(with_backslashes "$(program shmread)")
if on_wine; then # on Windows only an administrator may create a named window station
    it 'reports that it cannot show a box, where no user can see one, and does not wait'
    run 10 hidden_w "$reads --message-box $unique"
    echo shmread >"$dir/ran"
    says "$unique: a message box cannot be shown: "
    errors_have '(1459)'
    run 0 hidden_w "$reads $unique"
    output_is 'value'
else
    skip 'reports that it cannot show a box, where no user can see one' 'this needs a window station that no user sees'
fi
release demo "$unique"

it 'shows no box if there are no contents'
run 1 shmread --message-box "$unique"
says "$unique: does not exist"

it 'is refused with --output, --hex and --follow'
run 2 shmread --message-box -o "$(with_backslashes "$dir/out")" "$unique"
says '--message-box and --output cannot be combined'
run 2 shmread --message-box --hex "$unique"
says '--hex and --message-box cannot be combined'
run 2 shmread --message-box --follow "$unique"
says '--message-box does not go with --follow'

finish
