#!/bin/sh
# drop-cr.sh grep|sed ARGUMENT... - run grep or sed on input without its CRs.
#
# In MSYS2 on Windows, grep and sed drop each CR that they read.
# `scripts/test.sh --drop-cr` runs this script in place of both, and so shows on
# Linux that no test and no script depends on a CR in their input.
#
# It knows only the options that this project uses. With -l, which must be the
# first option, grep reads its files itself, as it prints their names.
set -u

tool=$1
shift
input=$(mktemp) || exit 2
trap 'rm -f "$input"' EXIT

# Take the file names out of the list of arguments, and append the contents of
# the files to $input. All other arguments move to the end of the list, so that
# they keep their order.
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
