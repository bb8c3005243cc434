@echo off
REM iracing.bat - the session of iRacing: the track, the weather, the drivers.
REM
REM Needs iRacing, running. Prints YAML, and as UTF-8 what stands in the memory as code page 1252:
REM     ---
REM     WeekendInfo:
REM      TrackName: interlagos gp
REM and so on; iracing.bat >session.yaml keeps it.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=Local\IRSDKMemMapFileName"
shmread --raw --length 4 %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The header: version, status, tick rate, then update, length and offset of the session.
call :u32 %name% 4 status
if not "%status%"=="1" echo iracing: no session is running 1>&2
if not "%status%"=="1" exit /b 1
call :u32 %name% 16 length
call :u32 %name% 20 at
shmread --encoding cp1252 --offset %at% --length %length% %name%
exit /b %errorlevel%

REM :u32 NAME OFFSET VARIABLE - the number in four bytes, the lowest first
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
