#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a wrong command line is said to be wrong, and help is there for the asking'

it 'prints its help, on standard output'
run 0 shmread --help
output_has 'Usage: shmread [OPTION]... NAME'
output_has 'Exit status:'
errors_are_empty
cp "$dir/output" "$dir/help"
for asked in -h '/?' '-?'; do
    run 0 shmread "$asked"
    output_equals "$dir/help"
done

it 'ends the lines of its help as Windows does, and keeps them within 80 columns'
lines_end_in_cr "$dir/help" || fail 'a line has no CR LF'
awk 'length($0) > 81 { exit 1 }' "$dir/help" || fail 'a line is longer'

it 'lists every option and every exit status'
for option in --wait --output --text --raw --global --local --timeout --quiet --verbose --help --version; do
    grep -q -- "$option" "$dir/help" || fail "$option is missing"
done
for number in 0 1 2 4 5 6 7 8 9 10; do
    grep -qE "^ +$number  " "$dir/help" || fail "$number is missing"
done

it 'prints its version, what it is built for, and the commit'
run 0 shmread --version
version_is shmread

it 'misses NAME, and takes only one'
run 2 shmread
says 'shmread: NAME is missing (try --help)'
run 2 shmread two names
says 'there is more than one NAME: a name with blanks needs quotes'

it 'names an option that does not exist'
run 2 shmread --frobnicate "$unique"
says 'there is no option --frobnicate'
run 2 shmread -j "$unique"
says 'there is no option -j'

it 'refuses --raw together with --text'
run 2 shmread --raw --text "$unique"
says '--raw and --text contradict each other'

it 'takes each option once'
run 2 shmread -w --wait "$unique"
says '--wait is given twice'

it 'names an option that lacks its value'
run 2 shmread "$unique" --output
says '--output needs a value'

it 'fails when its help cannot be printed'
run 7 closed_output_w "$(with_backslashes "$(program shmread)") --help"
errors_have 'shmread: cannot write to standard output'

finish
