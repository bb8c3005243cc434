#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--chomp drops one final newline of the input, and nothing else'

# chomped INPUT OUTPUT [OPTION]...: expect that a value of INPUT with --chomp
# prints OUTPUT. Both are formats of printf.
# shellcheck disable=SC2059
chomped()
{
    printf "$1" >"$dir/input"
    printf "$2" >"$dir/wanted"
    shift 2
    holds_file "$dir/wanted" --chomp "$@" <"$dir/input"
}

it 'drops one LF or CR LF at the end, and no other newline'
chomped 'one\n\r\n' 'one\n'
chomped 'one\r\ntwo\n' 'one\r\ntwo'
chomped 'line\r' 'line\r'
chomped '\r\n' ''

it 'drops a newline of UTF-16, in either byte order'
chomped 'h\0i\0\r\0\n\0' 'hi' -e utf-16
chomped '\376\377\0h\0i\0\r\0\n' '\376\377\0h\0i'

it 'compares the length without the dropped newline with --size, and leaves no trace of the newline'
printf '12345678\r\n' >"$dir/line"
hold demo shmwrite -c --size 8 "$unique" -i "$dir/line"
run 0 raw_w "$unique" 0 12
output_bytes '12345678\0\0\0\0'
release demo "$unique"

finish
