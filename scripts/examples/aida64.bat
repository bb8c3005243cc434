@echo off
REM aida64.bat [ID] - all that AIDA64 publishes, and the value of one sensor.
REM
REM Needs AIDA64, with "Enable shared memory" in File, Preferences, Hardware Monitoring, External Applications; the
REM sensors are chosen on the same page. ID is one of theirs, as in the first line that is printed; else SCPUUTI.
REM Prints
REM     <sys><id>SCPUUTI</id><label>CPU Utilization</label><value>23</value></sys><temp><id>TCPU</id>...
REM     SCPUUTI: 23
REM A line of a batch file has 8191 characters, and the string is in one twice: choose sensors for 4000 at most.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "id=%~1"
if not defined id set "id=SCPUUTI"

shmread AIDA64_SensorValues
if errorlevel 1 exit /b %errorlevel%
echo.

REM The string is one line of tags. What stands in front of the value is dropped, then what stands behind it.
set "text="
for /f "delims=" %%t in ('shmread AIDA64_SensorValues') do set "text=%%t"
call set "rest=%%text:*<id>%id%</id>=%%"
if "%rest%"=="%text%" echo aida64: %id% is not among the sensors 1>&2
if "%rest%"=="%text%" exit /b 1
set "rest=%rest:*<value>=%"
for /f "delims=<" %%v in ("%rest%") do echo %id%: %%v
exit /b 0
