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
REM length and offset of the session.
call :u32 %name% 4 status
if not "%status%"=="1" echo iracing: no session is running 1>&2
if not "%status%"=="1" exit /b 1
call :u32 %name% 16 length
call :u32 %name% 20 at
shmread --encoding cp1252 --offset %at% --length %length% %name%
exit /b %errorlevel%

REM :u32 NAME OFFSET VARIABLE - set VARIABLE to the number in four bytes, of
REM which the lowest is first.
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
