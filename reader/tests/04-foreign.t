#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints memory that shmwrite did not create as a string'

# printed INPUT OUTPUT [OPTION]...: expect that shmread prints OUTPUT for memory
# that begins with INPUT. Both are formats of printf.
# shellcheck disable=SC2059
printed()
{
    input=$1
    output=$2
    shift 2
    printf "$input" | hold demo shmwrite --raw --size 4096 "$unique"
    run 0 shmread "$@" "$unique"
    printf "$output" >"$dir/wanted"
    output_equals "$dir/wanted"
    release demo "$unique"
}

it 'prints up to the first NUL'
printed 'hello\0not this' 'hello'
printed 'h' 'h'

it 'prints UTF-8 unchanged, including control characters and line ends'
printed 'caf\303\251 \001\r\n\032\t' 'caf\303\251 \001\r\n\032\t'

it 'detects UTF-16 if the second byte is zero and the first is not'
printed 'h\0i\0\351\0\042\157\0\0x\0' 'hi\303\251\346\274\242'
printed 'h\0\0\0' 'h'

it 'detects UTF-16 by its byte order mark, and does not print the mark'
printed '\377\376\042\157h\0' '\346\274\242h'

it 'does not print the byte order mark of UTF-8 either'
printed '\357\273\277hi' 'hi'

it 'prints an unpaired surrogate as U+FFFD'
printed 'a\0\000\330b\0' 'a\357\277\275b'

it 'prints an empty string if the memory begins with a NUL but is not all zeros'
printed '\0hidden' ''

it 'reports that memory of nothing but zeros has no contents yet'
hold other collide zeros "$unique"
run 1 shmread "$unique"
says "$unique: has no contents yet"
stop other "$unique"

it 'reports the same for memory of which nothing is committed'
hold other collide reserved "$unique"
run 1 shmread "$unique"
says "$unique: has no contents yet"
run 1 shmread --raw "$unique"
stop other "$unique"

it 'prints all of it with --raw: the zeros, and UTF-16 unchanged'
printf 'h\0i\0' | hold demo shmwrite --raw --size 4096 "$unique"
run 0 shmread --raw "$unique"
{
    printf 'h\0i\0'
    head -c 4092 /dev/zero
} >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'prints a string without a NUL up to the end of the memory'
bytes 8192 >"$dir/full"
hold demo shmwrite --raw "$unique" <"$dir/full"
run 0 shmread "$unique"
output_equals "$dir/full"
release demo "$unique"
if command -v iconv >/dev/null; then
    {
        printf 'h\0'
        bytes 4094
    } >"$dir/wide"
    iconv -f utf-16le -t utf-8 "$dir/wide" >"$dir/wanted"
    hold demo shmwrite --raw "$unique" <"$dir/wide"
    run 0 shmread "$unique"
    output_equals "$dir/wanted"
    release demo "$unique"
fi

it 'ignores a trailer that is not at the end of the memory'
hold demo shmwrite "$unique" 'ours'
run 0 raw_w "$unique"
cp "$dir/output" "$dir/ours"
release demo "$unique"
{
    cat "$dir/ours"
    head -c 4096 /dev/zero
} | hold demo shmwrite --raw "$unique"
run 0 shmread "$unique"
output_is 'ours'
run 0 shmread --raw "$unique"
test "$(wc -c <"$dir/output")" -eq 8192 || fail 'it was taken for ours'
release demo "$unique"

finish
