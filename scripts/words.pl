#!/usr/bin/perl
# words.pl - check that comments, messages and documents are written in plain words.
#
#     scripts/words.pl [-l] GROUP=FILE...
#     scripts/words.pl --messages GROUP=FILE...
#
# With --messages, print only the sentences that production C can print.
#
# Count the habits below in the prose of each GROUP of files. Fail if a group
# has more than LIMIT of them in 1000 words, and print each place of that group;
# with -l print the places of every group. Prose is the comments of C, shell,
# make and batch files, the names of scenarios, the string literals of production
# C that are sentences, and Markdown without code, tables and quoted output.
use strict;
use warnings;

use constant LIMIT => 1.3;

# A pattern applies to one paragraph, in which blanks are single. ^ or a stop
# begins a sentence, which may be in quotes, brackets or bold.
my $sentence = qr/(?:^|(?<=[.!?:;] ))["'(*_]*/;
my @habits = (
    ['name the actor instead of What, Who or Those', qr/$sentence(?:What|Who|Whoever|Whatever|Those|That which)\b[^.!?]*(?:[.!]|$)/],
    ['state the contract instead of asking', qr/$sentence(?:Is|Are|Was|Do|Does|Has|Have|Can|May|Will|Would)\b[^.!?]*\?/],
    ['report, return, detect, distinguish or pass instead of tell', qr/\b(?:tells?|told|telling)\b/],
    ['name the role instead of who', qr/\b(?:whoever|those who|he who|who only)\b/],
    ['is instead of stands', qr/\b(?:stands?|stood)\b(?!-| (?:for|in|alone)\b)/],
    ['use a plain word', qr/\b(?:(?:be|is) had|for ever|anew|as yet|meanwhile|at the most|but for|besides)\b/],
);

my ($list, $messages, %words, %places);

sub judge
{
    my ($group, $file, $line, $text) = @_;
    $text =~ s/[-=*\s]+(?=\s)|\s+/ /g;
    $text =~ s/^ //;
    $words{$group} += () = $text =~ /[A-Za-z']{2,}/g;
    for my $habit (@habits) {
        while ($text =~ /$habit->[1]/g) {
            push @{$places{$group}}, sprintf '%s:%d: %s: %s', $file, $line, $habit->[0], substr $text, $-[0], 60;
        }
    }
}

# The parts of a file that are prose: [line, text].
sub prose_of
{
    my ($file, $all) = @_;
    my @prose;
    my $line_at = sub { 1 + (substr($all, 0, $_[0]) =~ tr/\n//) };
    if ($file =~ /\.(?:c|h|rc)$/) {
        my $is_test = $file =~ m{(?:^|/)(?:tests|fuzz|bench)/};
        my $literal = qr/"(?:[^"\\\n]|\\.)*"/;
        while ($all =~ m{(/\*.*?\*/)|//([^\n]*)|'(?:[^'\\\n]|\\.)+'|($literal(?:\s*(?:PRI\w+)?\s*$literal)*)}gs) {
            my ($block, $rest, $string, $line) = ($1, $2, $3, $line_at->($-[0]));
            if (defined $block) {
                $block =~ s{^/\*+|\*/$}{}g;
                $block =~ s/\n[ \t]*\*?/\n/g;
                push @prose, [$line, $_] for split /\n\s*\n/, $block;
            } elsif (defined $rest) {
                push @prose, [$line, $rest];
            } elsif (defined $string && !$is_test && $string =~ /\w \w/) {
                $string =~ s/"\s*PRI\w+\s*"/u/g; # %" PRIu64 " is a number
                $string =~ s/"\s*"|^"|"$//g;
                push @prose, [$line, $string, 1];
            }
        }
        return @prose;
    }
    my ($fenced, $first, $text) = (0, 0, '');
    my $number = 0;
    for my $row (split(/\n/, $all), '') {
        $number++;
        my $words;
        if ($file =~ /\.md$/) {
            $fenced = !$fenced if $row =~ /^\s*```/;
            $words = $row unless $fenced || $row =~ /^(?:\s*```|\||    )/ || $row !~ /\S/;
            $words =~ s/`[^`]*`/CODE/g if defined $words;
        } elsif ($row =~ /^\s*(?:#(?!!)|rem\b|::)\s*(.*)/i || $row =~ /^(?:it|goal) (["'].*)/) {
            $words = $1;
        }
        if (defined $words) {
            $first ||= $number;
            $text .= " $words";
        } elsif ($text ne '') {
            push @prose, [$first, $text];
            ($first, $text) = (0, '');
        }
    }
    return @prose;
}

for my $argument (@ARGV) {
    if ($argument eq '-l') {
        $list = 1;
        next;
    }
    if ($argument eq '--messages') {
        $messages = 1;
        next;
    }
    my ($group, $file) = split /=/, $argument, 2;
    open my $in, '<', $file or die "words.pl: $file: $!\n";
    my $all = do { local $/; <$in> };
    for my $part (prose_of($file, $all)) {
        my ($line, $text, $is_message) = @$part;
        print "$text\n" if $messages && $is_message;
        judge($group, $file, $line, $text) unless $messages;
    }
}
my $failed = 0;
for my $group (sort keys %words) {
    my @found = @{$places{$group} // []};
    my $rate = 1000 * @found / ($words{$group} || 1);
    my $bad = $rate > LIMIT;
    print "$_\n" for $list || $bad ? @found : ();
    printf "words: %s: %d in %d words, %.1f in 1000%s\n", $group, scalar @found, $words{$group}, $rate,
        $bad ? sprintf(' (at most %.1f)', LIMIT) : '';
    $failed = 1 if $bad;
}
exit $failed;
