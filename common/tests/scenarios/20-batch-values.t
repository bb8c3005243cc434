#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'batch files count, pass values on and follow them, with values that outlive their command'

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
gone "$unique"

it 'batch files set, get and remove a value, in one file and across two'
batch <<'END'
@echo off
WRITE --put NAME "a value with  blanks"
for /f "delims=" %%v in ('READ NAME') do echo [%%v]
WRITE --put NAME running
END
output_is '[a value with  blanks]
'
batch <<'END'
@echo off
for /f "delims=" %%v in ('READ NAME') do if "%%v"=="running" echo it runs
WRITE --put NAME done
READ NAME
echo.
WRITE --release NAME
READ -q NAME
if errorlevel 1 if not errorlevel 2 echo removed
exit /b 0
END
output_is 'it runs
done
removed
'

it 'a consumer waits for a producer that was started with start /b'
batch <<'END'
@echo off
start /b cmd /c "WRITE --put --size 100 NAME produced"
for /f "delims=" %%v in ('READ --wait --timeout 60s NAME') do echo [%%v]
WRITE --release NAME
END
output_is '[produced]
'
gone "$unique"

it 'if errorlevel distinguishes the results of an update'
batch <<'END'
@echo off
WRITE -q --update NAME x
if errorlevel 1 if not errorlevel 2 echo not there
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
nothing to release
put
no room
updated
taken
released
'

it 'a pipe puts a value, and a later command reads it'
batch <<'END'
@echo off
echo one| WRITE --put --size 100 --chomp NAME
READ NAME
echo.
echo two| WRITE --put --chomp NAME
READ NAME | more
WRITE --release NAME
END
output_has 'one'
output_has 'two'
gone "$unique"

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
gone "$unique"

finish
