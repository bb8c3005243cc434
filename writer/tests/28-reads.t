#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--reads releases the name after a number of complete reads, so that two programs can take turns'

it 'releases the name after that number of reads'
hold demo shmwrite --verbose --reads 3 "$unique" 'x'
for _ in 1 2 3; do
    value_is "$unique" 'x'
done
over demo 0
errors_have "$unique: released: all reads are done"
gone "$unique"

it 'does not release the name before'
hold demo shmwrite --reads 2 "$unique" 'x'
value_is "$unique" 'x'
is_over demo && fail 'it did'
hold demo2 borrow_w "$unique"
is_over demo && fail 'it did for one that only looked'
stop demo2 "$unique"
release demo "$unique"

it 'does not count a read whose output was not delivered'
hold demo shmwrite --reads 1 "$unique" 'x'
run 7 closed_output_w "\"$(program shmread)\" $unique"
run 7 shmread --output "$dir/no/such/folder" "$unique"
run 2 shmread --raw --text "$unique"
is_over demo && fail 'it did'
value_is "$unique" 'x'
over demo 0

it 'counts reads of the whole value, in whatever form it is printed'
hold demo shmwrite --reads 4 "$unique" 'x'
run 0 shmread --hex "$unique"
run 0 shmread --wait "$unique"
run 0 shmread --output "$dir/read" "$unique"
run 0 shmread "$unique"
over demo 0
gone "$unique"

it 'counts neither reads of a part nor reads of the memory'
hold demo shmwrite --reads 1 "$unique" 'x'
run 0 shmread --length 1 "$unique"
run 0 shmread --length 0 --raw "$unique"
run 0 shmread --offset 1 "$unique"
run 0 shmread --raw "$unique"
run 0 shmread --text "$unique"
run 0 shmread --stat "$unique"
is_over demo && fail 'it did'
value_is "$unique" 'x'
over demo 0
gone "$unique"

it 'the name is gone when its last reader has ended'
for _ in 1 2 3 4 5; do
    run 0 shmwrite -d --reads 1 "$unique" 'x'
    value_is "$unique" 'x'
    run 1 shmread "$unique"
done
until_true is_gone "$unique" || fail 'it is still held'

it 'of two readers at once, one gets the only read'
for _ in 1 2 3 4; do
    run 0 shmwrite -d --reads 1 "$unique" 'x'
    start one shmread "$unique"
    start two shmread "$unique"
    until_true is_over one
    until_true is_over two
    case $(cat "$dir/held/one.status" "$dir/held/two.status" | tr -d '\n') in
    01 | 10) ;;
    *) fail "they ended with $(cat "$dir/held/one.status" "$dir/held/two.status" | tr '\n' ' ')" ;;
    esac
    test "$(cat "$dir/held/one.output" "$dir/held/two.output")" = x || fail 'it was not printed once'
done

it 'counts the reads of every update'
run 0 shmwrite -d --reads 2 "$unique" 'first'
value_is "$unique" 'first'
run 0 shmwrite --update "$unique" 'second'
value_is "$unique" 'second'
until_true is_gone "$unique" || fail 'it is still held'

it 'a --put that creates the value counts its reads, too'
run 0 shmwrite --put --reads 1 "$unique" 'first'
value_is "$unique" 'first'
until_true is_gone "$unique" || fail 'it is still held'

it 'releases the name after --hold-for, too'
run 0 shmwrite --hold-for 100ms --reads 5 "$unique" 'x'
gone "$unique"

it 'two programs take turns: the next value is created when the last one has been read'
i=0
while [ $i -lt 10 ]; do
    echo "value $i" >>"$dir/steps"
    i=$((i + 1))
done
batch <<'END'
@echo off
start /b cmd /c "for /l %%i in (0,1,9) do @WRITE -q --reads 1 NAME %%i"
set n=0
:again
for /f "delims=" %%v in ('READ --wait --timeout 60s NAME') do echo value %%v
set /a n=n+1
if %n% lss 10 goto again
END
output_equals "$dir/steps"
until_true is_gone "$unique" || fail 'it is still held'

it 'eight readers at once are all counted'
run 0 shmwrite -d --reads 8 "$unique" 'x'
for reader in 1 2 3 4 5 6 7 8; do
    start "$reader" shmread "$unique"
done
for reader in 1 2 3 4 5 6 7 8; do
    over "$reader" 0
    output_is 'x'
done
until_true is_gone "$unique" || fail 'it is still held'

it 'refuses a --reads that is not a number of at least 1'
run 2 shmwrite --reads 0 "$unique" 'x'
says '--reads: "0" is not a number of reads such as 1 or 10'
run 2 shmwrite --reads some "$unique" 'x'
run 2 shmwrite --update --reads 1 "$unique" 'x'
says '--reads does not go with --update'

finish
