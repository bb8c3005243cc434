#!/bin/sh
# coverage.sh TEST... - run these programs, and print which lines they run.
#
# The programs are built with coverage counters. Prints each line of the pure
# code that no program has run, then a table of the files, and the total.
set -u
cd "$(dirname "$0")/.." || exit 2

counts=build/coverage/counts
rm -rf "$counts"
mkdir -p "$counts"
for test in "$@"; do
    if ! LLVM_PROFILE_FILE="$counts/%p.profraw" "$test" >"$test.log" 2>&1; then
        grep -v '^ok' "$test.log" >&2
        echo "coverage: $test failed" >&2
        exit 1
    fi
done
llvm-profdata merge -o "$counts/all" "$counts"/*.profraw || exit 1

# llvm-cov takes the first program by its name, and each other one after
# -object.
first=$1
shift
for test in "$@"; do
    set -- "$@" -object "$test"
    shift
done
llvm-cov export -format=lcov -instr-profile="$counts/all" "$first" "$@" \
    common/text/*.c common/memory/*.c common/console/*.c writer/*.c reader/*.c >build/coverage/lines || exit 1

here=$PWD/ awk '
    BEGIN { here = ENVIRON["here"] }
    /^SF:/ { file = substr($0, 4); if (index(file, here) == 1) { file = substr(file, length(here) + 1) } }
    /^DA:/ {
        split(substr($0, 4), part, ",")
        while (line[file] < part[1]) { (getline text <file) ; line[file]++ }
        if (text ~ /^#/) { next } # llvm-cov counts a macro where it is defined, not where it is used
        lines[file]++
        ran[file] += part[2] > 0
        if (part[2] == 0) { missed[file] = missed[file] " " part[1]; source[file, part[1]] = text }
    }
    END {
        for (file in lines) { order[++count] = file }
        for (i = 2; i <= count; i++) {
            for (j = i; j > 1 && order[j] < order[j - 1]; j--) {
                swapped = order[j]; order[j] = order[j - 1]; order[j - 1] = swapped
            }
        }
        for (i = 1; i <= count; i++) {
            file = order[i]
            number = split(missed[file], at, " ")
            if (number > 0) { print file ":" }
            for (j = 1; j <= number; j++) { printf "%6d  %s\n", at[j], source[file, at[j]] }
        }
        print ""
        printf "%-22s %6s %6s %8s\n", "file", "lines", "ran", "percent"
        for (i = 1; i <= count; i++) {
            file = order[i]
            printf "%-22s %6d %6d %7.1f%%\n", file, lines[file], ran[file], 100 * ran[file] / lines[file]
            all += lines[file]; all_ran += ran[file]
        }
        printf "%-22s %6d %6d %7.1f%%\n", "all", all, all_ran, 100 * all_ran / all
    }' build/coverage/lines
