@echo off
REM mumble.bat [IDENTITY] - print the data of a game for Mumble.
REM
REM A game with Mumble Link must be running, or Mumble itself, which creates the
REM memory if no game has done so. With IDENTITY, the batch file then writes a
REM new identity of the player. Prints
REM     name=Example Game
REM     identity=a player with a long name
REM     context=server-1
REM The text is UTF-8, so run chcp 65001 first if it has characters beyond
REM ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=MumbleLink"

REM The name of the game and the identity have 256 units of UTF-16. The context
REM has bytes, and their number is before them.
shmread --get "name=utf-16@44*256" --get "identity=utf-16@592*256" %name%
if errorlevel 1 exit /b %errorlevel%
for /f %%n in ('shmread --get u32@1104 %name%') do set "length=%%n"
if not "%length%"=="0" shmread --get "context=text@1108*%length%" %name%
if "%~1"=="" exit /b 0

REM Write the whole field of 512 bytes, with zeros at its end. Otherwise the end
REM of a longer, older text would stay there.
shmwrite --update --raw --offset 592 --pad 512 --encoding utf-16 %name% "%~1"
if errorlevel 1 exit /b %errorlevel%
shmread --get "identity=utf-16@592*256" %name%
exit /b %errorlevel%
