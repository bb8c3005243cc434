#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread --list lists thousands of names, each once and in order, and does not read their memory'

it 'lists 2500 names in order'
hold many collide many "$unique" 2500
run 0 shmread --list "$unique.*"
i=0
while [ $i -lt 2500 ]; do
    printf '%13s  %-9s  %13s  %s.%05d\r\n' 4096 foreign - "$unique" $i
    i=$((i + 1))
done >"$dir/wanted"
tail -n +2 "$dir/output" >"$dir/rows"
cmp -s "$dir/rows" "$dir/wanted" || fail "they are others: $(wc -l <"$dir/rows") rows"

it 'finds one name among them'
run 0 shmread --list "$unique.02499"
test "$(wc -l <"$dir/output")" -eq 2 || fail "$(wc -l <"$dir/output") lines"
stop many "$unique"

it 'does not search large memory for contents, and so does not report zeros as --stat does'
hold large shmwrite --raw --size 256M "$unique" <"/dev/null"
run 0 shmread --list "$unique"
grep -qE "^ +268435456  foreign +-  $unique" "$dir/output" || fail 'it is not there'
run 0 shmread --stat "$unique"
output_has 'empty: only zeros'
release large "$unique"

finish
