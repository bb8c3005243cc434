#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--update replaces all of the contents, or changes nothing'

it 'replaces the contents'
hold demo shmwrite "$unique" 'first'
run 0 shmwrite --update "$unique" 'second one'
output_is ''
errors_are_empty
value_is "$unique" 'second one'
run 0 shmwrite -u "$unique" ''
value_is "$unique" ''
every_byte >"$dir/every"
run 0 shmwrite -u "$unique" <"$dir/every"
run 0 shmread "$unique"
output_equals "$dir/every"
every_byte | run 0 shmwrite -u "$unique"
run 0 shmread "$unique"
output_equals "$dir/every"
release demo "$unique"

it 'a plain program finds each update at offset 0 with a terminating zero, also if the text is shorter'
hold demo shmwrite "$unique" 'a rather long text'
run 0 sample_reader "$unique"
output_is 'a rather long text'
for text in 'a longer text than the one that was there' 'short' 'shorter' 's' ''; do
    run 0 shmwrite -u "$unique" "$text"
    run 0 sample_reader "$unique"
    output_is "$text"
done
release demo "$unique"
hold demo shmwrite -e utf-16 "$unique" 'ein längerer Text'
for text in 'ein noch viel längerer Text als zuvor' 'kürzer' 'ü'; do
    run 0 shmwrite -u -e utf-16 "$unique" "$text"
    run 0 sample_reader_w "$unique"
    output_is "$text"
done
release demo "$unique"

it 'leaves nothing of the longer text behind the shorter one'
hold demo shmwrite --size 64 "$unique" 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
run 0 shmwrite -u "$unique" 'yyy'
run 0 raw_w "$unique" 0 64
{
    printf 'yyy'
    head -c 61 /dev/zero
} >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'records the encoding of each update'
hold demo shmwrite "$unique" 'Grüße'
run 0 shmwrite -u -e utf-16 "$unique" 'Grüße'
value_is "$unique" 'Grüße'
run 0 shmwrite -u "$unique" 'Grüße'
value_is "$unique" 'Grüße'
release demo "$unique"

it 'reports that there is nothing to update before it reads its input'
run 1 shmwrite --update "$unique" 'x'
says "$unique: does not exist"
{
    limit=$((limit * 2))
    until_true test -f "$dir/said"
} | {
    run 1 shmwrite --update "$unique"
    : >"$dir/said"
}
says "$unique: does not exist"
gone "$unique"

it 'refuses a sealed value'
hold demo shmwrite --sealed "$unique" 'sealed'
run 5 shmwrite --update "$unique" 'x'
says "$unique: is sealed, and cannot be updated" '--release ends it'
value_is "$unique" 'sealed'
release demo "$unique"

it 'refuses the memory of another program'
for kind in section zeros; do
    hold other collide $kind "$unique"
    run 0 raw_w "$unique"
    cp "$dir/output" "$dir/before"
    run 5 shmwrite --update "$unique" 'x'
    says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
    run 0 raw_w "$unique"
    output_equals "$dir/before"
    stop other "$unique"
done

it 'refuses other kinds of objects, and memory that this user may not open'
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
run 8 shmwrite --update "$unique" 'eleven byte'
says "$unique: 11 bytes do not fit: there is room for 10 bytes" \
    "end it with --release, then create it with --size 11 or more"
bytes 1000000 | run 8 shmwrite --update "$unique"
says "$unique: 1000000 bytes do not fit: there is room for 10 bytes" 'then create it with --size 1000000 or more'
run 0 raw_w "$unique"
output_equals "$dir/before"
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

it 'updates at once exclude each other, so that each one is complete'
hold demo shmwrite --size 100K "$unique" ''
for letter in a b c d; do
    head -c 100000 /dev/zero | tr '\0' $letter >"$dir/$letter"
    start $letter shmwrite --update -i "$dir/$letter" "$unique"
done
for letter in a b c d; do
    over $letter 0
done
run 0 shmread "$unique"
letter=$(head -c 1 "$dir/output")
output_equals "$dir/$letter"
release demo "$unique"

it 'works after the holder died, if another program keeps the name'
hold demo shmwrite "$unique" 'first'
hold reader borrow_w "$unique"
drop demo
run 0 shmwrite --update "$unique" 'second'
errors_are_empty
value_is "$unique" 'second'
stop reader "$unique"
gone "$unique"

finish
