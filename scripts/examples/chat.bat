@echo off
REM chat.bat ME YOU [FILE] - let two consoles chat with each other.
REM
REM For example, run
REM     chat.bat ann bob           in one console, and
REM     chat.bat bob ann           in the other.
REM A line that is typed into one console is printed on the other. Ctrl+Z and
REM Enter at the start of a line end the chat. With FILE, the batch file sends
REM the lines of that file instead of typed lines.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~2"=="" echo usage: chat.bat ME YOU [FILE] 1>&2
if "%~2"=="" exit /b 2

REM There is one stream in each direction. The reader runs in the background,
REM waits for the other side, and ends when that side ends. Ctrl+Break also ends
REM the reader, and so does closing the console.
start "" /b shmread --wait "chat.%~2.%~1"
if "%~3"=="" shmwrite --stream "chat.%~1.%~2"
if not "%~3"=="" shmwrite --stream --input "%~3" "chat.%~1.%~2"
exit /b %errorlevel%
