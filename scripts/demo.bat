@echo off
rem demo.bat [FOLDER] - show the two programs at work, and check each result.
rem
rem FOLDER has shmwrite.exe and shmread.exe. By default it is the folder of this
rem file. The batch file stops at the first wrong result. It compares files with
rem same_w.exe if that program is there, because the fc of Wine does not work.
setlocal
set "bin=%~1"
if not defined bin set "bin=%~dp0."
set "PATH=%bin%;%PATH%"
set "same=fc /b"
if exist "%bin%\tests\same_w.exe" set same="%bin%\tests\same_w.exe"
set "work=%TEMP%\winshm-demo-%RANDOM%"
md "%work%" 2>nul
if not exist "%work%\" echo Cannot create the folder %work%& exit /b 1

echo.
echo 1. A value from an argument. One program holds it, another prints it:
echo      shmwrite demo.greeting "Hello from another process"
start /b "" shmwrite -q --hold-for 60s demo.greeting "Hello from another process"
shmread --wait -t 30s demo.greeting >"%work%\greeting"
if errorlevel 1 goto failed
set "got="
for /f "usebackq delims=" %%v in (`shmread demo.greeting`) do set "got=%%v"
echo      shmread demo.greeting
echo      %got%
if not "%got%"=="Hello from another process" goto failed

echo.
echo 2. A value from a pipe:
echo      dir /b ^| shmwrite demo.list
dir /b "%bin%\shm*.exe" >"%work%\list"
type "%work%\list" | start /b "" shmwrite -q --hold-for 60s demo.list
shmread --wait -t 30s -o "%work%\list.back" demo.list
if errorlevel 1 goto failed
echo      shmread demo.list
type "%work%\list.back"
%same% "%work%\list" "%work%\list.back" >nul
if errorlevel 1 goto failed

echo.
echo 3. A program file, which contains every byte value:
echo      shmwrite --input shmread.exe demo.bytes
start /b "" shmwrite -q --hold-for 60s --input "%bin%\shmread.exe" demo.bytes
shmread --wait -t 30s --output "%work%\bytes.back" demo.bytes
if errorlevel 1 goto failed
%same% "%bin%\shmread.exe" "%work%\bytes.back" >nul
if errorlevel 1 goto failed
echo      shmread --output copy.exe demo.bytes
echo      The copy is the same, byte for byte.

echo.
echo 4. A counter, held in the background, to which a loop adds:
echo      shmwrite --put demo.count 0
echo      shmwrite --put --add 1 demo.count
rem A demonstration that was interrupted may have left its counter behind.
shmwrite --release -q demo.count
shmwrite --put demo.count 0
if errorlevel 1 goto failed
for /l %%i in (1,1,5) do shmwrite --put --add 1 demo.count >nul
echo      shmread demo.count
for /f %%v in ('shmread demo.count') do set "got=%%v"
echo      %got%
if not "%got%"=="5" goto failed

echo.
echo 5. List all values, describe one, and dump the bytes of another:
echo      shmread --list demo.*
set "got="
for /f "tokens=2,4" %%k in ('shmread --list demo.*') do if "%%l"=="demo.count" set "got=%%k"
if not "%got%"=="value" goto failed
shmread --list demo.*
echo      shmread --stat demo.count
set "got="
for /f "tokens=1,2" %%k in ('shmread --stat demo.count') do if "%%k"=="updates:" set "got=%%l"
if not "%got%"=="5" goto failed
shmread --stat demo.count
echo      shmread --hex demo.greeting
set "got="
for /f "tokens=2-6" %%a in ('shmread --hex --length 5 demo.greeting') do if not "%%e"=="" set "got=%%a%%b%%c%%d%%e"
if not "%got%"=="48656c6c6f" goto failed
shmread --hex demo.greeting

echo.
echo 6. A stream, which one program prints while the other one still sends it:
echo      shmwrite --stream --input shmwrite.exe demo.stream
start /b "" shmwrite -q --timeout 60s --stream --input "%bin%\shmwrite.exe" demo.stream
shmread --wait -t 30s --output "%work%\stream" demo.stream
if errorlevel 1 goto failed
%same% "%bin%\shmwrite.exe" "%work%\stream" >nul
if errorlevel 1 goto failed
echo      shmread --wait --output copy.exe demo.stream
echo      The copy is the same, byte for byte.

echo.
echo 7. A name that no program holds:
echo      shmread demo.nobody
shmread demo.nobody
if not %errorlevel%==1 goto failed
echo      The exit status is 1: the name does not exist.

rem The package does not contain the program for this step, so the step is last.
if not exist "%bin%\tests\sample_writer.exe" goto done
echo.
echo 8. Memory that a plain C program created, without shmwrite:
start /b "" "%bin%\tests\sample_writer.exe" demo.sample >nul 2>nul
shmread --wait -t 30s demo.sample >"%work%\sample"
if errorlevel 1 goto failed
set "got="
for /f "usebackq delims=" %%v in ("%work%\sample") do set "got=%%v"
echo      shmread demo.sample
echo      %got%
if not "%got%"=="Message from first process." goto failed

:done
echo.
echo Every result is as expected.
set "result=0"
goto end

:failed
echo.
echo FAILED: the result of the last step is not as expected.
set "result=1"

:end
for %%n in (demo.greeting demo.list demo.bytes demo.count demo.stream) do shmwrite --release -q %%n
"%bin%\tests\signal_w.exe" demo.sample.stop 2>nul
rd /s /q "%work%"
exit /b %result%
