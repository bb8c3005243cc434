#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--put updates a value that exists, or else creates it and holds it in the background'

it 'creates the value, and then updates it'
run 0 shmwrite --put "$unique" 'first'
output_is ''
errors_are_empty
value_is "$unique" 'first'
run 0 shmwrite --put "$unique" '2nd'
errors_are_empty
value_is "$unique" '2nd'
let_go "$unique"

it 'reports each option that has no effect on a value that exists'
run 0 shmwrite --put --size 4096 "$unique" 'first'
run 0 shmwrite --put --size 4096 "$unique" '2nd'
errors_are_empty
run 0 shmwrite --put --size 4097 "$unique" '3rd'
says "$unique: already exists, so --size has no effect"
run 0 shmwrite --put --size 8K --reads 1 --hold-for 1h "$unique" '4th'
says "$unique: already exists, so --size, --hold-for and --reads have no effect"
run 0 shmwrite --put --quiet --sealed "$unique" '5th'
errors_are_empty
value_is "$unique" '5th'
value_is "$unique" '5th'
let_go "$unique"

it 'stores an empty value if its input is empty'
run 0 shmwrite --put "$unique" </dev/null
errors_are_empty
value_is "$unique" ''
run 0 shmwrite --put "$unique" 'text'
run 0 shmwrite --put "$unique" </dev/null
value_is "$unique" ''
let_go "$unique"

it 'refuses --detach, which would do nothing'
run 2 shmwrite --put --detach "$unique" 'x'
says '--put and --detach cannot be combined: --put holds a new value in the background anyway (try --help)'
gone "$unique"

it 'updates a value that a holder in the foreground holds'
hold demo shmwrite "$unique" 'first'
run 0 shmwrite -p "$unique" '2nd'
value_is "$unique" '2nd'
on_wine && { has_no_holder "$unique" || fail 'now it has two holders'; }
release demo "$unique"
gone "$unique"

it 'creates and updates with any bytes, from a pipe and from a file'
every_byte >"$dir/every"
run 0 shmwrite -p "$unique" <"$dir/every"
run 0 shmread "$unique"
output_equals "$dir/every"
run 0 shmwrite -p "$unique" ''
value_is "$unique" ''
every_byte | run 0 shmwrite -p "$unique"
run 0 shmread "$unique"
output_equals "$dir/every"
run 0 shmwrite -p "$unique" 'x'
run 0 shmwrite -p -i "$dir/every" "$unique"
run 0 shmread "$unique"
output_equals "$dir/every"
printf 'line\r\n' | run 0 shmwrite -p -c "$unique"
value_is "$unique" 'line'
let_go "$unique"

it 'reports contents that do not fit, and changes nothing'
run 0 shmwrite -p --size 10 "$unique" 'first'
run 8 shmwrite -p "$unique" 'eleven byte'
says "$unique: 11 bytes do not fit: there is room for 10 bytes" \
    "end it with --release, then create it with --size 11 or more"
value_is "$unique" 'first'
bytes 100000 | run 8 shmwrite -p "$unique"
value_is "$unique" 'first'
bytes 100000 >"$dir/much"
run 8 shmwrite -p -i "$dir/much" "$unique"
value_is "$unique" 'first'
run 0 shmwrite -p "$unique" 'ten bytes.'
value_is "$unique" 'ten bytes.'
let_go "$unique"

it 'leaves room for the value to grow without --size'
run 0 shmwrite -p "$unique" 'x'
run 0 shmwrite -p "$unique" 'a line that is somewhat longer than the first'
value_is "$unique" 'a line that is somewhat longer than the first'
let_go "$unique"

# together COUNT: run COUNT --put at once, with the values 1 to COUNT, and
# expect that each succeeds.
together()
{
    number=0
    while [ $number -lt "$1" ]; do
        number=$((number + 1))
        start "put$number" shmwrite --put "$unique" "value $number"
    done
    while [ $number -gt 0 ]; do
        over "put$number" 0
        errors_are_empty
        number=$((number - 1))
    done
    run 0 shmread "$unique"
    grep -qE "^value [1-$1]\$" "$dir/output" || {
        fail 'it is none of the values'
        show "$dir/output"
    }
}

it 'two --put of a new name at once both succeed, and one of them holds it'
for _ in 1 2 3 4 5 6 7 8; do
    together 2
    on_wine && [ "$(background_of "$unique" | wc -l)" -ne 1 ] && fail "$(background_of "$unique" | wc -l) hold it"
    let_go "$unique"
done

it 'eight --put of a new name at once all succeed, and one of them holds it'
for _ in 1 2 3; do
    together 8
    on_wine && [ "$(background_of "$unique" | wc -l)" -ne 1 ] && fail "$(background_of "$unique" | wc -l) hold it"
    let_go "$unique"
done

it 'eight --put of an existing name at once all succeed'
run 0 shmwrite --put "$unique" 'old'
together 8
let_go "$unique"

if on_wine; then
    it 'takes over a name whose holder died, if another program keeps it alive, and holds it again'
    run 0 shmwrite --put "$unique" 'first'
    hold reader borrow_w "$unique"
    kill_holder "$unique"
    value_is "$unique" 'first'
    run 0 shmwrite --put "$unique" 'second'
    errors_are_empty
    value_is "$unique" 'second'
    has_no_holder "$unique" && fail 'it is not held again'
    stop reader "$unique"
    value_is "$unique" 'second'
    let_go "$unique"

    it 'several --put at once take over such a name, and one of them holds it'
    run 0 shmwrite --put "$unique" 'first'
    hold reader borrow_w "$unique"
    kill_holder "$unique"
    together 8
    stop reader "$unique"
    [ "$(background_of "$unique" | wc -l)" -eq 1 ] || fail "$(background_of "$unique" | wc -l) hold it"
    let_go "$unique"

    it 'takes over such a name if the holder ran in the foreground, too'
    hold demo shmwrite "$unique" 'first'
    hold reader borrow_w "$unique"
    drop demo
    run 0 shmwrite --put "$unique" 'second'
    stop reader "$unique"
    value_is "$unique" 'second'
    let_go "$unique"

    it 'creates the name again if no other program keeps it alive'
    run 0 shmwrite --put "$unique" 'first'
    kill_holder "$unique"
    until_true is_gone "$unique" || fail 'it outlives its holder'
    run 0 shmwrite --put "$unique" 'longer than the first'
    value_is "$unique" 'longer than the first'
    let_go "$unique"

    it 'holds a name again that was released while another program keeps it alive'
    run 0 shmwrite --put "$unique" 'first'
    hold reader borrow_w "$unique"
    run 0 shmwrite --release "$unique"
    run 0 shmwrite --put "$unique" 'second'
    stop reader "$unique"
    value_is "$unique" 'second'
    let_go "$unique"
else
    skip 'takes over a name whose holder died' 'this needs /proc, to find the holder'
fi

it 'refuses a name that cannot be updated'
hold other collide section "$unique"
run 5 shmwrite --put "$unique" 'x'
says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
stop other "$unique"
hold other collide zeros "$unique"
run 5 shmwrite --put "$unique" 'x'
says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
stop other "$unique"
hold other collide event "$unique"
run 5 shmwrite --put "$unique" 'x'
stop other "$unique"
hold other collide denied "$unique"
run 4 shmwrite --put "$unique" 'x'
stop other "$unique"
run 0 shmwrite --put --sealed "$unique" 'first'
run 5 shmwrite --put "$unique" 'second'
says "$unique: is sealed, and cannot be updated" '--release ends it'
value_is "$unique" 'first'
let_go "$unique"

finish
