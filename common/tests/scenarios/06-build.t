#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'the programs are small and hardened, and need nothing but the libraries of every Windows'

objdump=objdump
if on_wine; then
    objdump=x86_64-w64-mingw32-objdump
elif ! $objdump --version 2>/dev/null | grep -q '^GNU'; then
    leave_out 'there is no objdump of binutils' # the output of LLVM's is different
fi

TZ=UTC # so that objdump prints the time 0 as one in 1970
export TZ
version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/console/version.h)

# headers FILE: print the headers of a program, for 64-bit or for 32-bit
# Windows.
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

    # The tools load ADVAPI32 on demand. Without it they start as fast as a
    # small program can.
    it "$file imports only libraries of every Windows, and not ADVAPI32"
    sed -n 's/.*DLL Name: //p' "$dir/headers" |
        grep -vixE 'kernel32.dll|msvcrt.dll|api-ms-win-crt-.*' >"$dir/others"
    test -s "$dir/others" && fail "imports $(cat "$dir/others")"

    it "$file can be loaded at any address, its data is not executable, it contains no time, and is small"
    grep -q DYNAMIC_BASE "$dir/headers" || fail 'no DYNAMIC_BASE'
    grep -q NX_COMPAT "$dir/headers" || fail 'no NX_COMPAT'
    grep -qE '^Entry 5 0*[1-9a-f]' "$dir/headers" || fail 'no relocations'
    grep -E '^Time/Date' "$dir/headers" | grep -q 'Thu Jan  1 .* 1970' || fail "$(grep '^Time/Date' "$dir/headers")"
    test "$(wc -c <"$file")" -lt 153600 || fail "$(wc -c <"$file") bytes"

    it "$file contains its version and its description"
    tool=${file##*/}
    tool=${tool%.exe}
    grep -qE '^Entry 2 0*[1-9a-f]' "$dir/headers" || fail 'no resources'
    tr -d '\000' <"$file" >"$dir/letters" # the strings in resources are UTF-16
    for string in "FileVersion$version" "ProductVersion$version" "InternalName$tool" "OriginalFilename$tool.exe" \
        "FileDescription[A-Z][a-z]* .*named shared memory"; do
        grep -aq "$string" "$dir/letters" || fail "no $string"
    done

    it "the manifest of $file asks for long paths and sharp message boxes, and for no rights or code page"
    for string in 'level="asInvoker"' 'uiAccess="false"' '<longPathAware [^>]*>true<' '<dpiAware [^>]*>true<' \
        'supportedOS Id="{35138b9a-5d96-4fbd-8e2d-a2440225f93a}"' \
        'supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"'; do
        grep -aq -- "$string" "$file" || fail "no $string"
    done
    test "$(grep -ac '<assembly' "$file")" -eq 1 || fail "$(grep -ac '<assembly' "$file") manifests"
    grep -aq 'activeCodePage' "$file" && fail 'activeCodePage'
done

finish
