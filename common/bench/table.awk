# table.awk - print the measurements as a table in Markdown.
#
#     awk -f table.awk SAMPLES... <ROWS
#
# SAMPLES has lines "key, tab, value". ROWS has lines
#     key|what|unit|key of the baseline|baseline|target|key of the ratios
# The last four fields may be empty. A target is "<= NUMBER" or ">= NUMBER" and
# applies to the ratio of the medians. The spread is from the first to the third
# quartile. A row with a key of ratios has the median of these, and in brackets
# their 10th percentile and the least. Its target may go on with ", each >=
# NUMBER", which applies to the least.
BEGIN { FS = "\t" }

NR == FNR { if ($0 !~ /^($|#)/) row[++rows] = $0; next }
{ value[$1, ++count[$1]] = $2 }

function show(number) { return sprintf(number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number) }

# Return the value below which `part` of the samples are, interpolated between two of them.
function quantile(key, part,  n, at, below) {
    if (!(key in sorted)) sort(key)
    n = count[key]
    at = 1 + part * (n - 1)
    below = int(at)
    return value[key, below] + (at - below) * (value[key, below < n ? below + 1 : n] - value[key, below])
}
function sort(key,  i, j, swap) {
    sorted[key] = 1
    for (i = 2; i <= count[key]; i++)
        for (j = i; j > 1 && value[key, j - 1] + 0 > value[key, j] + 0; j--) {
            swap = value[key, j]; value[key, j] = value[key, j - 1]; value[key, j - 1] = swap
        }
}

function verdict(target, ratio, least,  part, reached) {
    if (target == "") return ""
    split(target, part, /,? /)
    reached = part[1] == "<=" ? ratio <= part[2] : ratio >= part[2]
    if (part[3] == "each") reached = reached && least >= part[5]
    return target (reached ? ": reached" : ": missed")
}

function cell(line, column, words) {
    text[line, column] = words
    if (length(words) > width[column]) width[column] = length(words)
}

END {
    split("what|median|spread|baseline|ratio|target", title, "|")
    for (c = 1; c <= 6; c++) cell(0, c, title[c])
    for (r = 1; r <= rows; r++) {
        split(row[r], field, "|")
        key = field[1]; base = field[4]
        cell(r, 1, field[2])
        if (!count[key]) {
            cell(r, 2, "not there")
            continue
        }
        median = quantile(key, 0.5)
        cell(r, 2, show(median) " " field[3])
        cell(r, 3, count[key] > 1 ? show(quantile(key, 0.25)) " to " show(quantile(key, 0.75)) : "")
        if (base == "" || !count[base]) continue
        base_median = quantile(base, 0.5)
        cell(r, 4, field[5] ": " show(base_median))
        if (base_median <= 0) continue
        ratio = median / base_median
        least = ""
        brackets = ""
        if (field[7] != "" && count[field[7]]) {
            ratio = quantile(field[7], 0.5)
            least = quantile(field[7], 0)
            brackets = " (" show(quantile(field[7], 0.1)) ", " show(least) ")"
        }
        cell(r, 5, show(ratio) brackets)
        cell(r, 6, verdict(field[6], ratio, least))
    }
    for (r = 0; r <= rows; r++) {
        line = "|"; rule = "|"
        for (c = 1; c <= 6; c++) {
            line = line sprintf(" %-" width[c] "s |", text[r, c])
            dashes = sprintf("%" (width[c] + 2) "s|", ""); gsub(/ /, "-", dashes)
            rule = rule dashes
        }
        print line
        if (r == 0) print rule
    }
}
