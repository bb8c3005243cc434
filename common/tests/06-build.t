#!/bin/sh
# shellcheck source=common/tests/scenario.sh
. "$(dirname "$0")/../../common/tests/scenario.sh"
goal 'the programs are built as Windows wants them: small, hardened, and of nothing but what every Windows has'

objdump=objdump
if on_wine; then
    objdump=x86_64-w64-mingw32-objdump
fi

# headers FILE: what the format says of a program, whichever of the two formats it is.
headers()
{
    case $1 in
    */i686/*) $(echo "$objdump" | sed s/x86_64/i686/) -p "$1" ;;
    *) $objdump -p "$1" ;;
    esac
}

for file in "$build"/shmwrite.exe "$build"/shmread.exe "$build"/i686/shmwrite.exe "$build"/i686/shmread.exe; do
    if [ ! -f "$file" ]; then
        skip "$file" 'not built here'
        continue
    fi
    headers "$file" >"$dir/headers"

    it "$file imports only what every Windows has"
    sed -n 's/.*DLL Name: //p' "$dir/headers" |
        grep -vixE 'kernel32.dll|advapi32.dll|msvcrt.dll|api-ms-win-crt-.*' >"$dir/others"
    test -s "$dir/others" && fail "imports $(cat "$dir/others")"

    it "$file may be loaded anywhere, and its data is not run"
    grep -q DYNAMIC_BASE "$dir/headers" || fail 'no DYNAMIC_BASE'
    grep -q NX_COMPAT "$dir/headers" || fail 'no NX_COMPAT'
    grep -E '^Entry 5 ' "$dir/headers" | grep -qE '^Entry 5 0*[1-9a-f]' || fail 'no relocations'

    it "$file bears no time, and is under 150 KB"
    grep -E '^Time/Date' "$dir/headers" | grep -q 'Thu Jan  1 .* 1970' || fail "$(grep '^Time/Date' "$dir/headers")"
    test "$(wc -c <"$file")" -lt 153600 || fail "$(wc -c <"$file") bytes"
done

it 'neither loads ADVAPI32 at its start, so that both start as fast as a small program can'
for tool in shmwrite shmread; do
    headers "$build/$tool.exe" | grep -qi 'DLL Name: advapi32' && fail "$tool imports ADVAPI32"
done

finish
