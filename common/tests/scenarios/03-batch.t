#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'batch files set, read and test values'

it 'for /f captures the text'
hold demo shmwrite "$unique" 'a value with  blanks'
batch <<'END'
@echo off
for /f "delims=" %%v in ('READ NAME') do echo [%%v]
END
output_is '[a value with  blanks]
'
release demo "$unique"

it 'for /f captures line after line'
printf 'one\r\ntwo\r\nthree\r\n' | hold demo shmwrite "$unique"
batch <<'END'
@echo off
for /f "delims=" %%v in ('READ NAME') do echo [%%v]
END
output_is '[one]
[two]
[three]
'
release demo "$unique"

it 'if errorlevel distinguishes the results'
hold other collide event "$unique-event"
batch <<'END'
@echo off
READ -q NAME
if errorlevel 1 if not errorlevel 2 echo not there
READ -q NAME-event
if errorlevel 5 if not errorlevel 6 echo another kind of object
READ -q --wait --timeout 50ms NAME
if errorlevel 6 if not errorlevel 7 echo the time is up
READ -q 2>nul
if errorlevel 2 if not errorlevel 3 echo usage
WRITE -q --size 1 NAME xx
if errorlevel 8 if not errorlevel 9 echo no room
WRITE -q --hold-for 0 NAME xx
if not errorlevel 1 echo done
END
output_is 'not there
another kind of object
the time is up
usage
no room
done
'
stop other "$unique-event"

it 'a batch file passes a value from one program to another'
batch <<'END'
@echo off
start /b WRITE -q --hold-for 1m NAME "from the batch file"
for /f "delims=" %%v in ('READ --wait --timeout 60s NAME') do echo [%%v]
END
output_is '[from the batch file]
'
signal "$unique.winshm.release" || fail 'nobody holds it'
until_true is_gone "$unique" || fail 'it is still held'

finish
