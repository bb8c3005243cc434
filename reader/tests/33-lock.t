#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints memory that another program changes as it was at one moment, with a mutex or by two equal copies'

# is_whole: whether the output is 65536 times the same letter.
is_whole()
{
    letter=$(head -c 1 "$dir/output")
    [ "$(wc -c <"$dir/output")" -eq 65536 ] && [ "$(tr -d "$letter" <"$dir/output" | wc -c)" -eq 0 ]
}

it 'never prints half-written memory while it owns the mutex'
hold other churn_w "$unique" "$unique.lock"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    for option in --text --raw; do
        run 0 shmread $option --mutex "$unique.lock" --timeout 20s "$unique"
        is_whole || fail "with $option it is not whole: $(tr -s '[:print:]' <"$dir/output" | head -c 20)"
    done
done
it 'owns the mutex for each look of --follow'
start following shmread --follow --interval 10ms --mutex "$unique.lock" "$unique"
has_followed()
{
    [ "$(wc -l <"$dir/held/following.output")" -ge 5 ]
}
until_true has_followed || fail 'it prints nothing'
stop other "$unique"
over following 0
tr -d '\r' <"$dir/held/following.output" | awk '
    length($0) != 65536 { exit 1 }
    { gsub(substr($0, 1, 1), ""); if ($0 != "") exit 1 }' || fail 'a value is not whole'

# On a busy machine the writer may not run between the two copies that shmread
# compares. Then they are equal although they are half-written, so a few are
# allowed.
it 'without a mutex, prints a complete text or reports that it kept changing, unless the writer pauses half-way'
hold other churn_w "$unique"
torn=0
i=0
while [ $i -lt 10 ]; do
    run 0 shmread --verbose --raw "$unique"
    if [ -s "$dir/errors" ]; then
        errors_have 'changed during each of 5 copies: the output may mix two moments'
    else
        is_whole || torn=$((torn + 1))
    fi
    i=$((i + 1))
done
[ $torn -le 3 ] || fail "$torn of 10 are not whole, and that is not said"
stop other "$unique"

it 'waits for the mutex at most for --timeout'
hold other collide section "$unique"
hold locking collide owned "$unique.lock"
run 6 shmread --mutex "$unique.lock" --timeout 200ms "$unique"
says "timed out waiting for the mutex $unique.lock"

it 'accepts a mutex whose owner died, reports that only with --verbose, and releases it'
hold keeping collide mutex "$unique.lock"
start waiting shmread --verbose --mutex "$unique.lock" "$unique"
drop locking
over waiting 0
output_is 'foreign'
errors_have "the program that owned the mutex $unique.lock has died"
run 0 shmread --mutex "$unique.lock" --timeout 5s "$unique"
output_is 'foreign'
errors_are_empty
drop keeping

it 'reports that there is no such mutex, or waits for it with --wait'
run 1 shmread --mutex "$unique.none" "$unique"
says "the mutex $unique.none does not exist"
start waiting shmread --wait --mutex "$unique.late" "$unique"
hold locking collide mutex "$unique.late"
over waiting 0
output_is 'foreign'
stop locking "$unique.late"

it 'reports that the name is that of another object, or that this user may not open it'
run 5 shmread --mutex "$unique" "$unique"
says "the name $unique is that of shared memory, not of a mutex"
stop other "$unique"

it 'refuses a mutex for a value of shmwrite'
hold demo shmwrite "$unique" 'ours'
run 2 shmread --mutex "$unique.none" --raw "$unique"
says "$unique: was created by shmwrite: reading it needs no mutex"
release demo "$unique"

finish
