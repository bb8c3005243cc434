#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--message-box shows the text in a message box'

# shown TEXT [OPTION]...: expect that shmread shows a box with TEXT and the
# title NAME, and ends when the box is closed.
shown()
{
    text=$1
    shift
    start showing shmread --message-box "$@" "$unique"
    run 0 box_w "$unique"
    output_is "$text"
    over showing 0
    output_is ''
}

it 'shows a value, and the text of another program up to its first NUL'
hold demo shmwrite "$unique" 'Grüße, 漢字'
shown 'Grüße, 漢字'
errors_are_empty
release demo "$unique"
printf 'one\ntwo\0three' | hold demo shmwrite --raw --size 4096 "$unique"
shown 'one
two'
release demo "$unique"

it 'cuts a long text, marks the cut, and reports it with --verbose'
head -c 40000 /dev/zero | tr '\0' 'x' >"$dir/long"
hold demo shmwrite --input "$dir/long" "$unique"
shown "$(head -c 32768 "$dir/long")..." --verbose
errors_have 'is too long for a message box: only the beginning is shown'
release demo "$unique"

it 'keeps no memory alive while the box is shown'
hold demo shmwrite "$unique" 'value'
start showing shmread --message-box --timeout 1m "$unique"
run 0 box_w "$unique" look
output_is 'value'
release demo "$unique"
gone
run 0 box_w "$unique"
output_is 'value'
over showing 0

it 'gives up if the user has not closed the box after --timeout'
hold demo shmwrite "$unique" 'value'
run 6 shmread --message-box --timeout 300ms "$unique"
says "$unique: timed out waiting for the message box to be closed"

if on_wine; then # on Windows only an administrator may create a named window station
    it 'reports that it cannot show a box, where no user can see one, and does not wait'
    run 10 run_w hidden "$(with_backslashes "$(program shmread)") --message-box $unique"
    echo shmread >"$dir/ran"
    says "$unique: a message box cannot be shown: "
    errors_have '(1459)'
else
    skip 'reports that it cannot show a box, where no user can see one' 'this needs a window station that no user sees'
fi
release demo "$unique"

it 'shows no box if there are no contents'
run 1 shmread --message-box "$unique"
says "$unique: does not exist"

finish
