@echo off
REM assettocorsa.bat - print car, track, gear and engine speed of Assetto Corsa.
REM
REM Assetto Corsa or Assetto Corsa Competizione must run a session. Prints
REM     car: ferrari_488_gt3
REM     track: monza
REM     packet 1: gear 1, 6000 rpm
REM The text is UTF-8, so run chcp 65001 first if it has characters beyond
REM ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
shmread --raw --length 4 Local\acpmf_static >nul
if errorlevel 1 exit /b %errorlevel%

REM A text has 33 characters of UTF-16. The pedals, the fuel and the speed are
REM floating point numbers, with which batch files cannot calculate. In the
REM memory gear 0 is the reverse gear, and 1 is neutral.
for /f "delims=" %%n in ('shmread -e utf-16 --offset 68 --length 66 Local\acpmf_static') do echo car: %%n
for /f "delims=" %%n in ('shmread -e utf-16 --offset 134 --length 66 Local\acpmf_static') do echo track: %%n
call :u32 Local\acpmf_physics 0 packet
call :u32 Local\acpmf_physics 16 gear
call :u32 Local\acpmf_physics 20 rpm
set /a gear=gear - 1
echo packet %packet%: gear %gear%, %rpm% rpm
exit /b 0

REM :u32 NAME OFFSET VARIABLE - set VARIABLE to the number in four bytes, of
REM which the lowest is first.
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
