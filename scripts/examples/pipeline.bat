@echo off
REM pipeline.bat [producer or consumer] - a pipeline with two separate ends.
REM
REM Run `pipeline.bat producer` in one console and `pipeline.bat consumer` in
REM another, in any order. Without an argument both run here, the producer in
REM the background. The consumer prints the nineteen lines that contain a 7:
REM     line 7
REM     line 17
REM and so on.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if "%~1"=="producer" goto producer
if "%~1"=="" start "" /d "%~dp0." /b cmd /c call ".\%~nx0" producer

REM The path names the folder of find.exe, because MSYS2 has another find on the
REM path.
shmread --wait --timeout 1m pipeline.demo | "%SystemRoot%\System32\find.exe" "7"
exit /b %errorlevel%

:producer
cmd /c "for /l %%i in (1,1,100) do @echo line %%i" | shmwrite --stream --timeout 1m pipeline.demo
exit /b %errorlevel%
