#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'the options that create a value determine who may use it, for the memory and for each companion'
makes_global || leave_out "$no_global"

# rights_are KIND NAME PATTERN: expect that the access list of the object, in
# the form of Windows, matches PATTERN.
rights_are()
{
    run 0 security_w "$1" "$2"
    grep -qxE "$3$(printf '\r')?" "$dir/output" || {
        fail "$2: not $3 but"
        show "$dir/output"
    }
}

# rights_are_of_this KIND ROLE PATTERN: the same of a companion of the present
# value. Its name ends in the time of creation and the process ID of the
# creator, which are in the trailer.
rights_are_of_this()
{
    run 0 shmread --raw "$unique"
    created=$(od -An -v -tx8 -j4000 -N8 "$dir/output")
    creator=$(od -An -v -tx4 -j4008 -N4 "$dir/output")
    rights_are "$1" "$unique.winshm.$2.$(printf '%x.%x' "0x${created# }" "0x${creator# }")" "$3"
}

everything='\(A;;[0-9A-Za-z]+;;;SY\)\(A;;[0-9A-Za-z]+;;;(S-1-5-21-[0-9-]+|[A-Z][A-Z])\)'

it 'by default this user and SYSTEM alone have access to the memory and all companions'
run 0 shmwrite --detach --reads 5 "$unique" text
rights_are section "$unique" "D:P$everything"
for companion in 'mutex holder' 'mutex writer' 'event release'; do
    rights_are "${companion% *}" "$unique.winshm.${companion#* }" "D:P$everything"
done
for companion in 'semaphore reads' 'mutex turn' 'event counted'; do
    rights_are_of_this "${companion% *}" "${companion#* }" "D:P$everything"
done
let_go

it 'with --allow read other users may read, and count their reads, and --stat says so'
run 0 shmwrite --detach --reads 5 --allow read "$unique" text
rights_are section "$unique" "D:P$everything\\(A;;CCLCRC;;;AU\\)"
rights_are_of_this semaphore reads "D:P$everything\\(A;;DC;;;AU\\)"
rights_are_of_this mutex turn "D:P$everything\\(A;;0x100000;;;AU\\)"
rights_are mutex "$unique.winshm.writer" "D:P$everything"
run 0 shmread --stat "$unique"
output_has 'Authenticated Users: read'
let_go

it 'with --allow write other users may also update, but still not release'
run 0 shmwrite --put --global --allow write "$unique" text
rights_are section "Global\\$unique" "D:P$everything\\(A;;CCDCLCRC;;;AU\\)"
rights_are mutex "Global\\$unique.winshm.writer" "D:P$everything\\(A;;0x100000;;;AU\\)"
rights_are event "Global\\$unique.winshm.release" "D:P$everything"
let_go "Global\\$unique"

it '--put updates a value with the access list of --allow or --sddl, and refuses any other'
run 0 shmwrite --put --allow write "$unique" text
run 0 shmwrite --put --allow write "$unique" 'second text'
errors_are_empty
run 5 shmwrite --put --allow read "$unique" new
says "$unique: already exists, but not with the access list of --allow" 'end it with --release'
value_is "$unique" 'second text'
let_go
run 0 shmwrite --put --sddl 'D:P(A;;GA;;;WD)(A;;GR;;;BU)' "$unique" text
run 0 shmwrite --put --sddl 'D:P(A;;GA;;;WD)(A;;GR;;;BU)' "$unique" 'second text'
errors_are_empty
let_go

# The tests have only one user. An access list that does not grant this user a
# right acts on this user as on any other.
it 'a user who may only read can neither update nor release'
hold demo shmwrite --sddl 'D:P(A;;GR;;;WD)' "$unique" text
for verb in --update --put; do
    run 4 shmwrite $verb "$unique" new
    says 'access denied: this user may not open it'
done
run 4 shmwrite --release "$unique"
says 'access denied: this user may not open its helper object'
value_is "$unique" text
drop demo

it 'an invalid --sddl is reported with the text of Windows'
run 2 shmwrite --put --sddl 'D:P(A;;GA;;;ZZZ)' "$unique" text
errors_have '--sddl is not a valid security descriptor: '

finish
