@echo off
REM progress.bat [job or watch] - show the progress of a job, live, and its end.
REM
REM Run `progress.bat job` in one console and `progress.bat watch` in another, in
REM any order. Without an argument both run here. The watcher prints
REM     step 1 of 3
REM     step 2 of 3
REM     step 3 of 3
REM     done
REM It ends with the job. --hold-with lets the value end with the cmd of the job,
REM so the watcher also ends if the job is killed. A job that prints its steps
REM needs no batch file: `job | shmwrite --lines progress.demo`.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="job" goto job
if "%~1"=="" start "" /d "%~dp0." /b cmd /c call ".\%~nx0" job
shmread --wait --timeout 1m --follow progress.demo
exit /b %errorlevel%

:job
REM The shmread of a name that does not exist only waits, for half a second.
for %%s in ("step 1 of 3" "step 2 of 3" "step 3 of 3") do (
    shmwrite --quiet --put --size 100 --hold-with parent progress.demo %%s
    shmread --quiet --wait --timeout 500ms progress.pause
)
shmwrite --put progress.demo "done"
shmwrite --release progress.demo
exit /b %errorlevel%
