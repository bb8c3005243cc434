#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite reports a wrong command line as getopt of MinGW does, and prints its help on request'

it 'prints its help on standard output'
run 0 shmwrite --help
output_has 'Usage: shmwrite [OPTION]... NAME [TEXT]'
output_has 'Exit status:'
errors_are_empty
cp "$dir/output" "$dir/help"

it 'prints its help for -h, /? and -?, too'
for asked in -h '/?' '-?' --hel; do
    run 0 shmwrite "$asked"
    output_equals "$dir/help"
done
run 0 shmwrite "$unique" '/?'
output_equals "$dir/help"

it 'ends the lines of its help in CR LF, and limits them to 80 columns'
lines_end_in_cr "$dir/help" || fail 'a line has no CR LF'
awk 'length($0) > 81 { exit 1 }' "$dir/help" || fail 'a line is longer'

it 'prints its version, its target architecture, and the commit'
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

it 'reports that NAME is missing'
run 2 shmwrite
says 'shmwrite: NAME is missing (try --help)'

it 'reports an option that does not exist'
dash='a NAME or TEXT that begins with - comes after --'
run 2 shmwrite --frobnicate "$unique" x
says 'there is no option --frobnicate (try --help)'
run 2 shmwrite --sise=4K "$unique" x
says 'there is no option --sise=4K (try --help)'
run 2 shmwrite -j "$unique" x
says 'there is no option -j' "$dash"
run 2 shmwrite -qj "$unique" x
says 'there is no option -j' "$dash"
run 2 shmwrite "$unique" -5
says 'there is no option -5' "$dash"
run 2 shmwrite "$unique" -漢x
says 'there is no option -漢x' "$dash"

it 'hints at the other tool for an option of shmread'
run 2 shmwrite --follow "$unique"
says 'there is no option --follow (try --help)' '--follow is an option of shmread'

it 'prints its help for /h and /help, which are TEXT behind NAME'
for asked in /h /help; do
    run 0 shmwrite "$asked"
    output_equals "$dir/help"
    hold demo shmwrite "$unique" "$asked"
    run 0 shmread "$unique"
    output_is "$asked"
    release demo "$unique"
done

it 'accepts a NAME that begins with a slash only after --'
run 2 shmwrite "/$unique" x
says "there is no option /$unique (try --help)" 'options begin with -, and a NAME that begins with / comes after --'
hold demo shmwrite -- "/$unique" x
run 0 shmread -- "/$unique"
output_is 'x'
release demo "/$unique"

it 'reports an option without its value, and one with a value that it does not take'
run 2 shmwrite "$unique" --size
says '--size needs a value'
run 2 shmwrite "$unique" -s
says '--size needs a value'
run 2 shmwrite "$unique" x --raw=yes
says '--raw takes no value'

it 'accepts the beginning of a long option if only one option begins so'
hold demo shmwrite --verb --siz 10 "$unique" x
release demo "$unique"
run 2 shmwrite --ver "$unique" x
says '--ver is ambiguous: --verbose, --version'

finish
