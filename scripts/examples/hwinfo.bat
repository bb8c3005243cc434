@echo off
REM hwinfo.bat - print the sensors of HWiNFO, and the names of their readings.
REM
REM HWiNFO must be running, with "Shared Memory Support" in its settings. Prints
REM lines such as
REM     HWiS, version 2, polled at 1700000000
REM     CPU [#0]: Example 5000
REM         CPU Package [C]
REM The value of a reading is a floating point number of eight bytes, at byte
REM 284 of its entry. Batch files cannot calculate with such numbers, so it is
REM not printed. The text is UTF-8, so run chcp 65001 first if it has characters
REM beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=Global\HWiNFO_SENS_SM2"
set "copy=hwinfo.copy.%RANDOM%"

REM Copy all of the memory while the mutex keeps HWiNFO from writing, so that
REM all lines describe the same moment.
shmread --length 4 %name% >nul
if errorlevel 1 exit /b %errorlevel%
shmread --raw --mutex Global\HWiNFO_SM2_MUTEX --timeout 10s %name% | shmwrite --detach --raw --hold-for 1h %copy%
if errorlevel 1 exit /b %errorlevel%

REM The header has a signature, the version, the revision, the time, and the
REM offset, size and number of the sensors and of the readings.
set "signature="
for /f "delims=" %%s in ('shmread --length 4 %copy%') do set "signature=%%s"
call :u32 %copy% 4 version
call :u32 %copy% 12 polled
call :u32 %copy% 20 sensors_at
call :u32 %copy% 24 sensor_size
call :u32 %copy% 28 sensor_count
call :u32 %copy% 32 readings_at
call :u32 %copy% 36 reading_size
call :u32 %copy% 40 reading_count
echo %signature%, version %version%, polled at %polled%

set /a last=sensor_count - 1
for /l %%i in (0,1,%last%) do call :sensor %%i
shmwrite --release %copy%
exit /b 0

REM :sensor INDEX - print the name of a sensor, as HWiNFO shows it, and its
REM readings.
:sensor
set /a at=sensors_at + %1 * sensor_size + 136
for /f "delims=" %%n in ('shmread --offset %at% --length 128 %copy%') do echo %%n
set /a last_reading=reading_count - 1
for /l %%j in (0,1,%last_reading%) do call :reading %%j %1
exit /b 0

REM :reading INDEX SENSOR - print the name and unit of a reading, if it belongs
REM to that sensor.
:reading
set /a at=readings_at + %1 * reading_size
set /a sensor_at=at + 4
set /a label_at=at + 140
set /a unit_at=at + 268
call :u32 %copy% %sensor_at% sensor
if not "%sensor%"=="%2" exit /b 0
set "label="
set "unit="
for /f "delims=" %%n in ('shmread --offset %label_at% --length 128 %copy%') do set "label=%%n"
for /f "delims=" %%n in ('shmread --offset %unit_at% --length 16 %copy%') do set "unit=%%n"
setlocal EnableDelayedExpansion
echo     !label! [!unit!]
endlocal
exit /b 0

REM :u32 NAME OFFSET VARIABLE - set VARIABLE to the number in four bytes, of
REM which the lowest is first.
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
