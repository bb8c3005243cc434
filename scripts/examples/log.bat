@echo off
REM log.bat - several scripts append lines to one log in memory.
REM
REM Starts three scripts that write two lines each, and prints the six lines.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if not "%~1"=="" goto write
shmwrite --detach --size 64K log.demo ""
for %%w in (1 2) do start "" /d "%~dp0." /b cmd /c call ".\%~nx0" %%w
cmd /c call "%~f0" 3
REM The sixth line is update 7: the first is the empty value.
shmread --quiet --follow --after 6 --count 1 --timeout 1m log.demo
shmwrite --release log.demo
exit /b %errorlevel%

:write
call :line 1 %1
call :line 2 %1
exit /b %errorlevel%

:line
echo line %1 of script %2| shmwrite --update --append log.demo
exit /b %errorlevel%
