#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'consumers share counted values: each is read exactly as often as its producer says'

# consume ID: append one value after the other to $dir/items.ID, until a value
# is "end".
consume()
{
    : >"$dir/items.$1"
    item=
    while [ "$item" != end ]; do
        attempt 3 "$dir/item.$1" "$dir/errors.$1" shmread --wait --timeout 60s "$unique"
        if [ "$status" -ne 0 ]; then
            echo "consumer $1 ended with $status: $(cat "$dir/errors.$1")" >>"$dir/failures"
            break
        fi
        item=$(cat "$dir/item.$1")
        test "$item" = end || echo "$item" >>"$dir/items.$1"
    done
}

it 'three consumers share thirty items, and each is printed once'
limit=180
for consumer in 1 2 3; do
    consume $consumer &
done
i=0
while [ $i -lt 30 ]; do
    echo "item $i" >>"$dir/wanted"
    run 0 shmwrite --quiet --reads 1 "$unique" "item $i"
    i=$((i + 1))
done
for _ in 1 2 3; do
    run 0 shmwrite --quiet --reads 1 "$unique" 'end'
done
wait
sort -o "$dir/wanted" "$dir/wanted"
sort "$dir/items.1" "$dir/items.2" "$dir/items.3" >"$dir/output"
output_equals "$dir/wanted"
goal "they printed $(wc -l <"$dir/items.1"), $(wc -l <"$dir/items.2") and $(wc -l <"$dir/items.3") items"
gone

it 'a reader that is killed while it prints is not counted, and the next one prints the value'
head -c 1000000 /dev/zero | tr '\0' x >"$dir/large"
run 0 shmwrite -d --reads 1 "$unique" --input "$dir/large"
mkfifo "$dir/pipe" || fail 'there is no pipe'
exec 8<>"$dir/pipe"
$WINSHM_RUN "$(program shmread)" "$unique" >"$dir/pipe" 2>"$dir/errors" &
killed=$!
dd bs=1 count=1 <&8 >"$dir/begun" 2>"$dir/dd"
start waiting shmread "$unique"
kill -9 $killed
wait $killed 2>"$dir/dd"
exec 8<&-
over waiting 0
cmp -s "$dir/output" "$dir/large" || fail "it printed $(wc -c <"$dir/output") bytes"
goes

finish
