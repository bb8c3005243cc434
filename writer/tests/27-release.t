#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--release ends the holder, and the name can be created again at once'

it 'ends a holder in the background and one in the foreground, and then the name is gone'
run 0 shmwrite -d "$unique" 'x'
run 0 shmwrite --release "$unique"
output_is ''
errors_are_empty
gone
hold demo shmwrite --verbose "$unique" 'x'
run 0 shmwrite -R "$unique"
gone
over demo 0
errors_have "$unique: released: on request"

it 'reports that the name does not exist, or nothing with --quiet'
run 1 shmwrite --release "$unique"
says "$unique: does not exist"
run 1 shmwrite --release --quiet "$unique"
errors_are_empty

it 'refuses a name that shmwrite does not hold'
hold other collide section "$unique"
run 5 shmwrite --release "$unique"
says "$unique: has no holder: shmwrite does not hold it"
value_is "$unique" 'foreign'
stop other "$unique"

it 'returns when the holder has released a name that another program keeps alive, and says so'
run 0 shmwrite -d "$unique" 'x'
hold reader borrow_w "$unique"
run 0 shmwrite --release "$unique"
says "$unique: released, but another program keeps the memory open"
on_wine && until_true has_no_holder "$unique"
run 1 shmread "$unique"
says "$unique: has been released, but another program keeps the memory open"
run 0 shmwrite --release --timeout 0 "$unique"
stop reader "$unique"
gone

if on_wine; then
    it 'gives up after --timeout if the holder does not end'
    run 0 shmwrite -d "$unique" 'x'
    holder=$(background_of "$unique")
    kill -STOP "$holder"
    run 6 shmwrite --release --timeout 200ms "$unique"
    says "$unique: timed out waiting for its holder to let go"
    kill -CONT "$holder"
    goes

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
    gone
else
    skip 'gives up after --timeout, or succeeds if the holder died' 'this needs /proc, to find the holder'
fi

# A batch file that starts hundreds of programs is slow on a busy machine.
limit=240

it 'the same name can be created again at once, with another size and kind, fifty times'
batch <<'END'
@echo off
set n=0
:again
set /a n=n+1
WRITE --put --size %n%K NAME "time %n%"
if errorlevel 1 exit /b 1
for /f "delims=" %%v in ('READ NAME') do if not "%%v"=="time %n%" exit /b 2
WRITE --release NAME
if errorlevel 1 exit /b 3
WRITE --detach --sealed NAME sealed
if errorlevel 1 exit /b 4
WRITE --release NAME
if errorlevel 1 exit /b 5
if %n% lss 50 goto again
echo %n% times
END
output_is '50 times
'
gone

finish
