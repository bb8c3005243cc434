#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'each update wakes all followers, whichever program is killed, and whatever has the name of the event'

updates=${WAKEUP_UPDATES:-500}
kills=${WAKEUP_KILLS:-30}

it "no follower misses one of $updates updates, or the last value, without a look once a second"
run 0 shmwrite --detach "$unique" 'first'
limit=7200
run 0 wakes updates "$build/tests/unaided.exe" "$unique" "$updates"
goal "$(show_cr <"$dir/output" | tr -d "$cr")"
gone "$unique"

it "followers go on or end within two seconds after each of $kills kills"
run 0 wakes kills "$build" "$unique" "$kills" "${SOAK_SEED:-$(date +%s)}"
goal "$(show_cr <"$dir/output" | tr -d "$cr")"
gone "$unique"

it 'a follower sees an update, and does not spin, if another program has the name of the event'
run 0 shmwrite --detach "$unique" 'first'
run 0 wakes squat "$build/shmread.exe" "$unique"
sed 's/^/# /' "$dir/output"
let_go "$unique"

finish
