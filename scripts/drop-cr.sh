#!/bin/sh
# drop-cr.sh grep|sed ARGUMENT... - run grep or sed, and let it see no CR of its
# input, as in MSYS2 on Windows, where both drop each CR that they read.
# `scripts/test.sh --drop-cr` puts it in the place of the two, and so shows on
# Linux that no test and no script needs a CR there.
#
# It knows the options that are used here. After -l, which has to come first,
# grep reads the files itself.
set -u

tool=$1
shift
input=$(mktemp) || exit 2
trap 'rm -f "$input"' EXIT

# Move each argument but the files to the end of the list, and append the files
# to the input.
files=
script=
only_files=
left=$#
while [ "$left" -gt 0 ]; do
    argument=$1
    shift
    left=$((left - 1))
    case $tool$only_files$script$argument in
    grep-*l*) exec "$tool" "$argument" "$@" ;;
    esac
    case $only_files$argument in
    --) only_files=yes ;;
    -)
        cat >>"$input"
        files=yes
        continue
        ;;
    -*[ef])
        set -- "$@" "$argument"
        argument=$1
        shift
        left=$((left - 1))
        script=yes
        ;;
    -*) ;;
    *)
        if [ -n "$script" ]; then
            cat "$argument" >>"$input" || exit 2
            files=yes
            continue
        fi
        script=yes
        ;;
    esac
    set -- "$@" "$argument"
done
if [ -z "$files" ]; then
    tr -d '\r' | "$tool" "$@"
else
    tr -d '\r' <"$input" | "$tool" "$@"
fi
