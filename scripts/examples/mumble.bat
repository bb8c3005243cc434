@echo off
REM mumble.bat [IDENTITY] - what a game tells Mumble; with IDENTITY, a new identity of the player is written.
REM
REM Needs a game with Mumble Link, or Mumble itself, which makes the memory if no game has. Prints
REM     name: Example Game
REM     identity: a player with a long name
REM     context: server-1
REM The text is UTF-8: chcp 65001 for what is beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=MumbleLink"
shmread --length 4 --raw %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The name of the game and the identity are 256 characters of UTF-16. The context is bytes, after their number.
call :text name 44
call :text identity 592
call :u32 %name% 1104 length
for /f "delims=" %%n in ('shmread --offset 1108 --length %length% %name%') do echo context: %%n
if "%~1"=="" exit /b 0

REM A field is written in one piece, with the zeros that end it: else the end of a longer text would stay there. So it
REM is first made in memory of its size.
set "field=mumble.field.%RANDOM%"
shmwrite --detach --raw --size 512 --hold-for 10m --encoding utf-16 %field% "%~1"
if errorlevel 1 exit /b %errorlevel%
shmread --raw --length 512 %field% | shmwrite --update --raw --offset 592 %name%
set "status=%errorlevel%"
shmwrite --release %field%
if %status% equ 0 call :text identity 592
exit /b %status%

REM :text LABEL OFFSET
:text
for /f "delims=" %%n in ('shmread --encoding utf-16 --offset %2 --length 512 %name%') do echo %1: %%n
exit /b 0

REM :u32 NAME OFFSET VARIABLE - the number in four bytes, the lowest first
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
