#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--release ends the holder, and the name can be created again at once'

it 'ends a holder in the background and one in the foreground, and then the name is gone'
run 0 shmwrite -d "$unique" 'x'
run 0 shmwrite --release "$unique"
output_is ''
errors_are_empty
gone "$unique"
hold demo shmwrite --verbose "$unique" 'x'
run 0 shmwrite -R "$unique"
gone "$unique"
over demo 0
errors_have "$unique: released: on request"

it 'reports that the name does not exist'
run 1 shmwrite --release "$unique"
says "$unique: does not exist"

it 'prints nothing with --quiet'
run 1 shmwrite --release --quiet "$unique"
errors_are_empty

it 'refuses a name that shmwrite does not hold'
hold other collide section "$unique"
run 5 shmwrite --release "$unique"
says "$unique: has no holder: shmwrite does not hold it"
value_is "$unique" 'foreign'
stop other "$unique"
hold other collide event "$unique"
run 5 shmwrite --release "$unique"
says "$unique: the name is that of an event"
stop other "$unique"

it 'returns when the holder has released a name that another program keeps alive, and says so'
run 0 shmwrite -d "$unique" 'x'
hold reader borrow_w "$unique"
run 0 shmwrite --release "$unique"
says "$unique: released, but another program keeps the memory open"
on_wine && until_true has_no_holder "$unique"
run 1 shmread "$unique"
says "$unique: has been released, but another program keeps the memory open"
run 0 shmwrite --release "$unique"
says 'another program keeps the memory open'
run 0 shmwrite --release --timeout 0 "$unique"
stop reader "$unique"
gone "$unique"

it 'the name can be created again when the other program has ended'
run 0 shmwrite -d "$unique" 'x'
let_go "$unique"

if on_wine; then
    it 'gives up after --timeout if the holder does not end'
    run 0 shmwrite -d "$unique" 'x'
    holder=$(background_of "$unique")
    kill -STOP "$holder"
    run 6 shmwrite --release --timeout 200ms "$unique"
    says "$unique: timed out waiting for its holder to let go"
    kill -CONT "$holder"
    until_true is_gone "$unique" || fail 'it did not let go in the end'

    it 'succeeds if the holder died'
    run 0 shmwrite -d "$unique" 'x'
    kill_holder "$unique"
    run 1 shmwrite --release "$unique"
    run 0 shmwrite -d "$unique" 'x'
    hold reader borrow_w "$unique"
    kill_holder "$unique"
    run 0 shmwrite --release "$unique"
    says 'another program keeps the memory open'
    stop reader "$unique"
    gone "$unique"
else
    skip 'gives up after --timeout, or succeeds if the holder died' 'this needs /proc, to find the holder'
fi

it 'of two --release at once both succeed, or one finds nothing'
run 0 shmwrite -d "$unique" 'x'
start one shmwrite --release "$unique"
start two shmwrite --release "$unique"
until_true is_over one
until_true is_over two
case $(cat "$dir/held/one.status" "$dir/held/two.status" | tr -d '\n') in
00 | 01 | 10) ;;
*) fail "they ended with $(cat "$dir/held/one.status" "$dir/held/two.status" | tr '\n' ' ')" ;;
esac
gone "$unique"

# A batch file that starts hundreds of programs is slow on a busy machine.
limit=240

it 'the same name can be created again at once, a hundred times'
batch <<'END'
@echo off
set n=0
:again
set /a n=n+1
WRITE --detach NAME "time %n%"
if errorlevel 1 exit /b 1
for /f "delims=" %%v in ('READ NAME') do if not "%%v"=="time %n%" exit /b 2
WRITE --release NAME
if errorlevel 1 exit /b 3
if %n% lss 100 goto again
echo %n% times
END
output_is '100 times
'
gone "$unique"

it 'the name can be created again at once with another size and kind, a hundred times'
batch <<'END'
@echo off
set n=0
:again
set /a n=n+2
WRITE --put --size %n%K NAME "time %n%"
if errorlevel 1 exit /b 1
WRITE --release NAME
if errorlevel 1 exit /b 2
WRITE --detach --sealed NAME sealed
if errorlevel 1 exit /b 3
WRITE --release NAME
if errorlevel 1 exit /b 4
if %n% lss 100 goto again
echo %n% times
END
output_is '100 times
'
gone "$unique"

it 'refuses TEXT'
run 2 shmwrite --release "$unique" 'x'
says '--release takes no TEXT'
run 2 shmwrite --release --put "$unique"
says 'give only one of --put, --update, --stream and --release'

finish
