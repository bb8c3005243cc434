#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--chomp drops one final newline of the input, and nothing else'

# chomped INPUT OUTPUT: expect that a value of INPUT with --chomp prints OUTPUT.
# Both are formats of printf.
# shellcheck disable=SC2059
chomped()
{
    printf "$1" | hold demo shmwrite --chomp "$unique"
    run 0 shmread "$unique"
    printf "$2" >"$dir/wanted"
    output_equals "$dir/wanted"
    release demo "$unique"
}

it 'drops LF'
chomped 'line\n' 'line'

it 'drops CR LF'
chomped 'line\r\n' 'line'

it 'drops only one newline'
chomped 'line\n\n' 'line\n'
chomped 'line\r\n\r\n' 'line\r\n'

it 'changes nothing if the input ends without a newline, or with a lone CR'
chomped 'line' 'line'
chomped 'line\r' 'line\r'

it 'keeps the newlines before the last one'
chomped 'one\ntwo\r\nthree' 'one\ntwo\r\nthree'

it 'holds an empty value if the input is a newline alone'
chomped '\n' ''
chomped '\r\n' ''
chomped '' ''

it 'leaves no trace of the newline in the memory'
printf 'line\r\n' | hold demo shmwrite --chomp "$unique"
run 0 raw_w "$unique" 0 8
printf 'line\0\0\0\0' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'drops the newline of a file'
printf 'from a file\r\n' >"$dir/file"
hold demo shmwrite -c "$unique" -i "$dir/file"
run 0 shmread "$unique"
output_is 'from a file'
release demo "$unique"

it 'drops a newline of input with --encoding utf-16'
printf 'h\0i\0\r\0\n\0' | hold demo shmwrite -c -e utf-16 "$unique"
run 0 shmread "$unique"
output_is 'hi'
release demo "$unique"

it 'drops a newline of UTF-16 in either byte order, which it detects by the byte order mark'
chomped '\376\377\0h\0i\0\r\0\n' '\376\377\0h\0i'
chomped '\376\377\0h\0\n' '\376\377\0h'
chomped '\377\376h\0\r\0\n\0' '\377\376h\0'
chomped '\376\377\0h\n' '\376\377\0h\n'

it 'is refused with TEXT, to which no program adds a newline'
run 2 shmwrite --chomp "$unique" 'text'
says '--chomp applies to input, not to TEXT'

it 'compares the length without the dropped newline with --size'
printf '12345678\r\n' | hold demo shmwrite -c --size 8 "$unique"
run 0 shmread "$unique"
output_is '12345678'
release demo "$unique"

it 'the newline is kept without --chomp'
printf 'line\r\n' | hold demo shmwrite "$unique"
run 0 shmread "$unique"
printf 'line\r\n' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

finish
