@echo off
REM next.bat [NAME] - do something with each new value of NAME.
REM
REM Without an argument this batch file also starts a job, which counts to three
REM in the value next.demo. Prints
REM     update 1: step 1
REM     update 2: step 2
REM     update 3: step 3
REM A job that is faster than this loop would make it skip steps, but never the
REM newest one.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="job" goto job
set "name=%~1"
if not defined name set "name=next.demo" & start "" /d "%~dp0." /b cmd /c call ".\%~nx0" job

REM for /f reads the output of a command when the command has ended. So each
REM shmread waits for one value that is newer than update %seen%, and ends.
set "seen=0"
set "wait=--wait --timeout 1m"
:next
set "update="
for /f "tokens=1,*" %%a in ('shmread --quiet --follow --numbered --count 1 --after %seen% %wait% "%name%"') do (
    set "update=%%a"
    set "value=%%b"
)
REM Nothing is printed when NAME has gone away.
if not defined update exit /b 0
echo update %update%: %value%
set "seen=%update%"
set "wait="
goto next

:job
REM The shmread of a name that does not exist only waits, for half a second.
shmwrite --put --size 100 next.demo "step 1"
for %%i in (2 3) do (
    shmread --quiet --wait --timeout 500ms next.pause
    shmwrite --put next.demo "step %%i"
)
shmread --quiet --wait --timeout 500ms next.pause
shmwrite --release next.demo
exit /b %errorlevel%
