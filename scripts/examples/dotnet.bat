@echo off
REM dotnet.bat [ANSWER] - exchange a number and texts with a C# program.
REM
REM This program must be running:
REM     using System.IO.MemoryMappedFiles;
REM     using var map = MemoryMappedFile.CreateNew("dotnet.demo", 4096);
REM     using var view = map.CreateViewAccessor();
REM     view.Write(0, 42);
REM     using (var text = new BinaryWriter(map.CreateViewStream(16, 256))) text.Write("Hello from C#");
REM     Console.Write("Run dotnet.bat, then press Enter");
REM     Console.ReadLine();
REM     using var answer = new StreamReader(map.CreateViewStream(512, 256));
REM     Console.WriteLine(answer.ReadToEnd().TrimEnd('\0'));
REM Prints
REM     number: 42
REM     text: Hello from C#
REM and the C# program prints ANSWER, or "Hello from a batch file". The text is
REM UTF-8, so run chcp 65001 first if it has characters beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=dotnet.demo"
set "answer=%~1"
if not defined answer set "answer=Hello from a batch file"
shmread --raw --length 4 %name% >nul
if errorlevel 1 exit /b %errorlevel%

call :u32 %name% 0 number
echo number: %number%

REM BinaryWriter writes the length before a text, seven bits in each byte. All
REM bytes of the length but the last have 128 added. The length of a text of up
REM to 16383 bytes has one or two bytes.
call :u32 %name% 16 lead
set /a "length=lead & 127"
set "at=17"
set /a "is_long=lead & 128"
if not %is_long% equ 0 set /a "length+=(lead >> 8 & 127) * 128"
if not %is_long% equ 0 set "at=18"
for /f "delims=" %%n in ('shmread --offset %at% --length %length% %name%') do echo text: %%n

REM Write the answer at byte 512 as a field of 256 bytes, with zeros at its end.
REM Otherwise the end of a longer, older answer would stay there. The first
REM command creates memory with the answer and these zeros, and the second one
REM copies it.
set "field=dotnet.field.%RANDOM%"
shmwrite --detach --raw --size 256 --hold-for 10m %field% "%answer%"
if errorlevel 1 exit /b %errorlevel%
shmread --raw --length 256 %field% | shmwrite --update --raw --offset 512 %name%
set "status=%errorlevel%"
shmwrite --release %field%
exit /b %status%

REM :u32 NAME OFFSET VARIABLE - set VARIABLE to the number in four bytes, of
REM which the lowest is first.
:u32
set "%3="
for /f "tokens=2-5" %%a in ('shmread --hex --offset %2 --length 4 %1') do if not "%%d"=="" set /a %3=0x%%d%%c%%b%%a
exit /b 0
