#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/recipes.sh
goal 'the example batch files read the memory of real programs, which a stand-in creates here'
makes_global || leave_out "$no_global"

# The names are those of the real programs, so no other scenario may use them.

# not_there RECIPE NAME: expect that the batch file prints the message of
# shmread, and ends with its status, if NAME does not exist.
not_there()
{
    recipe 1 "$1"
    says "$2: does not exist"
}

# as_in_readme NAME: run the command of scripts/examples/README.md for the memory
# NAME in cmd.
as_in_readme()
{
    # shellcheck disable=SC2016 # backquotes of Markdown
    typed=$(grep -F "$1" scripts/examples/README.md | sed -n 's/^| [^|]* | `\(shmread [^`]*\)`.*/\1/p')
    for _ in 1 2 3; do
        # shellcheck disable=SC2086
        timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c $typed >"$dir/output" 2>"$dir/errors"
        status=$?
        did_not_start "$status" "$dir/output" "$dir/errors" || break
    done
    [ "$status" -eq 0 ] || fail "$typed: ended with $status"
}

it 'aida64.bat: prints the sensors, or one of them'
not_there aida64 AIDA64_SensorValues
hold program standin aida64 0
all='<sys><id>SCPUCLK</id><label>CPU Clock</label><value>4290</value></sys>'\
'<sys><id>SCPUUTI</id><label>CPU Utilization</label><value>23</value></sys>'\
'<temp><id>TCPU</id><label>CPU</label><value>41</value></temp>'\
'<fan><id>FCPU</id><label>CPU</label><value>1280</value></fan>'
recipe 0 aida64
output_is 'SCPUCLK	CPU Clock	4290
SCPUUTI	CPU Utilization	23
TCPU	CPU	41
FCPU	CPU	1280
'
errors_are_empty
recipe 0 aida64 FCPU
output_is 'FCPU	CPU	1280
'
recipe 1 aida64 TGPU
errors_have 'aida64: TGPU is not among the sensors'
as_in_readme AIDA64_SensorValues
output_is "$all"
stop program AIDA64_SensorValues

it 'aida64.bat: prints the present values each time'
hold program standin aida64
has_changed()
{
    recipe 0 aida64
    grep -q 'Utilization	2[4-9]' "$dir/output"
}
until_true has_changed || fail 'it stays the same'
stop program AIDA64_SensorValues

it 'hwinfo.bat: finds sensors and readings by the tables of the header'
not_there hwinfo 'Global\HWiNFO_SENS_SM2'
hold program standin hwinfo 0
recipe 0 hwinfo
output_is 'version 2, polled at Unix time 1700000000
Sensors, numbered from 0 on:
CPU [#0]: Example 5000
Example Board
Readings: number of the sensor, name, value, unit
0	CPU Package	40.5	°C
0	Total CPU Usage	41.5	%
1	Gehäuse	42.5	RPM
'
errors_are_empty
as_in_readme HWiNFO_SENS_SM2
output_has '00000000  48 57 69 53 02 00 00 00 '
stop program 'Global\HWiNFO_SENS_SM2'

it 'hwinfo.bat: prints values of one moment, while the program always writes under its mutex'
hold program standin hwinfo-full
: >"$dir/moments"
for _ in 1 2 3; do
    recipe 0 hwinfo
    errors_are_empty
    sed '1,/^Readings:/d' "$dir/output" | cut -f 3 | sort | uniq -c >"$dir/values"
    read -r count value <"$dir/values"
    if [ "$(grep -c . "$dir/values")" -ne 1 ] || [ "$count" -ne 300 ]; then
        fail "there are not 300 equal values, but: $(head -n 5 "$dir/values")"
    fi
    echo "$value" >>"$dir/moments"
done
[ "$(sort -u "$dir/moments" | grep -c .)" -eq 3 ] || fail 'three prints have the same values'
stop program 'Global\HWiNFO_SENS_SM2'

it 'hwinfo.bat: fails without the mutex, and when the memory is not in use'
hold program shmwrite --raw --size 4096 'Global\HWiNFO_SENS_SM2' 'DEAD'
in_cmd hwinfo >"$dir/output" 2>"$dir/errors" && fail 'it did'
errors_have 'Global\HWiNFO_SM2_MUTEX'
hold other collide mutex 'Global\HWiNFO_SM2_MUTEX'
recipe 1 hwinfo
errors_have 'hwinfo: Global\HWiNFO_SENS_SM2 is not in use at the moment'
stop other 'Global\HWiNFO_SM2_MUTEX'
release program 'Global\HWiNFO_SENS_SM2'

it 'coretemp.bat: prints the processor and its cores'
not_there coretemp CoreTempMappingObjectEx
hold program standin coretemp 0
recipe 0 coretemp
output_is 'processor=Example Core 5000
highest temperature=100
core 0: load 0 percent, temperature 50 C
core 1: load 10 percent, temperature 51 C
core 2: load 20 percent, temperature 52 C
core 3: load 30 percent, temperature 53 C
'
errors_are_empty
run 0 shmwrite --update --raw --offset 2684 -e u8 CoreTempMappingObjectEx '1 1'
recipe 0 coretemp
output_has 'core 3: load 30 percent, temperature 53 F below the highest'
as_in_readme CoreTempMappingObjectEx
output_lines 50 51 52 53
stop program CoreTempMappingObjectEx

it 'afterburner.bat: prints the entries, and refuses memory that is not in use'
not_there afterburner MAHMSharedMemory
hold program standin afterburner 0
recipe 0 afterburner
output_is 'version 2, 3 entries: name, value, unit
GPU temperature	50	°C
GPU usage	51	%
Framerate	52	FPS
'
errors_are_empty
as_in_readme MAHMSharedMemory
output_lines 'GPU temperature	50	°C' 'GPU usage	51	%' 'Framerate	52	FPS'
stop program MAHMSharedMemory
hold program shmwrite --raw --size 4096 MAHMSharedMemory 'dead'
recipe 1 afterburner
errors_have 'afterburner: MAHMSharedMemory is not in use at the moment'
release program MAHMSharedMemory

it 'mumble.bat: prints the data of a game, and replaces all of the identity'
not_there mumble MumbleLink
hold program standin mumble
recipe 0 mumble
output_is 'name=Example Game
identity=a player with a long name
context=server-1
'
errors_are_empty
recipe 0 mumble 'Zoë, 漢'
output_is 'name=Example Game
identity=a player with a long name
context=server-1
identity=Zoë, 漢
'
errors_are_empty
as_in_readme MumbleLink
output_is 'Zoë, 漢'
stop program MumbleLink
output_is 'ready
identity: Zoë, 漢
context: server-1
description: Stands in for a game.
'

it 'iracing.bat: prints the session, from code page 1252'
not_there iracing 'Local\IRSDKMemMapFileName'
hold program standin iracing
recipe 0 iracing
output_is '---
WeekendInfo:
 TrackName: interlagos gp
 TrackDisplayName: Autódromo José Carlos Pace
 TrackCity: São Paulo
...
'
errors_are_empty
as_in_readme IRSDKMemMapFileName
output_has '00000000  02 00 00 00 01 00 00 00 '
stop program 'Local\IRSDKMemMapFileName'
hold program shmwrite --raw --size 4096 'Local\IRSDKMemMapFileName' 'x'
recipe 1 iracing
errors_have 'iracing: no session is running'
release program 'Local\IRSDKMemMapFileName'

it 'assettocorsa.bat: prints car and track from UTF-16, and numbers of the physics'
not_there assettocorsa 'Local\acpmf_static'
hold program standin acc 0
recipe 0 assettocorsa
output_is 'car=ferrari_488_gt3
track=Nürburgring
packet 1: gear 1, 6000 rpm, 212.4 km/h
'
errors_are_empty
as_in_readme acpmf_static
output_is 'ferrari_488_gt3'
stop program 'Local\acpmf_physics'

it 'dotnet.bat: prints a number and a text of C#, and writes an answer'
not_there dotnet dotnet.demo
hold program standin dotnet 0
recipe 0 dotnet
output_is 'number=42
text=Schöner Gruss aus C#: this text is longer than 127 bytes, so that its length takes two bytes in front of it, '\
'as 7-bit encoded integers do in .NET.
'
errors_are_empty
recipe 0 dotnet 'short & sweet'
stop program dotnet.demo
output_is 'ready
answer: short & sweet
'

it 'list.bat: prints the programs that publish something'
hold aida64 standin aida64 0
hold hwinfo standin hwinfo 0
hold acc standin acc 0
recipe 0 list
output_is 'AIDA64: AIDA64_SensorValues
HWiNFO: Global\HWiNFO_SENS_SM2
Assetto Corsa: Local\acpmf_physics
'
errors_are_empty
stop aida64 AIDA64_SensorValues
stop hwinfo 'Global\HWiNFO_SENS_SM2'
stop acc 'Local\acpmf_physics'

finish
