@echo off
REM iracing.bat - print track, weather and drivers of iRacing.
REM
REM iRacing must be running. Prints the YAML of the session, converted from code
REM page 1252 to UTF-8. It begins so:
REM     ---
REM     WeekendInfo:
REM      TrackName: interlagos gp
REM To store it in a file, run: iracing.bat >session.yaml
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=Local\IRSDKMemMapFileName"
shmread --raw --length 4 %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The header has the version, the status, the tick rate, and the update,
REM length and offset of the session. Without its quotes cmd would replace the =
REM by a blank.
set fields=--get "status=i32@4" --get "length=i32@16" --get "at=i32@20"
for /f "delims=" %%l in ('shmread %fields% %name%') do set "%%l"
if not "%status%"=="1" echo iracing: no session is running 1>&2
if not "%status%"=="1" exit /b 1
shmread --encoding cp1252 --offset %at% --length %length% %name%
exit /b %errorlevel%
