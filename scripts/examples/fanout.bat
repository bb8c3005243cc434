@echo off
REM fanout.bat - one stream for three readers, each of which gets all of it.
REM
REM Starts the three readers in the background, and sends them twenty lines.
REM Each reader keeps the lines with its digit, and hands them over at the end:
REM     line 5
REM     line 15
REM     line 7
REM     line 17
REM     line 9
REM     line 19
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
if not "%~1"=="" goto reader
for %%d in (5 7 9) do start "" /d "%~dp0." /b cmd /c call ".\%~nx0" %%d
cmd /c "for /l %%i in (1,1,20) do @echo line %%i" | shmwrite --stream --readers 3 --timeout 1m fanout.demo
if errorlevel 1 exit /b %errorlevel%
for %%d in (5 7 9) do shmread --wait --timeout 1m fanout.%%d
exit /b %errorlevel%

:reader
REM The path names the folder of find.exe, because MSYS2 has another find on the
REM path.
shmread --wait --timeout 1m fanout.demo | "%SystemRoot%\System32\find.exe" "%1" | shmwrite -q --reads 1 --hold-for 1m fanout.%1
exit /b %errorlevel%
