#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints a large value complete, from one update, however slow its output is'

size=40000000
yes 'the first contents' | head -c $((size - 1)) >"$dir/first"
yes 'something else' | head -c $((size - 1)) >"$dir/second"
echo >>"$dir/first"
echo >>"$dir/second"

# print_slowly OPTION...: run shmread with its output in a pipe from which only
# one byte is read until the file $dir/go exists.
print_slowly()
{
    rm -f "$dir/go" "$dir/begun" "$dir/rest" "$dir/ended"
    {
        timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$(program shmread)" "$@" 2>"$dir/slow"
        echo $? >"$dir/ended"
    } | {
        dd bs=1 count=1 of="$dir/begun" 2>"$dir/dd"
        until_true test -f "$dir/go"
        cat >"$dir/rest"
    } &
    printing=$!
    until_true test -s "$dir/begun" || fail 'nothing is printed'
}

# printed FILE...: expect that print_slowly has printed these files in order,
# with status 0.
printed()
{
    wait $printing
    test "$(cat "$dir/ended")" -eq 0 || fail "shmread ended with $(cat "$dir/ended"): $(cat "$dir/slow")"
    cat "$@" >"$dir/wanted"
    cat "$dir/begun" "$dir/rest" | cmp -s - "$dir/wanted" || fail "other contents, of $(wc -c <"$dir/rest") bytes"
}

it 'prints 40 MB of one version while an update replaces them'
run 0 shmwrite -d --input "$dir/first" "$unique"
print_slowly "$unique"
run 0 shmwrite --update --input "$dir/second" "$unique"
: >"$dir/go"
printed "$dir/first"
run 0 shmread --output "$dir/now" "$unique"
cmp -s "$dir/now" "$dir/second" || fail 'the update is not there'

it 'prints both versions with --follow, one after the other'
run 0 shmwrite --put --input "$dir/first" "$unique"
print_slowly --follow --interval 20ms "$unique"
run 0 shmwrite --update --input "$dir/second" "$unique"
: >"$dir/go"
has_both()
{
    test -f "$dir/rest" && test "$(wc -c <"$dir/rest")" -eq $((2 * size - 1))
}
until_true has_both || fail 'it has not printed both'
run 0 shmwrite --release "$unique"
printed "$dir/first" "$dir/second"

finish
