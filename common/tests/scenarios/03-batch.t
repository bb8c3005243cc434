#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'batch files set, read, count, follow and test values'

it 'for /f captures the text, line after line'
printf 'one\r\na value with  blanks\r\nthree\r\n' | hold demo shmwrite "$unique"
batch <<'END'
@echo off
for /f "delims=" %%v in ('READ NAME') do echo [%%v]
END
output_is '[one]
[a value with  blanks]
[three]
'
release demo "$unique"

it 'if errorlevel distinguishes the results'
hold other collide event "$unique-event"
batch <<'END'
@echo off
READ -q NAME
if errorlevel 1 if not errorlevel 2 echo not there
READ -q 2>nul
if errorlevel 2 if not errorlevel 3 echo usage
READ -q NAME-event
if errorlevel 5 if not errorlevel 6 echo another kind of object
READ -q --wait --timeout 50ms NAME
if errorlevel 6 if not errorlevel 7 echo the time is up
WRITE -q --update NAME x
if errorlevel 1 if not errorlevel 2 echo nothing to update
WRITE -q --release NAME
if errorlevel 1 if not errorlevel 2 echo nothing to release
WRITE -q --put --size 3 NAME abc
if not errorlevel 1 echo put
WRITE -q --put NAME abcd
if errorlevel 8 if not errorlevel 9 echo no room
WRITE -q --update NAME ab
if not errorlevel 1 echo updated
WRITE -q --detach NAME x
if errorlevel 5 if not errorlevel 6 echo taken
WRITE -q --release NAME
if not errorlevel 1 echo released
END
output_is 'not there
usage
another kind of object
the time is up
nothing to update
nothing to release
put
no room
updated
taken
released
'
stop other "$unique-event"

it 'a loop counts with --put and for /f'
batch <<'END'
@echo off
WRITE --put --size 100 NAME 0
:again
for /f %%v in ('READ NAME') do set /a n=%%v+1
WRITE --put NAME %n%
if errorlevel 1 exit /b 1
if %n% lss 20 goto again
READ NAME
WRITE --release NAME
END
output_is '20'
gone

it 'a consumer waits for a producer that was started with start /b'
batch <<'END'
@echo off
start /b cmd /c "WRITE --put --size 100 NAME produced"
for /f "delims=" %%v in ('READ --wait --timeout 60s NAME') do echo [%%v]
END
output_is '[produced]
'

it 'a pipe puts a value, which a later batch file reads'
batch <<'END'
@echo off
echo piped| WRITE --put --chomp NAME
END
batch <<'END'
@echo off
READ NAME | more
WRITE --release NAME
END
output_has 'piped'
gone

it 'a batch file follows the values that others put'
batch <<'END' &
@echo off
WRITE --put --size 100 NAME start
READ --follow --interval 5ms NAME
echo ended
END
following=$!
# Wait until the first value is printed: --follow prints the value that exists
# when it starts, and then each new one.
until_true grep -qs start "$dir/printed"
run 0 shmwrite --put "$unique" middle
until_true grep -qs middle "$dir/printed"
run 0 shmwrite --release "$unique"
wait "$following"
output_is 'start
middle
ended
'
gone

finish
