#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'the text can be shown in a message box'

# shown TEXT [OPTION]...: a box is shown that has TEXT, and NAME as its title; when it is dismissed shmread ends.
shown()
{
    printf '%s' "$1" >"$dir/text"
    shift
    shown_file "$dir/text" "$@"
}

# shown_file FILE [OPTION]...: the same, and the text is in FILE.
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

it 'cuts a long text, visibly, and says so when asked'
head -c 40000 /dev/zero | tr '\0' 'x' >"$dir/long"
hold demo shmwrite --input "$(with_backslashes "$dir/long")" "$unique"
shown "$(head -c 32768 "$dir/long")..." --verbose
errors_have 'is longer than a message box takes: only its beginning is shown'
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

it 'gives up when the timeout passes before the box is closed'
hold demo shmwrite "$unique" 'value'
run 6 shmread --message-box --timeout 300ms "$unique"
says "$unique: timed out waiting for the message box to be closed"

it 'shows the value in time, when it is closed in time'
shown 'value' --timeout 1m

reads=$(with_backslashes "$(program shmread)")
if on_wine; then # nobody but an administrator may create a window station of a name
    it 'says where nobody sees a box that none can be shown, instead of waiting'
    run 10 hidden_w "$reads --message-box $unique"
    echo shmread >"$dir/ran"
    says "$unique: a message box cannot be shown: "
    errors_have '(1459)'
    run 0 hidden_w "$reads $unique"
    output_is 'value'
else
    skip 'says where nobody sees a box that none can be shown' 'it takes a window station that nobody sees'
fi
release demo "$unique"

it 'shows nothing when there is nothing'
run 1 shmread --message-box "$unique"
says "$unique: does not exist"

it 'goes with neither --output nor --hex nor --follow'
run 2 shmread --message-box -o "$(with_backslashes "$dir/out")" "$unique"
says '--message-box and --output contradict each other'
run 2 shmread --message-box --hex "$unique"
says '--hex and --message-box contradict each other'
run 2 shmread --message-box --follow "$unique"
says '--message-box does not go with --follow'

finish
