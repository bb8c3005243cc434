#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a wrong command line is said to be wrong, and help is there for the asking'

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

it 'lists every option and every exit status'
for option in input size encoding chomp hold-for raw global local timeout quiet verbose help version; do
    grep -q -e "--$option" "$dir/help" || fail "--$option is missing"
done
for number in 0 1 2 4 5 6 7 8 9 10; do
    grep -qE "^ +$number  " "$dir/help" || fail "$number is missing"
done

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
run 2 shmwrite --size 10
says 'NAME is missing'

it 'knows that blanks need quotes'
run 2 shmwrite "$unique" two words
says 'there is more than NAME and TEXT: a text with blanks needs quotes'

it 'names an option that does not exist'
run 2 shmwrite --frobnicate "$unique" x
says 'there is no option --frobnicate'
run 2 shmwrite --frobnicate=yes "$unique" x
says 'there is no option --frobnicate'
run 2 shmwrite -j "$unique" x
says 'there is no option -j'
run 2 shmwrite "$unique" -5
says 'there is no option -5 (after -- everything is NAME and TEXT)'

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

it 'takes each option once'
run 2 shmwrite --size 10 -s 20 "$unique" x
says '--size is given twice'
run 2 shmwrite -qq "$unique" x
says '--quiet is given twice'

it 'refuses TEXT together with --input'
run 2 shmwrite --input x.txt "$unique" x
says 'TEXT and --input are both given'
run 2 shmwrite --input - "$unique" x
says 'TEXT and --input are both given'

it 'says what a usage message says even with --quiet'
run 2 shmwrite --quiet
says 'NAME is missing'

finish
