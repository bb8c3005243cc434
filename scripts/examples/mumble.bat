@echo off
REM mumble.bat [IDENTITY] - print the data of a game for Mumble.
REM
REM A game with Mumble Link must be running, or Mumble itself, which creates the
REM memory if no game has done so. With IDENTITY, the batch file then writes a
REM new identity of the player. Prints
REM     name: Example Game
REM     identity: a player with a long name
REM     context: server-1
REM The text is UTF-8, so run chcp 65001 first if it has characters beyond
REM ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=MumbleLink"
shmread --length 4 --raw %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The name of the game and the identity have 256 characters of UTF-16. The
REM context has bytes, and their number is before them.
call :text name 44
call :text identity 592
call :u32 %name% 1104 length
for /f "delims=" %%n in ('shmread --offset 1108 --length %length% %name%') do echo context: %%n
if "%~1"=="" exit /b 0

REM Write the whole field of 512 bytes, with zeros at its end. Otherwise the end
REM of a longer, older text would stay there. The first command creates memory
REM with the text and these zeros, and the second one copies it.
set "field=mumble.field.%RANDOM%"
shmwrite --detach --raw --size 512 --hold-for 10m --encoding utf-16 %field% "%~1"
if errorlevel 1 exit /b %errorlevel%
shmread --raw --length 512 %field% | shmwrite --update --raw --offset 592 %name%
set "status=%errorlevel%"
shmwrite --release %field%
if %status% equ 0 call :text identity 592
exit /b %status%

REM :text LABEL OFFSET - print a field of text with its label.
:text
for /f "delims=" %%n in ('shmread --encoding utf-16 --offset %2 --length 512 %name%') do echo %1: %%n
exit /b 0

REM :u32 NAME OFFSET VARIABLE - set VARIABLE to the number in four bytes, of
REM which the lowest is first.
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
