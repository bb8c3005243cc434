#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'shmread --stat describes any memory, and never fails because of its contents'

# shows LINE: expect a line of the output that is LINE, without its CR LF.
shows()
{
    tr -d '\r' <"$dir/output" | grep -qxF -e "$1" || {
        fail "no line is: $1"
        sed 's/^/#     /' "$dir/output" >>"$dir/failures"
    }
}

# shows_like EXPRESSION: expect a line of the output that matches EXPRESSION.
shows_like()
{
    tr -d '\r' <"$dir/output" | grep -qE -e "^($1)\$" || {
        fail "no line is like: $1"
        sed 's/^/#     /' "$dir/output" >>"$dir/failures"
    }
}

moment='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'

it 'describes a value: its sizes, its times, its processes and users'
hold demo shmwrite --size 1000 "$unique" 'hello'
run 0 shmread --stat "$unique"
errors_are_empty
shows "name:      $unique"
shows 'kind:      value'
shows 'size:      4.0 KiB (4096 bytes)'
shows 'capacity:  1000 bytes'
shows 'length:    5 bytes'
shows 'updates:   0'
shows 'encoding:  utf-8'
shows_like "created:   $moment"
shows_like "updated:   $moment"
shows_like 'writer:    process [0-9]+, alive'
shows_like 'holder:    process [0-9]+, alive'

it 'ends each line in CR LF, and aligns the second column'
lines_end_in_cr "$dir/output" || fail 'not each line ends in CR LF'
grep -vqE '^([a-z ]+: +|           )[^ ]' "$dir/output" && fail 'a line has another shape'
cut -c 1-11 "$dir/output" | grep -vq ' $' && fail 'the columns are not aligned'

if date -u -d 2026-11-21T04:54:49.412Z +%s >/dev/null 2>&1; then
    it 'prints the current times, in UTC'
    created=$(sed -n 's/^created: *//p' "$dir/output" | tr -d '\r')
    then=$(date -u -d "$created" +%s) || fail "date does not read $created"
    age=$(($(date +%s) - then))
    if [ "$age" -lt 0 ] || [ "$age" -ge 600 ]; then
        fail "it was created $age s ago"
    fi
else
    skip 'prints the current times, in UTC' 'date does not read such times'
fi

it 'says that this user and SYSTEM may do everything, in words and in SDDL'
shows_like '(who may:   |           )SYSTEM: everything'
shows_like '(who may:   |           )this user: everything'
shows_like 'sddl: .*D:P\(A;;[A-Z0-9x]*;;;SY\).*'

it 'reports an update, that its writer has ended, and that the holder died'
run 0 shmwrite --update "$unique" 'longer'
hold keeper borrow_w "$unique"
drop demo
run 0 shmread --stat "$unique"
shows 'length:    6 bytes'
shows 'updates:   1'
shows_like 'writer:    process [0-9]+, dead'
shows_like 'holder:    process [0-9]+, dead'
stop keeper "$unique"

# describes PROGRAM KIND LINE...: expect that --stat prints these lines for the
# memory that PROGRAM creates.
describes()
{
    hold other "$1" "$2" "$unique"
    shift 2
    run 0 shmread --stat "$unique"
    for line in "$@"; do
        shows "$line"
    done
    stop other "$unique"
}

it 'says that there are only zeros, how much is committed, and that the memory is that of a file or an image'
describes collide reserved 'kind:      empty: only zeros' 'size:      64.0 KiB (65536 bytes)' \
    'committed: 0 bytes' 'memory:    reserved: its creator commits it page by page'
describes collide image 'memory:    an image: a program that is mapped as one'
describes collide file 'kind:      foreign: not created by shmwrite' 'memory:    a file'

if on_wine; then # Windows keeps a file that is mapped from being cut off
    it 'does not access the bytes of a file, also if it has no right to ask what the memory is'
    for kind in file shy; do
        hold other collide $kind "$unique" "$dir/file"
        : >"$dir/file"
        run 0 shmread --stat --wait "$unique"
        shows 'memory:    a file'
        run 0 shmread --list "$unique"
        shows_like " +[0-9]+  file +-  $unique"
        stop other "$unique"
    done
else
    skip 'does not access the bytes of a file' 'Windows keeps the file as it is'
fi

it 'describes an access list entry by entry, or says that there is none, or that it may not read it'
describes collide ours 'who may:   Guests: not write' '           SYSTEM: everything' \
    '           Authenticated Users: read' '           S-1-5-21-4-5-6-7: read and write'
describes collide null 'who may:   everybody: everything'
describes collide secret 'who may:   unknown (access denied)'

it 'describes a stream: its progress, and the processes at its ends'
printf 'hello' | start writer shmwrite --stream "$unique"
until_true has_sent 5 || fail 'nothing was sent'
run 0 shmread --stat "$unique"
shows 'kind:      stream'
shows 'received:  0 bytes'
shows 'in ring:   5 bytes, 0 %'
shows 'capacity:  8.0 MiB (8388608 bytes)'
shows_like 'producer:  process [0-9]+, alive(, has sent all)?'
shows 'consumer:  none yet'
run 0 shmread "$unique"
output_is 'hello'
over writer 0

it 'describes a stream for several readers: how many have come, how far each is, and the slowest'
printf 'hello' | start writer shmwrite --stream --readers 3 "$unique"
until_true has_sent 5 || fail 'nothing was sent'
run 0 shmread --stat "$unique"
shows 'kind:      stream'
shows 'consumers: 0 of 3 have come'
run 0 shmread "$unique"
output_is 'hello'
run 0 shmread --stat "$unique"
shows 'received:  0 bytes'
shows 'in ring:   5 bytes, 0 %'
shows 'consumers: 1 of 3 have come'
shows_like '           process [0-9]+, dead, has received all, 5 bytes'
shows '           none yet'
run 0 shmread --list --json "$unique"
has_text "$dir/output" '"state": "ended", "received": 5}, {"state": "open", "received": 0}, {"state"' ||
    fail 'the list does not show each reader'
run 0 shmread "$unique"
run 0 shmread "$unique"
over writer 0

it 'waits with --wait until the name exists'
start looker shmread --stat --wait "$unique"
hold demo shmwrite "$unique" 'late'
over looker 0
shows 'length:    4 bytes'
release demo "$unique"
run 6 shmread --stat --wait --timeout 50ms "$unique"
run 1 shmread --stat "$unique"
says "$unique: does not exist"

finish
