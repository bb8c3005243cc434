@echo off
REM counter.bat - parallel workers draw numbers from one list of ten items.
REM
REM Each worker takes the next number with --add until the list is over, so each
REM item is done once, whoever is faster. Prints `item N by worker W` ten times.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if not "%~1"=="" goto work
start "" /d "%~dp0." /b cmd /c call ".\%~nx0" 2
call "%~f0" 1
REM Each worker draws one number too many: wait for the twelfth.
shmread --quiet --follow --after 11 --count 1 --timeout 1m counter.demo >nul
shmwrite --release counter.demo
exit /b %errorlevel%

:work
REM --hold-for ends the counter if this batch file is interrupted.
set "item="
for /f %%n in ('shmwrite --quiet --put --hold-for 10m --add 1 counter.demo') do set "item=%%n"
if not defined item exit /b 10
if %item% gtr 10 exit /b 0
echo item %item% by worker %1
goto work
