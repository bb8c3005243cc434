@echo off
REM coretemp.bat - print the load and temperature of each core.
REM
REM Core Temp must be running. Prints lines such as
REM     processor=Example Core 5000
REM     highest temperature=100
REM     core 0: load 10 percent, temperature 50.5 C
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=CoreTempMappingObjectEx"
set "read=shmread --mutex CoreTempMutexObject --timeout 10s"

REM The memory has 256 loads, 128 highest temperatures, the number of cores, the
REM number of processors, 256 temperatures, at byte 2584 the processor, and at
REM byte 2684 whether the temperatures are in F and whether they are distances.
%read% --get "processor=text@2584*100" --get "highest temperature=u32@1024" %name%
if errorlevel 1 exit /b %errorlevel%
for /f %%n in ('%read% --get u32@1536 %name%') do set "cores=%%n"

REM One command prints lines of numbers, which are of the same moment.
set fields=--get "loads=u32@0*%cores%" --get "temperatures=f32@1544*%cores%" --get "flags=u8@2684*2"
for /f "delims=" %%l in ('%read% %fields% %name%') do set "%%l"
set "unit=C"
if "%flags:~0,1%"=="1" set "unit=F"
if "%flags:~2%"=="1" set "unit=%unit% below the highest"
set "core=0"
for %%t in (%temperatures%) do call :core %%t
exit /b 0

REM :core TEMPERATURE - print it with the first of the loads, and remove that.
:core
for /f "tokens=1*" %%a in ("%loads%") do (
    echo core %core%: load %%a percent, temperature %1 %unit%
    set "loads=%%b"
)
set /a core=core + 1
exit /b 0
