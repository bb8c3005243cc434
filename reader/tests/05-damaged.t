#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread reports a trailer with impossible fields as damaged, and prints nothing'

# spoiled OFFSET NUMBER: hold a value, and store NUMBER in the field of its
# trailer at OFFSET.
spoiled()
{
    hold demo shmwrite "$unique" 'hello'
    run 0 scribble_w "$unique" $(($1 - 512)) "$2"
}

it 'reports a capacity that does not fit, and a kind and a length that cannot be'
for field in '404 1' '388 99' '272 4000'; do
    # shellcheck disable=SC2086
    spoiled $field
    run 9 shmread "$unique"
    says "$unique: its layout is damaged"
    run 0 shmread --stat "$unique"
    output_has 'kind:      damaged: '
    release demo "$unique"
done

it 'reports the layout of a newer shmwrite, and prints even such memory with --raw'
spoiled 384 2
run 9 shmread "$unique"
says "$unique: was created by a newer shmwrite: its layout is unknown"
run 0 shmread --raw "$unique"
test "$(wc -c <"$dir/output")" -eq 4096 || fail 'it is not a page'
release demo "$unique"

it 'reports that a value that is being filled has no contents yet'
spoiled 264 0
run 1 shmread "$unique"
says "$unique: has no contents yet"
release demo "$unique"

finish
