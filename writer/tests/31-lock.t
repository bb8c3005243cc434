#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--wait and --hold-with make a value a lock between scripts'
write=$(with_backslashes "$build/shmwrite.exe")
read=$(with_backslashes "$build/shmread.exe")
folder=$(with_backslashes "$dir")

it 'one batch file at a time owns the lock, and each gets it'
count=${WINSHM_LOCKS:-4}
for script in $(seq "$count"); do
    cat >"$dir/lock$script.bat" <<END
@echo off
$write -q --detach --wait -t 60s --hold-with parent $unique.lock me
if errorlevel 1 exit /b %errorlevel%
if exist $folder\owner echo two at once>>$folder\twice
echo x>$folder\owner
echo script>>$folder\log
del $folder\owner
END
    # shellcheck disable=SC2086 # WINSHM_RUN is a command, or nothing
    timeout 120 ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$folder\\lock$script.bat" \
        >/dev/null 2>>"$dir/messages" </dev/null &
done
wait
[ -e "$dir/twice" ] && fail 'two were inside at once'
[ "$(grep -c script "$dir/log")" = "$count" ] || {
    fail 'not each of them was inside'
    show "$dir/messages"
}
until_true is_gone "$unique.lock" || fail 'the lock stays'

# start_batch ID: run the batch file on standard input in the background. The
# functions of scenario.sh know it as ID.
start_batch()
{
    begin_held "$1" shmread
    awk '{ printf "%s\r\n", $0 }' >"$dir/$1.bat"
    (
        $WINSHM_RUN cmd /c "$folder\\$1.bat" </dev/null >"$dir/held/$1.output" 2>"$dir/held/$1.errors" &
        echo $! >"$dir/held/$1.pid"
        wait $!
        echo $? >"$dir/held/$1.status"
    ) >/dev/null 2>&1 &
}

# owns ID: start a batch file that has the lock, and three locks that batch
# files usually have. It is inside until somebody puts $unique.go.
owns()
{
    rm -rf "$dir/file" "$dir/folder" "$dir/inside"
    start_batch "$1" <<END
@echo off
$write -q --detach --hold-with parent $unique.lock owner
echo x>$folder\file
md $folder\folder
call :inside >>$folder\handle
exit /b 0
:inside
echo inside>$folder\inside
$read -q --wait -t 60s $unique.go
exit /b 0
END
    until_true test -s "$dir/inside" || fail "$1 is not inside"
    value_is "$unique.lock" owner
}

# are_taken LIST: whether these are the usual locks that another batch file
# cannot get. LIST has a blank behind each.
are_taken()
{
    start_batch other <<END
@echo off
if exist $folder\file echo file
md $folder\folder 2>nul
if errorlevel 1 echo folder
call :inside >>$folder\handle
if errorlevel 1 echo handle
exit /b 0
:inside
exit /b 0
END
    until_true is_over other || return 1
    [ "$(tr -d '\r' <"$dir/held/other.output" | tr '\n' ' ')" = "$1" ]
}

it 'a lock ends with the batch file that owns it'
owns owner
start waiter shmwrite -q --detach --wait -t 60s "$unique.lock" next
run 0 shmwrite --put "$unique.go" now
over owner 0
over waiter 0
let_go "$unique.lock"
let_go "$unique.go"

it 'a lock ends when its owner is killed; the file and the folder of other scripts stay'
owns owner
are_taken 'file folder handle ' || fail 'the other locks can be had'
start waiter shmwrite -q --detach --wait -t 60s "$unique.lock" next
drop owner
over waiter 0
value_is "$unique.lock" next
are_taken 'file folder handle ' || fail 'the shmread that the owner has started does not have its handle'
run 0 shmwrite --put "$unique.go" now
until_true are_taken 'file folder ' || fail 'the other locks are not a file and a folder'
let_go "$unique.lock"
let_go "$unique.go"

it 'parent is the cmd that runs the batch file, also in a block, in a subroutine and behind a pipe'
printf '@%s\r\n' "$write -q --detach --hold-with parent $unique.pipe pipe" "$read $unique.pipe" >"$dir/piped.bat"
start_batch parents <<END
@echo off
$write -q --detach --hold-with parent $unique.line line
($write -q --detach --hold-with parent $unique.block block)
call :sub
$read $unique.line
$read $unique.block
$read $unique.sub
echo x| $folder\piped.bat
exit /b 0
:sub
$write -q --detach --hold-with parent $unique.sub sub
exit /b 0
END
over parents 0
output_is 'lineblocksubpipe'
for name in line block sub pipe; do
    goes "$unique.$name"
done

it 'parent is a cmd that ends with the command in for /f'
start_batch for <<END
@echo off
for /f %%v in ('$write -q --detach --hold-with parent $unique.for x') do echo %%v
$write -q --detach --wait -t 30s $unique.for next
END
over for 0
value_is "$unique.for" next
let_go "$unique.for"

# A program of 32 bits is started by Wine's start.exe, which is its parent then.
run 0 shmwrite --version
if on_wine && ! has_text "$dir/output" '(i686,'; then
    it 'there is no parent if a shell of Linux starts shmwrite'
    run 1 shmwrite --put --hold-with parent "$unique" x
    says '--hold-with: the process that started shmwrite does not exist'
    gone
fi

it 'whichever owner or waiter is killed, one script at a time is inside, and the next one gets in'
most=$limit
limit=7200
attempt 1 "$dir/output" "$dir/errors" locks_w "${WINSHM_KILLS:-20}" 4 "$write" "$unique.lock"
limit=$most
[ "$status" -eq 0 ] || fail "the status is $status"
echo "# $(tr -d '\r' <"$dir/output")"
# A shmwrite that Wine does not start ends with 1, and prints nothing.
if on_wine; then
    sed -i '/^a script ended with 1\r*$/d' "$dir/errors"
fi
errors_are_empty
until_true is_gone "$unique.lock" || fail 'the lock stays'

it '--wait is for users who may do everything with the lock; others may read who has it'
run 0 shmwrite --detach --sddl 'D:P(A;;GA;;;SY)(A;;GR;;;WD)' --reads 1 "$unique" owner
run 4 shmwrite --detach --wait -t 30s "$unique" x
says "$unique: access denied"
value_is "$unique" owner
goes
run 0 shmwrite --detach --sddl 'D:P(A;;GA;;;SY)(A;;GA;;;WD)' --hold-for 500ms "$unique" owner
run 0 shmwrite --detach --wait -t 30s "$unique" x
let_go

it 'a process that does not exist cannot hold a value'
run 1 shmwrite --put --hold-with 999999 "$unique" x
says '--hold-with: process 999999 does not exist'
run 2 shmwrite --put --hold-with me "$unique" x
says '--hold-with: "me" is neither the number of a process nor parent'

finish
