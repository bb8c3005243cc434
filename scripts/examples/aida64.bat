@echo off
REM aida64.bat [ID] - print all values of AIDA64, and one of them.
REM
REM AIDA64 must be running, with "Enable shared memory" on the page File,
REM Preferences, Hardware Monitoring, External Applications. The sensors are
REM chosen on that page, too. ID is the ID of a sensor, SCPUUTI by default. The
REM first line of the output has all IDs. Prints
REM     <sys><id>SCPUUTI</id><label>CPU Utilization</label><value>23...
REM     SCPUUTI: 23
REM Choose so few sensors that the string has at most 4000 characters. A line of
REM a batch file may have 8191 characters, and one line contains the string
REM twice.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "id=%~1"
if not defined id set "id=SCPUUTI"

shmread AIDA64_SensorValues
if errorlevel 1 exit /b %errorlevel%
echo.

REM The string is one line of tags. First remove all text before the value, and
REM then all text behind it.
set "text="
for /f "delims=" %%t in ('shmread AIDA64_SensorValues') do set "text=%%t"
call set "rest=%%text:*<id>%id%</id>=%%"
if "%rest%"=="%text%" echo aida64: %id% is not among the sensors 1>&2
if "%rest%"=="%text%" exit /b 1
set "rest=%rest:*<value>=%"
for /f "delims=<" %%v in ("%rest%") do echo %id%: %%v
exit /b 0
