@echo off
REM variable.bat - a variable that one batch file sets and another one reads and changes.
REM
REM Needs nothing else. Started without an argument it sets the variable, starts itself as the other batch file, which
REM might as well be in another console, and prints
REM     the other one reads: running, 3 of 7
REM     the first one reads: done
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="other" goto other

shmwrite --put --size 100 variable.demo "running, 3 of 7"
if errorlevel 1 exit /b %errorlevel%
cmd /c call "%~f0" other
for /f "delims=" %%v in ('shmread variable.demo') do echo the first one reads: %%v
shmwrite --release variable.demo
exit /b %errorlevel%

:other
for /f "delims=" %%v in ('shmread variable.demo') do echo the other one reads: %%v
shmwrite --put variable.demo "done"
exit /b %errorlevel%
