#!/usr/bin/env bash
# lint.sh - check the formatting and the house rules, and run static analysis.
# lint.sh --includes - print how often each folder includes each other one.
#
# Prints nothing if there is nothing to report. Otherwise it prints each fault,
# and the exit status is 1. If a tool is not installed, it says so on stderr and
# leaves out the checks of that tool. scripts/setup.sh installs all tools on
# Debian. Versions of clang-format format the same source differently, so only
# one version is used.
set -u
shopt -s lastpipe # so that `check` at the end of a pipe can set `failed`
cd "$(dirname "$0")/.." || exit 2

failed=0
pure_includes='-iquote .'
mapfile -t sources < <(find writer reader common -name '*.[ch]' | sort)
mapfile -t scripts < <(find scripts common writer reader .ci \
    \( -name '*.sh' -o -name '*.t' -o -name '*.soak' -o -path .ci/run \) | sort)

# The code of the two programs, without tests and examples.
mapfile -t production < <(printf '%s\n' "${sources[@]}" |
    grep -E '^(writer|reader|common)/((include|text|memory|console|windows)/)?[a-z_]+\.[ch]$')

# check DESCRIPTION: report the lines of standard input, if there are any, as
# faults of this kind.
check()
{
    local found
    found=$(cat)
    if [ -n "$found" ]; then
        printf '%s:\n%s\n' "$1" "$found" >&2
        failed=1
    fi
}

# have TOOL: whether it is installed. If not, says so.
have()
{
    command -v "$1" >/dev/null 2>&1 || { echo "lint: $1 is not installed, its checks are left out" >&2; return 1; }
}

# matching PATTERN FILE...: print the lines of the files that match, with the
# name of the file. /dev/null makes grep print the name of a single file, too.
matching()
{
    grep -nE "$@" /dev/null
}

# ---- House rules -----------------------------------------------------------------------------------------------------

find . -mindepth 1 -maxdepth 1 ! -name '.*' ! -name build |
    grep -vxE './(writer|reader|common|scripts|Makefile|README.md)' |
    check 'only writer, reader, common, scripts, Makefile and README.md stand on top'

for_windows='^common/(windows|tests/(fixtures|platform)|examples|bench)/|^(writer|reader)/main.c$'
printf '%s\n' "${sources[@]}" | grep -vE "$for_windows" |
    xargs grep -nE '#include *<(windows|win[a-z]*|sddl|psapi)\.h>' |
    check 'only common/windows/, common/tests/platform/ and the two main.c include windows.h'

printf '%s\n' "${production[@]}" | grep -v '^common/include/' |
    xargs grep -nE '\<(str(cpy|cat|tok)|v?sprintf|gets|ato[il]|system|alloca|setjmp|f?printf|f?puts|exit|abort)\(' |
    check 'functions not to call: unbounded ones, and stdio, which changes bytes'

# <windows.h> defines names that begin with STATUS_, and a new release may
# define more of them. Only code that includes <windows.h> may use these names,
# and no code may define one.
{
    printf '%s\n' "${sources[@]}" | grep -vE "$for_windows" |
        xargs grep -nE '\<STATUS_[A-Z0-9_]+'
    matching '#define +STATUS_[A-Z0-9_]+[ (]|^ *STATUS_[A-Z0-9_]+ *[,=]' "${sources[@]}"
} | sort -u | check 'names that begin with STATUS_, the prefix of NTSTATUS'

matching $'\t| +$' "${sources[@]}" | check 'tabs, or blanks at the end of a line'
matching '.{121}' "${sources[@]}" "${scripts[@]}" | check 'lines of more than 120 characters'
matching $'\r' "${sources[@]}" "${scripts[@]}" | check 'CR LF line ends'

# The first line of a file says what the file is for. The small programs of the
# tests and the examples begin with a sentence instead.
for file in "${sources[@]}"; do
    case $file in
    common/tests/fixtures/* | common/examples/*) ;;
    *) head -n 2 "$file" | tr '\n' ' ' | grep -qE "^/\*[ *]+${file##*/} - " || echo "$file" ;;
    esac
done | check 'files whose first line does not say what they are for: /* name.c - ... */'

# The include guard of a header is its path. The public header is an exception:
# other programs may use its guard.
for file in "${sources[@]}"; do
    case $file in
    common/include/* | common/tests/fixtures/* | *.c) ;;
    *)
        guard=$(printf '%s' "${file^^}" | tr '/.-' '___')
        grep -q "^#define $guard$" "$file" || echo "$file: $guard"
        ;;
    esac
done | check 'include guards that are not the path of their header'

# No two production files have a static function of the same name, so that a
# name in a backtrace, or in a search, means one place.
printf '%s\n' "${production[@]}" | xargs grep -oE '^static [^=;()]*[ *][a-z_0-9]+\(' |
    sed -E 's/^([^:]+):.*[ *]([a-z_0-9]+)\($/\2 \1/' | sort -u |
    awk '{ files[$1] = files[$1] " " $2; times[$1]++ }
        END { for (name in times) if (times[name] > 1) print name ":" files[name] }' | sort |
    check 'static functions of one name in two files'

# POSIX and Winsock have functions of these names. A call of a function of ours
# with such a name looks like a call of theirs.
taken='abort|abs|accept|access|alarm|bind|chdir|chmod|clock|close|connect|creat|div|dup|exec|exit|fork|ftruncate|index'
taken+='|ioctl|kill|link|listen|lseek|mmap|mount|nice|open|pause|pipe|poll|raise|read|recv|remove|rename|select|send'
taken+='|shutdown|signal|sleep|socket|stat|sync|system|time|truncate|umask|unlink|usleep|wait|write|y0|y1|yn|j0|j1|jn'
matching "^[a-z][a-z0-9_ ]*[ *]($taken)\(" "${production[@]}" |
    check 'functions with the name of one of POSIX or Winsock'
types='bool|char|int|unsigned|[a-z0-9_]+_t|(struct|enum) [a-z_]+'
matching "\<($types)[ *]+(far|hyper|interface|max|min|near|small)\>" "${production[@]}" |
    check 'names that <windows.h> defines as macros'

# A file includes headers of its own folder or of a lower layer. `rank` has the
# layers, from common/include/ up to the programs. No two files include each
# other.

# includes: print "FILE HEADER" for each include of a header of this project.
includes()
{
    printf '%s\n' "${production[@]}" | xargs grep -oE '^#include "[^"]+"' |
        sed -E 's/^([^:]+):#include "([^"]+)"$/\1 \2/'
}
# folders: print "COUNT FOLDER FOLDER" for the includes between folders.
folders()
{
    includes | sed -E 's:/[^/ ]+( |$):\1:g' | sort | uniq -c
}
if [ "${1-}" = --includes ]; then
    folders
    exit
fi
folders | awk '
    BEGIN {
        rank["common/include"] = 0; rank["common/text"] = 1; rank["common"] = 2; rank["common/memory"] = 3
        rank["common/windows"] = 4; rank["common/console"] = 4; rank["writer"] = 5; rank["reader"] = 5
    }
    !($2 in rank) || !($3 in rank) || ($2 != $3 && rank[$3] >= rank[$2])' | check 'includes that do not go down'
includes | tsort 2>&1 >/dev/null | check 'files that include each other'

# Each header compiles alone, and the public header is also valid C++.
compiler=$(command -v clang || command -v gcc)
for header in common/*.h common/include/*.h common/{text,memory,console}/*.h writer/*.h reader/*.h; do
    # shellcheck disable=SC2086
    "$compiler" -std=c11 -Wall -Wextra -Werror $pure_includes -fsyntax-only -include "$header" -x c /dev/null 2>&1
done | check 'headers that do not compile alone'
if have clang++; then
    clang++ -std=c++11 -Wall -Wextra -pedantic -Werror -fsyntax-only -x c++ common/include/winshm.h 2>&1 |
        check 'the public header is not C++'
fi

# ---- Tools -----------------------------------------------------------------------------------------------------------

clang_format_version=14
if ! have clang-format; then
    :
elif ! clang-format --version | grep -q "version $clang_format_version\."; then
    echo "lint: clang-format is not version $clang_format_version, formatting is not checked" >&2
else
    clang-format --dry-run -Werror "${sources[@]}" 2>&1 | grep -o '^.*error:' |
        check 'formatting (clang-format -i mends it)'
fi

if have shellcheck; then
    # Do not let shellcheck read scenario.sh for each scenario (SC1090, SC1091),
    # which would take most of the time of lint. So it does not know which
    # variables scenario.sh sets (SC2154) and uses (SC2034). `set -u` reports an
    # unset variable when the scenario runs.
    {
        printf '%s\0' "${scripts[@]}" | grep -zvE '\.(t|soak)$' | xargs -0 shellcheck -x
        printf '%s\0' "${scripts[@]}" | grep -zE '\.(t|soak)$' | xargs -0 shellcheck -e SC1090,SC1091,SC2034,SC2154
    } 2>&1 | check 'shell scripts'
fi

if have cppcheck; then
    # normalCheckLevelMaxBranches: since version 2.11 cppcheck reports that it
    # does not follow every branch of a large function.
    # shellcheck disable=SC2086
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=0 \
        --suppress=normalCheckLevelMaxBranches \
        -I. common/text/*.c common/memory/*.c common/console/*.c common/windows common/tests/platform \
        writer/*.c reader/*.c 2>&1 |
        check 'cppcheck'
fi

# Plain words in production code, tests, scripts and documents.
{
    printf '%s\n' "${sources[@]}" "${scripts[@]}" Makefile
    find writer reader common -name '*.rc'
    find scripts -name '*.bat' -o -name '*.pl'
    find README.md writer reader common scripts -name '*.md'
} | sort -u | awk '
    /^common\/tests\/mutants/ { next }
    /^scripts\/.*\.(sh|bat|pl)$/ || /^Makefile$/ || /^\.ci\// { print "scripts=" $0; next }
    /(^|\/)(tests|fuzz|bench)\/.*\.(c|h|sh|t|soak)$/ { print "tests=" $0; next }
    /\.md$/ { print "documents=" $0; next }
    /\.(c|h|rc)$/ { print "code=" $0 }' | xargs perl scripts/words.pl 2>&1 | grep -v '^words: [^(]*$' |
    check 'habits that make prose hard to read (scripts/words.pl)'

if have clang-tidy; then
    # clang-tidy analyses the pure code as it is built natively, and the other
    # code as it is built for Windows. cert-dcl16-c is off there, because the
    # numbers of errors in the headers of Windows end in a lower-case l.
    {
        find common/text common/memory common/console common/tests/platform writer reader -maxdepth 1 -name '*.c' \
            ! -name main.c ! -name 'windows*.c' -print0 |
            xargs -0 -n 4 -P 2 sh -c 'clang-tidy --quiet "$@" -- -std=c11 \
                -iquote .' sh
        if command -v x86_64-w64-mingw32-gcc >/dev/null 2>&1; then
            printf '%s\0' common/windows/*.c common/tests/platform/windows*.c writer/main.c reader/main.c |
                xargs -0 -n 4 -P 2 sh -c 'clang-tidy --quiet --checks=-cert-dcl16-c "$@" -- \
                    --target=x86_64-w64-mingw32 -std=c11 \
                    -D_WIN32_WINNT=0x0601 -DUNICODE -D_UNICODE \
                    -iquote .' sh
        fi
    } 2>&1 | grep -E 'warning:|error:|note:' | check 'clang-tidy'
fi

exit "$failed"
