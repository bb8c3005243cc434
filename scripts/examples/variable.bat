@echo off
REM variable.bat - set a variable that another batch file reads and changes.
REM
REM Without an argument this batch file sets the variable, and starts itself as
REM the other batch file, which could also run in another console. Prints
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
