@echo off
REM lockstep.bat [producer or consumer] - let two batch files take turns.
REM
REM The producer creates an item when the consumer has read the previous one.
REM Run `lockstep.bat producer` in one console and `lockstep.bat consumer` in
REM another, in any order. Without an argument both run here, the producer in
REM the background. The consumer prints
REM     took item 1
REM     took item 2
REM     took item 3
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="producer" goto producer
REM --hold-for ends the producer in the background if this batch file is
REM interrupted.
if "%~1"=="" start "" /d "%~dp0." /b cmd /c call ".\%~nx0" producer --hold-for 1m

:take
set "item="
for /f "delims=" %%v in ('shmread --wait --timeout 1m lockstep.demo') do set "item=%%v"
if not defined item exit /b 6
if "%item%"=="end" exit /b 0
echo took %item%
goto take

:producer
REM --reads 1: shmwrite holds an item until it has been read once.
for %%i in ("item 1" "item 2" "item 3" "end") do shmwrite --quiet --reads 1 %2 %3 lockstep.demo %%i
exit /b %errorlevel%
