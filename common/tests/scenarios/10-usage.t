#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'both tools report a wrong command line as getopt of MinGW does, and print their help and version on request'

# usage_test checks the same and much more with getopt of glibc.

version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/console/version.h)
layout=$(sed -n 's/^#define WINSHM_LAYOUT //p' common/include/winshm.h)
for tool in shmwrite shmread; do
    it "$tool prints its help, in lines of at most 80 columns that end in CR LF"
    run 0 $tool --hel
    output_has "Usage: $tool [OPTION]... NAME"
    errors_are_empty
    lines_end_in_cr "$dir/output" || fail 'a line has no CR LF'
    awk 'length($0) > 81 { exit 1 }' "$dir/output" || fail 'a line is longer'
    cp "$dir/output" "$dir/help"
    for asked in /HELP '-?'; do
        run 0 $tool "$asked"
        output_equals "$dir/help"
    done

    it "$tool prints its version, its target architecture, the layout and the commit"
    run 0 $tool -V
    show_cr <"$dir/output" |
        grep -qE "^$tool $version \([a-z0-9_]+, layout $layout, build ([0-9a-f]{7,40}(-dirty)?|unknown)\)$cr\$" ||
        fail "$(cat "$dir/output")"
    [ "$(wc -l <"$dir/output")" -eq 1 ] || fail 'it is more than one line'

    it "$tool fails if its help cannot be printed"
    run 7 run_w closed "$(with_backslashes "$(program $tool)") --help"
    errors_have "$tool: cannot write to standard output"

    it "$tool reports that NAME is missing"
    run 2 $tool
    says "$tool: NAME is missing (try --help)"
done

it 'reports an option that does not exist'
dash='a NAME or TEXT that begins with - comes after --'
run 2 shmwrite --sise=4K "$unique" x
says 'there is no option --sise=4K (try --help)'
run 2 shmwrite -qj "$unique" x
says 'there is no option -j' "$dash"
run 2 shmwrite "$unique" -漢x
says 'there is no option -漢x' "$dash"
run 2 shmread "/$unique"
says "there is no option /$unique (try --help)" 'options begin with -, and a NAME that begins with / comes after --'

it 'accepts a NAME that begins with a slash, and such a TEXT, after --'
hold demo shmwrite -- "/$unique" '/?'
run 0 shmread -- "/$unique"
output_is '/?'
release demo "/$unique"

it 'reports an option without its value, and one with a value that it does not take'
run 2 shmwrite "$unique" --size
says '--size needs a value'
run 2 shmwrite "$unique" -s
says '--size needs a value'
run 2 shmwrite "$unique" x --raw=yes
says '--raw takes no value'

it 'accepts options before and after NAME and TEXT, and the beginning of a long option if only one begins so'
holds 'x' --verb --siz 10 x --encoding utf-8
run 2 shmwrite --ver "$unique" x
says '--ver is ambiguous: --verbose, --version'

finish
