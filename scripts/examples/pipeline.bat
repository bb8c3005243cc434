@echo off
REM pipeline.bat [producer or consumer] - a pipeline whose two ends start apart.
REM
REM Needs nothing else. pipeline.bat producer in one console and pipeline.bat consumer in another, in any order; without
REM an argument both, the producer in the background. The consumer prints the lines with a 7 in them:
REM     line 7
REM     line 17
REM and so on, nineteen of them.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="producer" goto producer
if "%~1"=="" start "" /d "%~dp0." /b cmd /c call ".\%~nx0" producer

REM By its folder, since other systems' find, which MSYS2 has on the path, is another program.
shmread --wait --timeout 1m pipeline.demo | "%SystemRoot%\System32\find.exe" "7"
exit /b %errorlevel%

:producer
cmd /c "for /l %%i in (1,1,100) do @echo line %%i" | shmwrite --stream --timeout 1m pipeline.demo
exit /b %errorlevel%
