#!/bin/sh
# shellcheck disable=SC1003 # a quoted text may end in a backslash
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'both tools accept every legal name, and refuse every other one with a helpful message'

# refused NAME SENTENCE [OPTION]...: expect that both tools refuse NAME with
# this message.
refused()
{
    bad=$1
    sentence=$2
    shift 2
    run 2 shmwrite "$@" -- "$bad" 'x'
    says "$sentence (try --help)"
    run 2 shmread "$@" -- "$bad"
    says "$sentence (try --help)"
}

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
    run 0 raw_w "$full" 0 7
    output_is 'this is'
    release demo "$full"
}

it 'refuses an empty name'
refused '' 'the name is empty'

it 'refuses a prefix without a name'
refused 'Global\' 'Global\: there is no name after the prefix'
refused 'Local\' 'Local\: there is no name after the prefix'

it 'refuses more than 200 characters after the prefix'
a200=$(bytes 200 | tr ' \n' '__')
refused "${a200}x" 'the name is longer than 200 characters'
refused "Global\\${a200}x" 'the name is longer than 200 characters'

it 'refuses a backslash within a name'
refused 'a\b' 'a\b: a name has no backslash but the one after Global or Local'
refused 'Global\a\b' 'a name has no backslash but the one after Global or Local'
refused 'a\' 'a name has no backslash but the one after Global or Local'

it 'refuses a backslash at the beginning'
refused '\a' '\a: a name does not begin with a backslash'

it 'asks whether Global\x was meant if the prefix has the wrong case'
refused 'global\x' 'global\x: the case of a prefix matters: did you mean Global\x?'
refused 'GLOBAL\x' 'did you mean Global\x?'
refused 'local\x' 'did you mean Local\x?'

it 'refuses names in Session\'
refused 'Session\1\x' 'Windows reserves names that begin with Session\'

it 'refuses the names of the namespaces themselves'
refused 'Global' 'Global: Windows keeps this name for itself'
refused 'Local' 'Windows keeps this name for itself'
refused 'Session' 'Windows keeps this name for itself'
refused 'Global' 'Windows keeps this name for itself' --global

it 'refuses a prefix that contradicts --global or --local'
refused 'Local\x' 'Local\x: the prefix of the name contradicts --global or --local' --global
refused 'Global\x' 'the prefix of the name contradicts --global or --local' -l

it 'refuses --global together with --local'
run 2 shmwrite --global --local "$unique" 'x'
says '--global and --local cannot be combined'
run 2 shmread -gl "$unique"
says '--global and --local cannot be combined'

it 'masks the characters of a name that cannot be printed'
refused "a$(printf '\t\033')\\b" 'a??\b: a name has no backslash but the one after Global or Local'
run 1 shmread "$unique$(printf '\033[2J\r\nfake')"
says "$unique?[2J??fake: does not exist"

it 'treats a name without a prefix as one in Local\'
works "$unique" "Local\\$unique"
works "Local\\$unique" "$unique"

it 'puts a name in Local\ with --local'
works "$unique" "Local\\$unique" --local
works "Local\\$unique" "Local\\$unique" -l

if it_global 'puts a name in Global\ with --global, or if the name has that prefix'; then
    works "$unique" "Global\\$unique" --global
    works "$unique" "Global\\$unique" -g
    works "Global\\$unique" "Global\\$unique"
    works "Global\\$unique" "Global\\$unique" -g
fi

it 'accepts every other character'
works "\$$unique\$"
works "/$unique"
works " $unique "
works "$unique: * ? \" < > |"
works "-$unique"
works "..$unique"
works "$unique=%PATH%"

it 'accepts 200 characters of every kind'
works "$a200"
works "Local\\$a200"
works "$unique 漢字 😀"
emoji=$(printf '😀%.0s' 1 2 3 4 5 6 7 8 9 10)
works "$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji"

it 'counts an emoji as two characters, as Windows does'
refused "$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji$emoji${emoji}x" 'the name is longer than 200 characters'

it 'distinguishes names that differ only in case'
hold lower shmwrite "$unique-a" 'lower'
hold upper shmwrite "$unique-A" 'upper'
run 0 shmread "$unique-a"
output_is 'lower'
run 0 shmread "$unique-A"
output_is 'upper'
release lower "$unique-a"
release upper "$unique-A"

if it_in_two_namespaces 'distinguishes Global\ and Local\'; then
    hold global shmwrite -g "$unique" 'global'
    hold local shmwrite -l "$unique" 'local'
    run 0 shmread -g "$unique"
    output_is 'global'
    run 0 shmread "$unique"
    output_is 'local'
    release global "Global\\$unique"
    release local "$unique"
fi

finish
