#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'programs in the style of the usual tutorials read values of shmwrite, and shmread prints their memory'
makes_global || leave_out "$no_global"

# These programs use fixed names, which no other scenario may use.

for access in all read; do
    it "the classic ANSI reader, which asks for $access access, prints a value of shmwrite"
    hold demo shmwrite 'Global\MyFileMappingObject' 'Message from shmwrite.'
    run 0 sample_reader 'Global\MyFileMappingObject' $access
    output_is 'Message from shmwrite.'
    run 0 sample_reader
    output_is 'Message from shmwrite.'
    release demo 'Global\MyFileMappingObject'

    it "the classic Unicode reader, which asks for $access access, prints a value of shmwrite"
    hold demo shmwrite -g MyFileMappingObject --encoding utf-16 'Grüße 漢字 😀'
    run 0 sample_reader_w 'Global\MyFileMappingObject' $access
    output_is 'Grüße 漢字 😀'
    release demo 'Global\MyFileMappingObject'
done

it 'these readers print a value from a pipe, and one whose name has no prefix'
printf 'through a pipe' | hold demo shmwrite "$unique"
run 0 sample_reader "$unique"
output_is 'through a pipe'
run 0 sample_reader "Local\\$unique"
output_is 'through a pipe'
release demo "$unique"

it 'these readers print memory of shmwrite --raw'
hold demo shmwrite --raw --size 256 "$unique" 'just these 256 bytes'
run 0 sample_reader "$unique"
output_is 'just these 256 bytes'
release demo "$unique"

it 'an empty value is an empty string to these readers'
hold demo shmwrite "$unique" ''
run 0 sample_reader "$unique"
output_is ''
run 0 sample_reader_w "$unique"
output_is ''
release demo "$unique"

it 'shmread prints the text of the classic ANSI writer'
hold sample sample_writer
run 0 shmread 'Global\MyFileMappingObject'
output_is 'Message from first process.'
run 0 shmread -g MyFileMappingObject
output_is 'Message from first process.'
errors_are_empty
stop sample 'Global\MyFileMappingObject'

it 'shmread prints the text of the classic Unicode writer'
hold sample sample_writer_w
run 0 shmread --global MyFileMappingObject
output_is 'Message from first process.'
stop sample 'Global\MyFileMappingObject'
hold sample sample_writer_w "$unique" 'Grüße 漢字 😀'
run 0 shmread "$unique"
output_is 'Grüße 漢字 😀'
stop sample "$unique"

it 'shmread prints a text in memory that both sides create'
hold other communication write 42
run 0 shmread COMMUNICATION
output_is 'The number is 42.'
stop other COMMUNICATION

it 'a program that creates the memory only if it does not exist prints a value of shmwrite'
hold demo shmwrite COMMUNICATION 'The number is 43.'
run 0 communication read
output_is 'The number is 43.'

it 'shmread --text prints the text that such a program writes into a value of shmwrite'
hold other communication write 123456789
run 0 shmread --text COMMUNICATION
output_is 'The number is 123'
stop other COMMUNICATION
release demo COMMUNICATION

it 'shmread prints the text that such a program writes into memory of shmwrite --raw'
hold demo shmwrite --raw --size 0x100 COMMUNICATION 'nothing yet'
hold other communication write 123456789
run 0 shmread COMMUNICATION
output_is 'The number is 123456789.'
stop other COMMUNICATION
run 0 shmread COMMUNICATION
output_is 'The number is 123456789.'
release demo COMMUNICATION

it 'shmread prints the common data of the program that started first'
hold other sharememory
run 0 shmread sharememory
output_is 'This is common data!'
stop other sharememory

it 'the program that starts second prints the data of shmwrite, which was first'
hold demo shmwrite sharememory 'This is our data!'
run 0 sharememory
output_is 'This is our data!'
release demo sharememory

it 'shmread prints 4096 bytes of memory whose name begins with a blank'
hold other zzj write 'behind a blank'
run 0 shmread ' zzj'
output_is 'behind a blank'
run 1 shmread zzj
says 'zzj: does not exist'
run 0 shmread --raw ' zzj'
test "$(wc -c <"$dir/output")" -eq 4096 || fail "it has $(wc -c <"$dir/output") bytes"
stop other ' zzj'

it 'a program that maps 4096 bytes under such a name prints a value of shmwrite'
hold demo shmwrite ' zzj' 'behind a blank'
run 0 zzj read
output_is 'behind a blank'
release demo ' zzj'

it 'the smallest possible program prints the same as shmread'
hold demo shmwrite "$unique" 'hello'
run 0 minimal "$unique"
output_is 'hello'
run 0 shmread "$unique"
output_is 'hello'
release demo "$unique"

finish
