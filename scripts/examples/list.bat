@echo off
REM list.bat - print which known programs publish something at the moment.
REM
REM Prints a line for each program, such as
REM     AIDA64: AIDA64_SensorValues
REM `shmread --list` prints all named shared memory, of any program.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
call :look "AIDA64" AIDA64_SensorValues
call :look "HWiNFO" Global\HWiNFO_SENS_SM2
call :look "Core Temp" CoreTempMappingObjectEx
call :look "GPU-Z" GPUZShMem
call :look "MSI Afterburner" MAHMSharedMemory
call :look "RivaTuner Statistics Server" RTSSSharedMemoryV2
call :look "SpeedFan" SFSharedMemory_ALM
call :look "iRacing" Local\IRSDKMemMapFileName
call :look "Assetto Corsa" Local\acpmf_physics
call :look "Mumble Link" MumbleLink
call :look "FreeTrack" FT_SharedMem
call :look "Euro Truck Simulator 2" Local\SCSTelemetry
exit /b 0

REM :look PROGRAM NAME - print the two if NAME exists.
:look
shmread --quiet --raw --length 1 %2 >nul
if not errorlevel 1 echo %~1: %2
exit /b 0
