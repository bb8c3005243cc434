#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--update replaces all of the contents, or changes nothing'

every_byte >"$dir/every"

it 'replaces the contents'
hold demo shmwrite --size 600 "$unique" 'first'
run 0 shmwrite --update "$unique" 'second one'
output_is ''
errors_are_empty
value_is "$unique" 'second one'
run 0 shmwrite -u "$unique" ''
value_is "$unique" ''
every_byte | run 0 shmwrite -u "$unique"
value_equals "$dir/every"
release demo "$unique"

it 'a plain program finds each update at offset 0 with a terminating zero, also if the text is shorter'
hold demo shmwrite "$unique" 'a rather long text'
for text in 'a longer text than the one that was there' 'short' ''; do
    run 0 shmwrite -u "$unique" "$text"
    run 0 sample_reader "$unique"
    output_is "$text"
done
for text in 'ein noch viel längerer Text als zuvor' 'kürzer'; do
    run 0 shmwrite -u -e utf-16 "$unique" "$text"
    value_is "$unique" "$text"
    run 0 sample_reader_w "$unique"
    output_is "$text"
done
release demo "$unique"

it 'reports that there is nothing to update before it reads its input'
{
    limit=$((limit * 2))
    until_true test -f "$dir/said"
} | {
    run 1 shmwrite --update "$unique"
    : >"$dir/said"
}
says "$unique: does not exist"
gone

it 'refuses a sealed value, the memory of another program, and other kinds of objects'
hold demo shmwrite --sealed "$unique" 'sealed'
run 5 shmwrite --update "$unique" 'x'
says "$unique: is sealed, and cannot be updated" '--release ends it'
value_is "$unique" 'sealed'
release demo "$unique"
hold other collide section "$unique"
run 5 shmwrite --update "$unique" 'x'
says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
value_is "$unique" 'foreign'
stop other "$unique"
hold other collide event "$unique"
run 5 shmwrite --update "$unique" 'x'
says "$unique: the name is that of an event, not of shared memory"
stop other "$unique"
hold other collide denied "$unique"
run 4 shmwrite --update "$unique" 'x'
says "$unique: access denied: this user may not open it"
stop other "$unique"

it 'reports contents that do not fit, and changes nothing'
hold demo shmwrite --size 10 "$unique" 'first'
run 0 raw_w "$unique"
cp "$dir/output" "$dir/before"
bytes 1000000 | run 8 shmwrite --update "$unique"
says "$unique: 1000000 bytes do not fit: there is room for 10 bytes" \
    'end it with --release, then create it with --size 1000000 or more'
memory_equals "$dir/before"
release demo "$unique"

it 'changes nothing before the end of its input'
hold demo shmwrite --size 4K "$unique" 'old'
{
    printf 'new, but '
    until_true test -f "$dir/go on"
    printf 'slow'
} | start updating shmwrite --update "$unique" &
until_true is_started updating
value_is "$unique" 'old'
is_over updating && fail 'it did not wait for the end'
run 0 shmwrite --update --timeout 5s "$unique" 'meanwhile'
value_is "$unique" 'meanwhile'
: >"$dir/go on"
over updating 0
value_is "$unique" 'new, but slow'
release demo "$unique"

it 'works after the holder died, if another program keeps the name'
hold demo shmwrite "$unique" 'first'
hold reader borrow_w "$unique"
drop demo
run 0 shmwrite --update "$unique" 'second'
errors_are_empty
value_is "$unique" 'second'
stop reader "$unique"
gone

finish
