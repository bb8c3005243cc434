@echo off
REM hwinfo.bat - print the sensors and the readings of HWiNFO.
REM
REM HWiNFO must be running, with "Shared Memory Support" in its settings. Prints
REM lines such as
REM     version 2, polled at Unix time 1700000000
REM     Sensors, numbered from 0 on:
REM     CPU [#0]: Example 5000
REM     Readings: number of the sensor, name, value, unit
REM     0       CPU Package     40.5    C
REM with TABs between the columns. The text is UTF-8, so run chcp 65001 first if
REM it has characters beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=Global\HWiNFO_SENS_SM2"
REM The mutex keeps HWiNFO from writing during a copy, so that all lines of a
REM table describe the same moment.
set "read=shmread --mutex Global\HWiNFO_SM2_MUTEX --timeout 10s"

REM The header has a signature, the version, the revision, the time, and the
REM offset, size and number of the sensors and of the readings. Without its
REM quotes cmd would replace the = by a blank.
set fields=--get "signature=text@0*4" --get "version=u32@4" --get "polled=i64@12"
set fields=%fields% --get "sensors_at=u32@20" --get "sensor_size=u32@24" --get "sensor_count=u32@28"
set fields=%fields% --get "readings_at=u32@32" --get "reading_size=u32@36" --get "reading_count=u32@40"
set "header=%TEMP%\hwinfo.%RANDOM%.txt"
%read% %fields% %name% >"%header%"
set "status=%errorlevel%"
REM To read a file takes less time than to start a second cmd for the command.
for /f "usebackq delims=" %%l in ("%header%") do set "%%l"
del "%header%"
if not %status%==0 exit /b %status%
if not "%signature%"=="HWiS" echo hwinfo: %name% is not in use at the moment 1>&2
if not "%signature%"=="HWiS" exit /b 1
echo version %version%, polled at Unix time %polled%

REM At byte 136 of a sensor is its name, as HWiNFO shows it.
echo Sensors, numbered from 0 on:
%read% --offset %sensors_at% --rows %sensor_count%*%sensor_size% --get text@136*128 %name%
echo Readings: number of the sensor, name, value, unit
set fields=--get u32@4 --get text@140*128 --get f64@284 --get text@268*16
%read% --offset %readings_at% --rows %reading_count%*%reading_size% %fields% %name%
exit /b %errorlevel%
