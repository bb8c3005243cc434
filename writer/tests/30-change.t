#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--append, --add and --if compute the new contents from the old ones, whoever else does'

it '--add prints a new number to each of several batch files that run at once'
count=${WINSHM_CHANGES:-10}
for script in 1 2 3 4 5 6 7 8; do
    cat >"$dir/add$script.bat" <<END
@echo off
for /l %%i in (1,1,$count) do "$(with_backslashes "$build/shmwrite.exe")" --put --add 1 $unique
END
    # shellcheck disable=SC2086 # WINSHM_RUN is a command, or nothing
    timeout 600 ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$dir/add$script.bat")" \
        >"$dir/sums$script" 2>"$dir/errors$script" </dev/null &
done
wait
cat "$dir"/errors? | tr -d '\r' >"$dir/errors"
# Wine does not start a program once in some thousand times. Its cmd says so.
total=$((8 * count))
if on_wine; then
    total=$((total - $(grep -c "Can't recognize '" "$dir/errors")))
    sed -i "/Can't recognize '/d" "$dir/errors"
fi
[ -s "$dir/errors" ] && fail 'one of them printed a message' && show "$dir/errors"
cat "$dir"/sums? | tr -d '\r' | sort -n >"$dir/sums"
seq $total | cmp -s - "$dir/sums" || {
    fail 'the numbers are not 1, 2, 3 and so on, each once'
    show "$dir/sums"
}
value_is "$unique" "$total"
run 0 shmwrite --release "$unique"

it 'no number of --add is lost or printed twice when some of those that add are killed'
most=$limit
limit=7200
attempt 1 "$dir/runs" "$dir/errors" adders_w 8 "$count" 20 \
    "$(with_backslashes "$build/shmwrite.exe") --put --add 1 $unique"
limit=$most
run 0 shmread "$unique"
read -r sum <"$dir/output"
# A run that Wine did not start failed with 1, and printed nothing.
tr -d '\r' <"$dir/runs" | awk -v sum="$sum" -v wine="$WINSHM_RUN" -v summary="$dir/summary" '
    { count[$1]++ }
    $1 == "failed" && (wine == "" || $2 != 1) { print "a run ended with " $2 }
    $1 != "failed" && $2 != "" && ($2 > sum || seen[$2]++) { print $2 " was printed twice, or is beyond " sum }
    END {
        printf "# %d succeeded, %d were killed, %d did not start; the sum is %d\n", count["done"], count["killed"],
            count["failed"], sum >summary
        if (sum < count["done"] || sum > count["done"] + count["killed"]) print "the sum is " sum
    }' >"$dir/wrong"
cat "$dir/summary"
[ ! -s "$dir/wrong" ] || fail "$(head -n 5 "$dir/wrong")"
[ "$(wc -l <"$dir/runs")" -eq $((8 * count)) ] || fail 'a run is missing'
run 0 shmwrite --release "$unique"

it '--append of four writers at once keeps all records whole'
run 0 shmwrite --detach --size 64K "$unique" ''
for writer in 1 2 3 4; do
    for record in 1 2 3 4 5; do
        printf 'record %s of writer %s\n' "$record" "$writer" |
            attempt 3 "$dir/out$writer" "$dir/err$writer" shmwrite --update --append "$unique"
    done &
done
wait
run 0 shmread "$unique"
sort "$dir/output" >"$dir/sorted"
for record in 1 2 3 4 5; do
    for writer in 1 2 3 4; do
        printf 'record %s of writer %s\n' "$record" "$writer"
    done
done | cmp -s - "$dir/sorted" || {
    fail 'a record is lost or torn'
    show "$dir/sorted"
}

it '--if of several writers at once lets one of them win'
run 0 shmwrite --put "$unique" free
run 0 shmwrite --update --if free "$unique" 'writer 1'
run 5 shmwrite --update --if free "$unique" 'writer 2'
says "$unique: does not contain what --if asks for"
value_is "$unique" 'writer 1'
run 0 shmwrite --release "$unique"

it 'they exclude options that make no sense with them'
run 2 shmwrite --put --add x "$unique"
says '--add: "x" is not a decimal number of 64 bits such as 1 or -1'
run 2 shmwrite --put --add 1 "$unique" 5
says '--add takes no TEXT: it adds N'
run 2 shmwrite --put --append --add 1 "$unique"
says '--add and --append cannot be combined'
run 2 shmwrite --put --append --pad 8 "$unique" x
says '--append and --pad cannot be combined'
run 2 shmwrite --update --raw --if a "$unique" x
says '--raw and --if cannot be combined: memory without a layout has no length'

finish
