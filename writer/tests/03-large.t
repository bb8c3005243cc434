#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '64 MiB from a file, from a pipe and from --input come out unchanged'

large=$((64 << 20))
bytes "$large" >"$dir/large"

it '64 MiB from a redirected file come out unchanged'
hold demo shmwrite "$unique" <"$dir/large"
run 0 shmread "$unique"
output_equals "$dir/large"
release demo "$unique"
says "holding $large bytes"

it '64 MiB from a pipe into a pipe come out unchanged'
tr x x <"$dir/large" | hold demo shmwrite "$unique"
$WINSHM_RUN "$build/shmread.exe" "$unique" | cmp -s - "$dir/large" || fail 'it differs'
release demo "$unique"

it '64 MiB from --input to --output come out unchanged'
hold demo shmwrite "$unique" -i "$dir/large"
run 0 shmread "$unique" -o "$dir/copy"
cp "$dir/copy" "$dir/output"
output_equals "$dir/large"
release demo "$unique"

command -v iconv >/dev/null || leave_out 'there is no iconv'

it 'UTF-16 is decoded in pieces, and printed without its byte order mark'
{
    printf '\377\376'
    iconv -f utf-8 -t utf-16le <"$dir/large" | head -c "$((40 << 20))"
} >"$dir/wide"
iconv -f utf-16le -t utf-8 <"$dir/wide" | tail -c +4 >"$dir/narrow"
hold demo shmwrite "$unique" --encoding utf-16 -i "$dir/wide"
run 0 shmread "$unique"
output_equals "$dir/narrow"
release demo "$unique"

finish
