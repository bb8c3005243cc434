#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread reports a wrong command line, and prints its help on request'

it 'prints its help on standard output, in lines of at most 80 columns that end in CR LF'
run 0 shmread --help
output_has 'Usage: shmread [OPTION]... NAME'
output_has 'Exit status:'
errors_are_empty
lines_end_in_cr "$dir/output" || fail 'a line has no CR LF'
awk 'length($0) > 81 { exit 1 }' "$dir/output" || fail 'a line is longer'
cp "$dir/output" "$dir/help"
for asked in '/?' /h /help /HELP; do
    run 0 shmread "$asked"
    output_equals "$dir/help"
done

it 'prints its version, its target architecture, and the commit'
run 0 shmread --version
version_is shmread

it 'reports that NAME is missing'
run 2 shmread
says 'shmread: NAME is missing (try --help)'

it 'hints at the other tool for an option of shmwrite'
run 2 shmread --put "$unique"
says 'there is no option --put (try --help)' '--put is an option of shmwrite'

it 'accepts a NAME that begins with a slash only after --'
run 2 shmread "/$unique"
says "there is no option /$unique (try --help)" 'options begin with -, and a NAME that begins with / comes after --'
run 1 shmread -- "/$unique"
says "/$unique: does not exist"

it 'refuses --timeout for --stat, which waits only with --wait'
run 2 shmread --stat --timeout 1s "$unique"
says '--timeout with --stat needs --wait (try --help)'
run 6 shmread --stat --wait --timeout 0 "$unique"

it 'fails if its help cannot be printed'
run 7 run_w closed "$(with_backslashes "$(program shmread)") --help"
errors_have 'shmread: cannot write to standard output'

finish
