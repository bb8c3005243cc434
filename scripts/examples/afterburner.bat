@echo off
REM afterburner.bat - print the values of MSI Afterburner.
REM
REM MSI Afterburner must be running. Prints lines such as
REM     version 0x00020000, 3 entries
REM     GPU temperature [C]: 0x42480000
REM A value is a floating point number, with which batch files cannot calculate.
REM It is printed as its 32 bits: 0x42480000 is 50. The text is UTF-8, so run
REM chcp 65001 first if it has characters beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=MAHMSharedMemory"

shmread --length 4 %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The header has a signature, the version, its own size, and the number and
REM the size of the entries that follow it.
call :bits %name% 0 signature
if not "%signature%"=="4d41484d" echo afterburner: %name% is not in use at the moment 1>&2
if not "%signature%"=="4d41484d" exit /b 1
call :bits %name% 4 version
call :u32 %name% 8 header_size
call :u32 %name% 12 count
call :u32 %name% 16 entry_size
echo version 0x%version%, %count% entries
set /a last=count - 1
for /l %%i in (0,1,%last%) do call :entry %%i
exit /b 0

REM :entry INDEX - print an entry. It has five texts of 260 bytes, of which the
REM first is the name and the second is the unit, and then the value.
:entry
set /a at=header_size + %1 * entry_size
set /a unit_at=at + 260
set /a value_at=at + 1300
set "label="
set "unit="
for /f "delims=" %%n in ('shmread --offset %at% --length 260 %name%') do set "label=%%n"
for /f "delims=" %%n in ('shmread --offset %unit_at% --length 260 %name%') do set "unit=%%n"
call :bits %name% %value_at% value
setlocal EnableDelayedExpansion
echo !label! [!unit!]: 0x!value!
endlocal
exit /b 0

REM :u32 NAME OFFSET VARIABLE - set VARIABLE to the number in four bytes, of
REM which the lowest is first.
:u32
call :bits %1 %2 %3
call set /a %3=0x%%%3%%
exit /b 0

REM :bits NAME OFFSET VARIABLE - set VARIABLE to the same number as eight
REM hexadecimal digits.
:bits
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set "%3=%%d%%c%%b%%a"
exit /b 0
