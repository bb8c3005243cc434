#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a wrong command line is reported, as getopt of MinGW reports it, and help is printed when asked for'

it 'prints its help, on standard output'
run 0 shmwrite --help
output_has 'Usage: shmwrite [OPTION]... NAME [TEXT]'
output_has 'Exit status:'
errors_are_empty
cp "$dir/output" "$dir/help"

it 'takes -h, /? and -? for the same'
for asked in -h '/?' '-?' --hel; do
    run 0 shmwrite "$asked"
    output_equals "$dir/help"
done
run 0 shmwrite "$unique" '/?'
output_equals "$dir/help"

it 'ends the lines of its help as Windows does, and keeps them within 80 columns'
lines_end_in_cr "$dir/help" || fail 'a line has no CR LF'
awk 'length($0) > 81 { exit 1 }' "$dir/help" || fail 'a line is longer'

it 'prints its version, what it is built for, and the commit'
run 0 shmwrite --version
version_is shmwrite
cp "$dir/output" "$dir/version"
run 0 shmwrite -V
output_equals "$dir/version"

it 'holds /? as a value after --'
hold demo shmwrite "$unique" -- '/?'
run 0 shmread "$unique"
output_is '/?'
release demo "$unique"

it 'misses NAME'
run 2 shmwrite
says 'shmwrite: NAME is missing (try --help)'

it 'names an option that does not exist'
run 2 shmwrite --frobnicate "$unique" x
says 'there is no option --frobnicate (try --help)'
run 2 shmwrite --sise=4K "$unique" x
says 'there is no option --sise=4K (try --help)'
run 2 shmwrite -j "$unique" x
says 'there is no option -j'
run 2 shmwrite -qj "$unique" x
says 'there is no option -j'
run 2 shmwrite "$unique" -5
says 'there is no option -5 (after -- everything is NAME and TEXT)'
run 2 shmwrite "$unique" -漢x
says 'there is no option -漢x (after -- everything is NAME and TEXT)'

it 'names an option that lacks its value, or has one too many'
run 2 shmwrite "$unique" --size
says '--size needs a value'
run 2 shmwrite "$unique" -s
says '--size needs a value'
run 2 shmwrite "$unique" x --raw=yes
says '--raw takes no value'

it 'takes a long option by its beginning, when there is only one'
hold demo shmwrite --verb --siz 10 "$unique" x
release demo "$unique"
run 2 shmwrite --ver "$unique" x
says '--ver may mean several options'

finish
