@echo off
REM lock.bat - one script at a time, with a time limit, whatever dies.
REM
REM Starts itself a second time. Each of the two prints
REM     WHO is inside
REM     WHO is done
REM and the two pairs never mix. The lock ends with the script that has it, also
REM if that is killed: see --hold-with in the reference.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if not "%~1"=="" goto locked
start "" /d "%~dp0." /b cmd /c call ".\%~nx0" second
cmd /c call "%~f0" first
REM Wait until the other one has had its turn.
shmread --quiet --wait --timeout 1m lock.done >nul
shmwrite --release lock.done
exit /b %errorlevel%

:locked
shmwrite --quiet --detach --wait --timeout 30s --hold-with parent lock.demo %1
if errorlevel 1 exit /b %errorlevel%
echo %1 is inside
shmread --quiet --wait --timeout 200ms lock.pause
echo %1 is done
if "%~1"=="second" shmwrite --put lock.done yes
exit /b 0
