#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
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
run 0 shmread '/?'
output_equals "$dir/help"

it 'prints its version, its target architecture, and the commit'
run 0 shmread --version
version_is shmread

it 'reports that NAME is missing'
run 2 shmread
says 'shmread: NAME is missing (try --help)'

it 'fails if its help cannot be printed'
run 7 closed_output_w "$(with_backslashes "$(program shmread)") --help"
errors_have 'shmread: cannot write to standard output'

finish
