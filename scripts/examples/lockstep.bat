@echo off
REM lockstep.bat [producer or consumer] - two batch files in step: an item is made when the one before has been taken.
REM
REM Needs nothing else. lockstep.bat producer in one console and lockstep.bat consumer in another, in any order; without
REM an argument both, the producer in the background. The consumer prints
REM     took item 1
REM     took item 2
REM     took item 3
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="producer" goto producer
REM The one in the background does not stay for ever when this one is interrupted.
if "%~1"=="" start "" /d "%~dp0." /b cmd /c call ".\%~nx0" producer --hold-for 1m

:take
set "item="
for /f "delims=" %%v in ('shmread --wait --timeout 1m lockstep.demo') do set "item=%%v"
if not defined item exit /b 6
if "%item%"=="end" exit /b 0
echo took %item%
goto take

:producer
REM shmwrite holds an item until it has been read once.
for %%i in ("item 1" "item 2" "item 3" "end") do shmwrite --quiet --reads 1 %2 %3 lockstep.demo %%i
exit /b %errorlevel%
