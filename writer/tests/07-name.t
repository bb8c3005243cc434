#!/bin/sh
# shellcheck disable=SC1003 # a quoted text may end in a backslash
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'both tools accept every legal name, and refuse every other one with a helpful message'

# works NAME [FULL-NAME [OPTION]...]: expect that both tools accept NAME, and
# that its full name in Windows is FULL-NAME, or NAME itself.
works()
{
    good=$1
    full=${2-$1}
    shift
    [ $# -eq 0 ] || shift
    hold demo shmwrite "$@" -- "$good" "this is $good"
    run 0 shmread "$@" -- "$good"
    output_is "this is $good"
    [ "$full" = "$good" ] || {
        run 0 raw_w "$full" 0 7
        output_is 'this is'
    }
    release demo "$full"
}

it 'refuses other names, and masks characters that cannot be printed'
for tool in shmwrite shmread; do
    run 2 $tool -- "a$(printf '\t\033')\\b"
    says 'a??\b: a name has no backslash but the one after Global or Local (try --help)'
done
run 1 shmread "$unique$(printf '\033[2J\r\nfake')"
says "$unique?[2J??fake: does not exist"

it 'treats a name without a prefix, and one with --local, as one in Local\'
works "$unique" "Local\\$unique"
works "Local\\$unique" "$unique" -l

if it_global 'puts a name in Global\ with --global, or if the name has that prefix'; then
    works "$unique" "Global\\$unique" --global
    works "Global\\$unique" "Global\\$unique" -g
fi

it 'accepts every other character'
works "\$$unique\$"
works " $unique "
works "$unique: * ? \" < > |"
works "-$unique"
works "..$unique"
works "$unique=%PATH%"

it 'accepts 200 characters of every kind, and no more'
works "Local\\$(bytes 200 | tr ' \n' '__')"
works "$unique 漢字 😀"
emoji=$(printf '😀%.0s' 1 2 3 4 5 6 7 8 9 10)
emoji=$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji # Windows counts each as two
works "$emoji"
run 2 shmread "${emoji}x"
says 'the name is longer than 200 characters (try --help)'

it 'distinguishes names that differ only in case'
hold lower shmwrite "$unique-a" 'lower'
hold upper shmwrite "$unique-A" 'upper'
value_is "$unique-a" 'lower'
value_is "$unique-A" 'upper'
release lower "$unique-a"
release upper "$unique-A"

if it_in_two_namespaces 'distinguishes Global\ and Local\'; then
    hold global shmwrite -g "$unique" 'global'
    hold local shmwrite -l "$unique" 'local'
    value_is "Global\\$unique" 'global'
    value_is "$unique" 'local'
    release global "Global\\$unique"
    release local "$unique"
fi

finish
