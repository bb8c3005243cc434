#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--wait and --hold-with make a value a lock between scripts'

it 'one batch file at a time owns the lock, and each gets it'
printf 0 >"$dir/inside"
count=${WINSHM_LOCKS:-4}
for script in $(seq "$count"); do
    cat >"$dir/lock$script.bat" <<END
@echo off
"$(with_backslashes "$build/shmwrite.exe")" -q --detach --wait -t 60s --hold-with parent $unique.lock me
if errorlevel 1 exit /b %errorlevel%
if exist "$(with_backslashes "$dir")\\owner" echo two at once>>"$(with_backslashes "$dir")\\twice"
echo x>"$(with_backslashes "$dir")\\owner"
echo script>>"$(with_backslashes "$dir")\\log"
del "$(with_backslashes "$dir")\\owner"
END
    # shellcheck disable=SC2086 # WINSHM_RUN is a command, or nothing
    timeout 120 ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$dir/lock$script.bat")" \
        >/dev/null 2>>"$dir/messages" </dev/null &
done
wait
[ -e "$dir/twice" ] && fail 'two were inside at once'
[ "$(grep -c script "$dir/log")" = "$count" ] || {
    fail 'not each of them was inside'
    show "$dir/messages"
}
until_true is_gone "$unique.lock" || fail 'the lock stays'

it 'a lock ends with the batch file that owns it, also when that is killed'
cat >"$dir/owner.bat" <<END
@echo off
"$(with_backslashes "$build/shmwrite.exe")" -q --detach --hold-with parent $unique.lock me
"$(with_backslashes "$build/shmread.exe")" -q --wait -t 60s $unique.never
END
# shellcheck disable=SC2086 # WINSHM_RUN is a command, or nothing
timeout 120 ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$dir/owner.bat")" >/dev/null 2>&1 </dev/null &
owner=$!
run 0 shmread --wait -t 60s "$unique.lock"
output_is me
start waiter shmwrite -q --detach --wait -t 60s "$unique.lock" next
until_true pgrep -f "^[^ ]*shmread.*$unique.never" >/dev/null || fail 'the owner does not go on'
kill -9 $owner 2>/dev/null
pkill -9 -f "$unique.never" 2>/dev/null
over waiter 0
value_is "$unique.lock" next
run 0 shmwrite --release "$unique.lock"

it 'whichever owner or waiter is killed, one script at a time is inside, and the next one gets in'
most=$limit
limit=7200
attempt 1 "$dir/output" "$dir/errors" locks_w "${WINSHM_KILLS:-20}" 4 "$(with_backslashes "$build/shmwrite.exe")" "$unique.lock"
limit=$most
[ "$status" -eq 0 ] || fail "the status is $status"
echo "# $(tr -d '\r' <"$dir/output")"
# A shmwrite that Wine does not start ends with 1, and prints nothing.
if on_wine; then
    sed -i '/^a script ended with 1\r*$/d' "$dir/errors"
fi
errors_are_empty
until_true is_gone "$unique.lock" || fail 'the lock stays'

it 'a process that does not exist cannot hold a value'
run 1 shmwrite --put --hold-with 999999 "$unique" x
says '--hold-with: process 999999 does not exist'
run 2 shmwrite --put --hold-with me "$unique" x
says '--hold-with: "me" is neither the number of a process nor parent'

finish
