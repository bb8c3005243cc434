#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'programs in the style of the usual tutorials read values of shmwrite, and shmread prints their memory'
makes_global || leave_out "$no_global"

# These programs use fixed names, which no other scenario may use.

for access in all read; do
    it "the classic ANSI and Unicode readers, which ask for $access access, print a value of shmwrite"
    hold demo shmwrite 'Global\MyFileMappingObject' 'Message from shmwrite.'
    run 0 sample_reader 'Global\MyFileMappingObject' $access
    output_is 'Message from shmwrite.'
    release demo 'Global\MyFileMappingObject'
    hold demo shmwrite -g MyFileMappingObject --encoding utf-16 'Grüße 漢字 😀'
    run 0 sample_reader_w 'Global\MyFileMappingObject' $access
    output_is 'Grüße 漢字 😀'
    release demo 'Global\MyFileMappingObject'
done

it 'an empty value is an empty string to these readers'
hold demo shmwrite "$unique" ''
run 0 sample_reader "$unique"
output_is ''
run 0 sample_reader_w "$unique"
output_is ''
release demo "$unique"

it 'shmread prints the text of the classic ANSI and Unicode writers'
hold sample sample_writer
value_is 'Global\MyFileMappingObject' 'Message from first process.'
errors_are_empty
stop sample 'Global\MyFileMappingObject'
hold sample sample_writer_w "$unique" 'Grüße 漢字 😀'
value_is "$unique" 'Grüße 漢字 😀'
stop sample "$unique"

it 'shmread prints a text in memory that both sides create'
hold other communication write 42
value_is COMMUNICATION 'The number is 42.'
stop other COMMUNICATION

it 'a program that creates the memory only if it does not exist reads and changes a value of shmwrite'
hold demo shmwrite COMMUNICATION 'The number is 43.'
run 0 communication read
output_is 'The number is 43.'
hold other communication write 123456789
run 0 shmread --text COMMUNICATION
output_is 'The number is 123'
stop other COMMUNICATION
release demo COMMUNICATION

it 'shmread prints the text that such a program writes into memory of shmwrite --raw'
hold demo shmwrite --raw --size 0x100 COMMUNICATION 'nothing yet'
hold other communication write 123456789
value_is COMMUNICATION 'The number is 123456789.'
stop other COMMUNICATION
release demo COMMUNICATION

it 'the smallest possible program prints the same as shmread'
hold demo shmwrite "$unique" 'hello'
run 0 minimal "$unique"
output_is 'hello'
release demo "$unique"

finish
