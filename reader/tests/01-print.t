#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints the contents and nothing else, or reports in one line why it cannot'

it 'prints the contents to standard output, and adds nothing'
hold demo shmwrite "$unique" 'no newline'
run 0 shmread "$unique"
output_is 'no newline'
errors_are_empty

it 'prints the same contents each time'
run 0 shmread "$unique"
run 0 shmread -v "$unique"
output_is 'no newline'
release demo "$unique"

it 'prints every byte value into a pipe and into a file'
every_byte >"$dir/every"
hold demo shmwrite "$unique" <"$dir/every"
$WINSHM_RUN "$build/shmread.exe" "$unique" | cat >"$dir/piped"
cmp -s "$dir/piped" "$dir/every" || fail 'the pipe gave something else'
run 0 shmread "$unique"
output_equals "$dir/every"

it 'stops at the first NUL with --text'
run 0 shmread --text "$unique"
output_is ''
release demo "$unique"
printf 'one\0two' | hold demo shmwrite "$unique"
run 0 shmread -z "$unique"
output_is 'one'
release demo "$unique"
printf 'h\0i\0\0\0x\0' | hold demo shmwrite -e utf-16 "$unique"
run 0 shmread -z "$unique"
output_is 'hi'
release demo "$unique"

it 'prints the whole memory with --raw, including the trailer'
hold demo shmwrite "$unique" 'hello'
run 0 raw_w "$unique"
cp "$dir/output" "$dir/memory"
run 0 shmread --raw "$unique"
output_equals "$dir/memory"
test "$(wc -c <"$dir/output")" -eq 4096 || fail 'it is not a page'
release demo "$unique"

it 'reports that a name does not exist'
run 1 shmread "$unique"
says "$unique: does not exist"
run 1 shmread -g "$unique"
says "$unique: does not exist"

it 'does not create a name that does not exist'
run 1 shmread "$unique"
run 1 shmread "$unique"
run 1 raw_w "$unique"

if it_in_two_namespaces 'reports that the name exists in Global'; then
    hold demo shmwrite --global "$unique" 'x'
    run 1 shmread "$unique"
    says "$unique: does not exist" "Global\\$unique exists: use --global"
    release demo "Global\\$unique"
fi

if has_two_namespaces; then
    it 'reports that the name exists in Local'
    hold demo shmwrite "$unique" 'x'
    run 1 shmread "Global\\$unique"
    says "Global\\$unique: does not exist" "$unique exists in this session"
    errors_lack try
    run 1 shmread --global "$unique"
    says "$unique: does not exist in Global\\" "$unique exists in this session: leave out --global"
    release demo "$unique"
else
    skip 'reports that the name exists in Local' "$no_namespaces"
fi

it 'reports that this user may not open the memory'
hold other collide denied "$unique"
run 4 shmread "$unique"
says "$unique: access denied: this user may not open it"
errors_have '(5)'
stop other "$unique"

it 'needs no other right than the right to read'
hold other collide readable "$unique"
run 0 shmread "$unique"
output_is 'foreign'
stop other "$unique"

it 'does not keep the name alive'
hold demo shmwrite "$unique" 'x'
run 0 shmread "$unique"
release demo "$unique"
run 1 shmread "$unique"

it 'prints the contents after the holder died, as long as another program keeps them'
hold demo shmwrite "$unique" 'from the grave'
hold other communication write 'ignored' "$unique"
drop demo
run 0 shmread --text "$unique"
output_is 'The number is '
stop other "$unique"

finish
