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
REM     number=42
REM     text=Hello from C#
REM and the C# program prints ANSWER, or "Hello from a batch file". The text is
REM UTF-8, so run chcp 65001 first if it has characters beyond ASCII.
setlocal
REM In the zip the two programs are one folder up.
set "PATH=%PATH%;%~dp0.."
set "name=dotnet.demo"
set "answer=%~1"
if not defined answer set "answer=Hello from a batch file"

REM BinaryWriter writes the length before a text, seven bits in each byte. All
REM bytes of the length but the last have 128 added. The length of a text of up
REM to 16383 bytes has one or two bytes.
shmread --get "number=i32@0" %name%
if errorlevel 1 exit /b %errorlevel%
for /f "tokens=1,2" %%a in ('shmread --get "u8@16*2" %name%') do (
    set "length=%%a"
    set "high=%%b"
)
set "at=17"
if %length% geq 128 (
    set "at=18"
    set /a "length+=(high - 1) * 128"
)
if not "%length%"=="0" shmread --get "text=text@%at%*%length%" %name%

REM Write the answer at byte 512 as a field of 256 bytes, with zeros at its end.
REM Otherwise the end of a longer, older answer would stay there.
shmwrite --update --raw --offset 512 --pad 256 %name% "%answer%"
exit /b %errorlevel%
