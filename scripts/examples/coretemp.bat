@echo off
REM coretemp.bat - print the load and temperature of each core.
REM
REM Core Temp must be running. Prints lines such as
REM     Example Core 5000: 4 cores, at most 100 degrees
REM     core 0: load 10 percent, temperature 0x42480000
REM A temperature is a floating point number, with which batch files cannot
REM calculate. It is printed as its 32 bits: 0x42480000 is 50.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=CoreTempMappingObjectEx"
set "read=shmread --mutex CoreTempMutexObject --timeout 10s"

%read% --length 4 %name% >nul
if errorlevel 1 exit /b %errorlevel%

REM The memory has 256 loads, 128 highest temperatures, the number of cores, the
REM number of processors, and 256 temperatures.
call :u32 %name% 1536 cores
call :u32 %name% 1024 highest
set "processor_at=--offset 2584 --length 100"
for /f "delims=" %%n in ('%read% %processor_at% %name%') do echo %%n: %cores% cores, at most %highest% degrees
set /a last=cores - 1
for /l %%i in (0,1,%last%) do call :core %%i
exit /b 0

REM :core INDEX - print the load and the temperature of a core.
:core
set /a load_at=4 * %1
set /a temperature_at=1544 + 4 * %1
call :u32 %name% %load_at% load
call :bits %name% %temperature_at% temperature
echo core %1: load %load% percent, temperature 0x%temperature%
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
for /f "tokens=2-5" %%a in ('%read% --hex --offset %2 --length 4 %1') do if not "%%d"=="" set "%3=%%d%%c%%b%%a"
exit /b 0
