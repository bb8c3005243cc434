#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread --json prints valid JSON, whatever the names are'

if ! perl -MJSON::PP -e 1 2>/dev/null; then
    skip 'prints valid JSON' 'there is no perl with JSON::PP'
    finish
    exit
fi

# json EXPRESSION TEXT: parse the output as JSON into $j, with a parser that
# accepts nothing else, and expect that the expression of perl is TEXT.
json()
{
    told=$(perl -MJSON::PP -e '
        local $/;
        binmode STDIN;
        my $j = JSON::PP->new->utf8->decode(<STDIN>);
        my $told = eval $ARGV[0];
        die $@ if $@;
        $told = defined $told ? ref $told eq "JSON::PP::Boolean" ? ($told ? "true" : "false") : $told : "nothing";
        utf8::encode($told);
        print $told' -- "$1" <"$dir/output" 2>&1)
    test "$told" = "$2" || fail "$1 is $told instead of $2"
}

it 'prints contents, whatever is in them'
printf 'a"\\\1\033[2J\r\n\303\251\360\237\230\200' >"$dir/text"
hold demo shmwrite -e utf-8 --size 1000 --input "$(with_backslashes "$dir/text")" "$unique"
run 0 shmread --json "$unique"
# shellcheck disable=SC2016 # these are expressions of perl
{
    json '$j->{name}' "$unique"
    json '$j->{updates}' 0
    json '$j->{encoding}' utf-8
    json '$j->{text}' "$(cat "$dir/text")"
    json '$j->{base64}' nothing
    every_byte | head -c 256 >"$dir/bytes"
    run 0 shmwrite --update --input "$(with_backslashes "$dir/bytes")" "$unique"
    run 0 shmread --json "$unique"
    json '$j->{updates}' 1
    json '$j->{updated} =~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ ? "a time" : "none"' 'a time'
    json '$j->{encoding}' bytes
    json 'use MIME::Base64; join ",", unpack "C*", decode_base64($j->{base64})' "$(seq -s , 0 255)"
    json '$j->{text}' nothing
    run 0 shmwrite --update -e utf-16 "$unique" 'h😀'
    run 0 shmread --json "$unique"
    json '$j->{text}' 'h😀'
    printf 'a\0\075\330' | run 0 shmwrite --update -e utf-16 "$unique"
    run 0 shmread --json "$unique"
    json '$j->{base64}' YQA92A==
    printf 'a\0\377' | run 0 shmwrite --update -e ansi "$unique"
    run 0 shmread --json "$unique"
    json 'join ",", map ord, split //, $j->{text}' 97,0,255
    run 0 shmread --json --get 't=text@2' "$unique"
    json 'ord $j->{t}' 255
    run 0 shmread --json -e utf-8 --get 't=text@2' "$unique"
    json 'ord $j->{t}' 65533
}

it 'prints long contents, and a line for each new value'
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "\"\\\t%dé\033", i }' >"$dir/long"
hold long shmwrite -e utf-8 --input "$(with_backslashes "$dir/long")" "$unique.long"
# shellcheck disable=SC2016 # these are expressions of perl
same='utf8::encode($t); open my $f, "<", "'"$dir/long"'"; <$f> eq $t ? "the same" : "another"'
for words in '--json' '--json --get text=text@0'; do
    # shellcheck disable=SC2086 # several words
    run 0 shmread $words "$unique.long"
    # shellcheck disable=SC2016
    json 'my $t = $j->{text}; '"$same" 'the same'
done
release long "$unique.long"
run 0 shmwrite -d "$unique.live" 'one'
start following shmread --follow --json --interval 20ms "$unique.live"
until_true grep -q one "$dir/held/following.output" || fail 'the first value is missing'
printf 'a "line"\r\n\033' | run 0 shmwrite --update -e utf-8 "$unique.live"
until_true grep -q line "$dir/held/following.output" || fail 'the second value is missing'
run 0 shmwrite --release "$unique.live"
over following 0
[ "$(grep -c '' "$dir/output")" -eq 2 ] || fail 'there are not two lines'
tail -n 1 "$dir/output" >"$dir/last" && mv "$dir/last" "$dir/output"
# shellcheck disable=SC2016
json '$j->{updates} . $j->{text}' "$(printf '1a "line"\r\n\033')"

it 'prints fields and rows, whatever is in them'
run 0 shmwrite --update --input "$(with_backslashes "$dir/bytes")" "$unique"
run 0 shmread --json --get 'l "a" \ é=u8@65' --get 'n=f64@0*32' --get 't=text@1' --get 'w=utf-16@9' "$unique"
# shellcheck disable=SC2016
{
    json '$j->{"l \"a\" \\ \x{e9}"}' 65
    json 'scalar @{$j->{n}}' 32
    json '$j->{n}[0] == unpack("d", pack "C8", 0..7) ? "the same" : $j->{n}[0]' 'the same'
    json 'length $j->{t}' 255
}
run 0 shmread --json --rows '16*16' --get 'h=hex@0*16' --get 'f=f32@12' "$unique"
# shellcheck disable=SC2016
{
    json 'join "", map { $_->{h} } @$j' "$(od -An -v -tx1 "$dir/bytes" | tr -d ' \n')"
    json '$j->[15]{f}' nothing # nan
}
release demo "$unique"

it 'describes a value by keys, on one line that ends in CR LF'
hold demo shmwrite --size 1000 "$unique" 'hello'
run 0 shmread --stat --json "$unique"
# shellcheck disable=SC2016 # these are expressions of perl
{
    json '$j->{name}' "$unique"
    json '$j->{kind}' value
    json '$j->{length}' 5
    json '$j->{writer_alive}' true
    json '$j->{held}' true
    json 'join "|", sort @{$j->{access}}' 'SYSTEM: everything|this user: everything'
    json '$j->{sent}' nothing
}
test "$(wc -l <"$dir/output")" -eq 1 || fail 'it is not one line'
lines_end_in_cr "$dir/output" || fail 'it does not end in CR LF'
release demo "$unique"

if it_in_two_namespaces 'prints the list as an array of such objects, one on each line'; then
    hold demo shmwrite "$unique" 'hello'
    hold other collide section "Global\\$unique"
    run 0 shmread --list --json "$unique*"
    # shellcheck disable=SC2016
    {
        json 'scalar @$j' 2
        json '$j->[0]{name}' "$unique"
        json '$j->[1]{name}' "Global\\$unique"
        json '$j->[1]{kind}' foreign
    }
    test "$(wc -l <"$dir/output")" -eq 3 || fail "$(wc -l <"$dir/output") lines"
    stop other "Global\\$unique"
    release demo "$unique"
fi

it 'prints an empty array, and sets the status, if there is nothing to list'
run 1 shmread --list --json "$unique.nothing"
# shellcheck disable=SC2016
json 'scalar @$j' 0

it 'prints valid JSON for names with quotes, control characters, an emoji and half a surrogate pair'
hold odd collide odd "$unique"
run 0 shmread --list --json "$unique*"
grep -qF "$unique"'\"\u0009\u001b'"$(printf '\360\237\230\200')"'\ud800!' "$dir/output" || {
    fail 'the name is escaped otherwise'
    show "$dir/output"
}
if command -v python3 >/dev/null; then
    python3 -c '
import json, sys
name = json.load(open(sys.argv[1], encoding="utf-8"))[0]["name"]
sys.exit(name != sys.argv[2] + "\"\t\x1b\U0001F600\ud800!")' "$dir/output" "$unique" || fail 'python reads another name'
fi
stop odd "$unique"

finish
