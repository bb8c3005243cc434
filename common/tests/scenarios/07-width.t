#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'a 64-bit program can map 3 GiB, and a 32-bit program reports that it cannot'

# is_32 TOOL: whether it is a 32-bit program.
is_32()
{
    run 0 "$1" --version
    grep -qE '\((i[3-6]86|arm),' "$dir/output"
}

if is_32 shmwrite; then
    it 'a 32-bit shmwrite reports that it cannot create 3 GiB'
    run 8 shmwrite --raw --size 3G "$unique" 'x'
    says "$unique: does not fit into the address space of this 32-bit program"
    gone "$unique"
else
    it 'a 64-bit shmwrite creates 3 GiB, which shmread prints if it has 64 bits, or else reports as too large'
    run 0 shmwrite --detach --raw --size 3G "$unique" 'the first of many'
    if is_32 shmread; then
        run 8 shmread "$unique"
        says "$unique: does not fit into the address space of this 32-bit program"
        run 0 shmread --list "$unique"
        output_has '3221225472  error 8'
    else
        run 0 shmread "$unique"
        output_is 'the first of many'
        run 0 shmread --raw --offset 3221225471 "$unique"
        byte 0 >"$dir/nul"
        output_equals "$dir/nul"
        run 0 shmread --get 'text@0*9' --get u16@0x7FFFFFFF --get u8@3221225471 "$unique"
        output_lines 'the first' 0 0
        run 1 shmread --get u8@0 --get u16@3221225471 "$unique"
        says "$unique: has no field u16@3221225471: it has 3221225472 bytes"
    fi
    let_go "$unique"
fi

finish
