@echo off
REM list.bat - which of the programs that these examples know publish something at the moment.
REM
REM Needs nothing else. Prints a line for each that does, such as
REM     AIDA64: AIDA64_SensorValues
REM and for all named shared memory there is: shmread --list.
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

REM :look PROGRAM NAME
:look
shmread --quiet --raw --length 1 %2 >nul
if not errorlevel 1 echo %~1: %2
exit /b 0
