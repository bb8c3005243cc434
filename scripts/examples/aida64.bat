@echo off
REM aida64.bat [ID] - print the sensors of AIDA64, or one of them.
REM
REM AIDA64 must be running, with "Enable shared memory" on the page File,
REM Preferences, Hardware Monitoring, External Applications. The sensors are
REM chosen on that page, too. ID is the ID of a sensor. Prints lines such as
REM     SCPUCLK CPU Clock       4290
REM     SCPUUTI CPU Utilization 23
REM with TABs between the ID, the name and the value. AIDA64 publishes no units.
REM
REM Choose so few sensors that the string has at most 4000 characters. A line of
REM a batch file may have 8191 characters, and one line contains the string
REM twice.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."

shmread AIDA64_SensorValues >nul
if errorlevel 1 exit /b %errorlevel%

REM The string is one line of tags, such as
REM     <sys><id>SCPUUTI</id><label>CPU Utilization</label><value>23</value></sys>
set "text="
for /f "delims=" %%t in ('shmread AIDA64_SensorValues') do set "text=%%t"
set "found="
:sensor
set "rest=%text:*<id>=%"
if "%rest%"=="%text%" goto end
set "text=%rest%"
for /f "tokens=1,4,7 delims=<>" %%a in ("%text%") do (
    if "%~1"=="" echo %%a	%%b	%%c
    if "%~1"=="%%a" echo %%a	%%b	%%c
    if "%~1"=="%%a" set "found=yes"
)
goto sensor

:end
if "%~1"=="" exit /b 0
if defined found exit /b 0
echo aida64: %~1 is not among the sensors 1>&2
exit /b 1
