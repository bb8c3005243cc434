#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--reads releases the name after a number of complete reads, so that two programs can take turns'

it 'releases the name after that number of reads, and not before'
hold demo shmwrite --verbose --reads 3 "$unique" 'x'
value_is "$unique" 'x'
run 0 shmwrite --update "$unique" 'y'
value_is "$unique" 'y'
hold looker borrow_w "$unique"
stop looker "$unique"
is_over demo && fail 'it did before'
value_is "$unique" 'y'
over demo 0
errors_have "$unique: released: all reads are done"
gone

it 'does not count a read whose output was not delivered, or that printed a part'
hold demo shmwrite --reads 1 "$unique" 'x'
run 7 run_w closed "\"$(program shmread)\" $unique"
run 7 shmread --output "$dir/no/such/folder" "$unique"
run 0 shmread --length 1 "$unique"
run 0 shmread --raw "$unique"
run 0 shmread --stat "$unique"
is_over demo && fail 'it did'
value_is "$unique" 'x'
over demo 0

it 'counts reads of the whole value, in whatever form it is printed'
hold demo shmwrite --reads 3 "$unique" 'x'
run 0 shmread --hex "$unique"
run 0 shmread --wait "$unique"
run 0 shmread --output "$dir/read" "$unique"
over demo 0
gone

it 'the name is gone when its last reader has ended, also with --put'
for verb in -d --put -d --put; do
    run 0 shmwrite $verb --reads 1 "$unique" 'x'
    value_is "$unique" 'x'
    gone
done

it 'releases the name after --hold-for, too'
run 0 shmwrite --hold-for 100ms --reads 5 "$unique" 'x'
gone

it 'two programs take turns: the next value is created when the last one has been read'
printf 'value %d\n' 0 1 2 3 4 5 6 7 8 9 >"$dir/steps"
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
goes

it 'eight readers at once are all counted'
run 0 shmwrite -d --reads 8 "$unique" 'x'
for reader in 1 2 3 4 5 6 7 8; do
    start "$reader" shmread "$unique"
done
for reader in 1 2 3 4 5 6 7 8; do
    over "$reader" 0
    output_is 'x'
done
goes

finish
