#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints the contents and nothing else, or reports in one line why it cannot'

it 'prints every byte value, and adds nothing, into a pipe and into a file'
every_byte >"$dir/every"
hold demo shmwrite "$unique" <"$dir/every"
$WINSHM_RUN "$build/shmread.exe" "$unique" | cat >"$dir/piped"
cmp -s "$dir/piped" "$dir/every" || fail 'the pipe gave something else'
value_equals "$dir/every" -v
release demo "$unique"

it 'stops at the first NUL with --text'
printf 'one\0two' | hold demo shmwrite "$unique"
run 0 shmread -z "$unique"
output_is 'one'

it 'prints the whole memory with --raw, including the trailer'
run 0 raw_w "$unique"
cp "$dir/output" "$dir/memory"
value_equals "$dir/memory" --raw
test "$(wc -c <"$dir/output")" -eq 4096 || fail 'it is not a page'
release demo "$unique"

it 'reports that a name does not exist, and does not create it'
run 1 shmread "$unique"
says "$unique: does not exist"
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
    has_text "$dir/errors" try && fail 'it gives advice that does not help'
    run 1 shmread --global "$unique"
    says "$unique: does not exist in Global\\" "$unique exists in this session: leave out --global"
    release demo "$unique"
else
    skip 'reports that the name exists in Local' "$no_namespaces"
fi

it 'needs no other right than the right to read, and reports that it does not have that'
hold other collide readable "$unique"
value_is "$unique" 'foreign'
stop other "$unique"
hold other collide denied "$unique"
run 4 shmread "$unique"
says "$unique: access denied: this user may not open it"
errors_have '(5)'
stop other "$unique"

it 'prints the contents after the holder died, as long as another program keeps them'
hold demo shmwrite "$unique" 'from the grave'
hold other borrow_w "$unique"
drop demo
value_is "$unique" 'from the grave'
stop other "$unique"

finish
