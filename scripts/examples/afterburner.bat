@echo off
REM afterburner.bat - print the values of MSI Afterburner.
REM
REM MSI Afterburner must be running. Prints lines such as
REM     version 2, 3 entries: name, value, unit
REM     GPU temperature 50      C
REM with TABs between the columns. The text is UTF-8, so run chcp 65001 first if
REM it has characters beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=MAHMSharedMemory"

shmread --get u32@0 %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The header has a signature, the version, its own size, and the number and
REM the size of the entries that follow it. Without its quotes cmd would replace
REM the = by a blank.
set fields=--get "signature=hex@0*4" --get "version=u16@6" --get "header_size=u32@8"
set fields=%fields% --get "count=u32@12" --get "entry_size=u32@16"
for /f "delims=" %%l in ('shmread %fields% %name%') do set "%%l"
if not "%signature%"=="4d48414d" echo afterburner: %name% is not in use at the moment 1>&2
if not "%signature%"=="4d48414d" exit /b 1
echo version %version%, %count% entries: name, value, unit

REM An entry has five texts of 260 bytes, of which the first is the name and the
REM second is the unit, and then the value.
set fields=--get text@0*260 --get f32@1300 --get text@260*260
shmread --offset %header_size% --rows %count%*%entry_size% %fields% %name%
exit /b %errorlevel%
