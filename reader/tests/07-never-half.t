#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a program that reads while 256 MiB are being filled in finds no contents yet, or all of them'

large=$((256 << 20))
head -c $large /dev/zero | tr '\0' x >"$dir/large"

it 'shmread finds no contents, and then prints all of them'
start waiter shmread --wait "$unique" --output "$dir/waited"
start demo shmwrite "$unique" --input "$dir/large"
seen=
while [ -z "$seen" ] && ! is_over demo; do
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmread.exe" "$unique" >"$dir/look" 2>"$dir/errors"
    seen="$? $(wc -c <"$dir/look")"
    case $seen in
    '1 0') seen= ;;
    "0 $large") ;;
    *) fail "a look ended with a status and bytes of $seen" ;;
    esac
done
cmp -s "$dir/look" "$dir/large" || fail 'what it printed in the end is not the whole'

it 'shmread --wait prints all of them'
over waiter 0
cmp -s "$dir/waited" "$dir/large" || fail 'what it printed is not the whole'

release demo "$unique"

finish
