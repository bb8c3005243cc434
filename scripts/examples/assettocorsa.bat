@echo off
REM assettocorsa.bat - print car, track, gear and speed of Assetto Corsa.
REM
REM Assetto Corsa or Assetto Corsa Competizione must run a session. Prints
REM     car=ferrari_488_gt3
REM     track=monza
REM     packet 1: gear 1, 6000 rpm, 212.4 km/h
REM The text is UTF-8, so run chcp 65001 first if it has characters beyond
REM ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."

REM A text has 33 units of UTF-16.
shmread --get "car=utf-16@68*33" --get "track=utf-16@134*33" Local\acpmf_static
if errorlevel 1 exit /b %errorlevel%

REM In the memory gear 0 is the reverse gear, and 1 is neutral. Without its
REM quotes cmd would replace the = by a blank.
set fields=--get "packet=i32@0" --get "gear=i32@16" --get "rpm=i32@20" --get "speed=f32@28"
for /f "delims=" %%l in ('shmread %fields% Local\acpmf_physics') do set "%%l"
set /a gear=gear - 1
echo packet %packet%: gear %gear%, %rpm% rpm, %speed% km/h
exit /b 0
