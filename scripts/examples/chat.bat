@echo off
REM chat.bat ME YOU [FILE] - a chat of two consoles, such as
REM     chat.bat ann bob           in one, and
REM     chat.bat bob ann           in the other.
REM
REM Needs nothing else. What is typed in one console is printed in the other when its line ends; Ctrl+Z and Enter at
REM the start of a line end it. With FILE, its lines are sent instead of what is typed.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~2"=="" echo usage: chat.bat ME YOU [FILE] 1>&2
if "%~2"=="" exit /b 2

REM A stream each way. The reader, in the background, waits for the other side to come, and ends when that side ends.
REM Ctrl+Break, or closing the console, ends the listener.
start "" /b shmread --wait "chat.%~2.%~1"
if "%~3"=="" shmwrite --stream "chat.%~1.%~2"
if not "%~3"=="" shmwrite --stream --input "%~3" "chat.%~1.%~2"
exit /b %errorlevel%
