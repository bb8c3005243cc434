# plot.awk RINGS LEVELS RATIOS - a plot as SVG: rates of streams in MiB/s over sizes of the ring, and below it all
# ratios with their targets. The scales are logarithmic. What there is no data for is left out.
#
# RINGS has lines "size of the ring, rate" of the stream; LEVELS has "what, rate" of what has no ring; RATIOS has "what,
# baseline, ratio, target".
BEGIN {
    FS = "\t"
    left = 80; top = 50; width = 540; height = 360
}

FILENAME == ARGV[1] { ring[++rings] = $1; rate[rings] = $2; next }
FILENAME == ARGV[2] { if ($1 != "stream") { level[++levels] = $1; level_rate[levels] = $2 }; next }
$3 > 0 { ratio[++bars] = $3; bar[bars] = $1 " / " $2; target[bars] = $4 }

function log10(value) { return log(value > 0 ? value : 1) / log(10) }
function x(size) { return left + (log(size) / log(2) - 12) * width / 14 }
function y(value) { return top + height - (log10(value) - low) * height / (high - low) }
function line(x1, y1, x2, y2, style) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, style
}
function text(at_x, at_y, anchor, size, fill, words) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\">%s</text>\n",
        at_x, at_y, anchor, size, fill, words
}

# From the power of ten below everything to just above.
function find_limits(  i) {
    low = 9
    for (i = 1; i <= levels; i++) extend(level_rate[i])
    for (i = 1; i <= rings; i++) extend(rate[i])
    low = int(low)
    high += 0.1
}
function extend(value) {
    if (log10(value) < low) low = log10(value)
    if (log10(value) > high) high = log10(value)
}

function draw_grid(  p, k, s) {
    for (p = low; p <= high; p++)
        for (k = 1; k <= 9; k++) {
            if (y(k * 10 ^ p) < top) continue
            line(left, y(k * 10 ^ p), left + width, y(k * 10 ^ p), k == 1 ? "stroke=\"#aaa\"" : "stroke=\"#eee\"")
            if (k == 1) text(left - 8, y(10 ^ p) + 4, "end", 12, "black", 10 ^ p)
        }
    for (s = 12; s <= 26; s++) {
        line(x(2 ^ s), top, x(2 ^ s), top + height, "stroke=\"#eee\"")
        if (s % 2 == 0)
            text(x(2 ^ s), top + height + 18, "middle", 12, "black", s < 20 ? 2 ^ (s - 10) "K" : 2 ^ (s - 20) "M")
    }
    printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"black\"/>\n",
        left, top, width, height
    text(left + width / 2, top + height + 44, "middle", 14, "black", "size of the ring, bytes")
    printf "<text transform=\"translate(24 %d) rotate(-90)\" text-anchor=\"middle\" font-size=\"14\">%s</text>\n",
        top + height / 2, "MiB a second"
}

# The fastest first; names beside their lines, and moved down where they would lie on each other.
function draw_levels(  i, j, swap, name_y, last_y) {
    split("#c0392b #2471a3 #1e8449 #a04000 #7d3c98 #566573 #117864", colour, " ")
    for (i = 2; i <= levels; i++)
        for (j = i; j > 1 && level_rate[j - 1] < level_rate[j]; j--) {
            swap = level_rate[j]; level_rate[j] = level_rate[j - 1]; level_rate[j - 1] = swap
            swap = level[j]; level[j] = level[j - 1]; level[j - 1] = swap
        }
    last_y = 0
    for (i = 1; i <= levels; i++) {
        line(left, y(level_rate[i]), left + width, y(level_rate[i]),
            "stroke-width=\"2\" stroke-dasharray=\"6 4\" stroke=\"" colour[i] "\"")
        name_y = y(level_rate[i]) > last_y + 16 ? y(level_rate[i]) : last_y + 16
        line(left + width, y(level_rate[i]), left + width + 14, name_y, "stroke=\"" colour[i] "\"")
        text(left + width + 18, name_y + 4, "start", 12, colour[i], sprintf("%s: %.0f", level[i], level_rate[i]))
        last_y = name_y
    }
}

function draw_stream(  i) {
    printf "<polyline fill=\"none\" stroke=\"black\" stroke-width=\"3\" points=\""
    for (i = 1; i <= rings; i++) printf "%.1f,%.1f ", x(ring[i]), y(rate[i])
    print "\"/>"
    for (i = 1; i <= rings; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n", x(ring[i]), y(rate[i])
    i = int(rings / 4) + 1
    text(x(ring[i]) + 12, y(rate[i]) + 24, "start", 15, "black", "stream")
}

# A bar for each ratio, from 1 to the left or to the right, and a mark where its target begins.
function bar_x(value) { return bars_left + (log10(value) - bars_low) * bars_width / (bars_high - bars_low) }
function draw_bars(at,  i, p, middle, x1, x2, part, is_missed) {
    bars_left = 420; bars_width = 400; bars_low = -1; bars_high = 1
    for (i = 1; i <= bars; i++) {
        if (log10(ratio[i]) < bars_low) bars_low = int(log10(ratio[i])) - 1
        if (log10(ratio[i]) > bars_high) bars_high = int(log10(ratio[i])) + 1
    }
    text(80, at + 28, "start", 17, "black", "Ratios to what else there is, and the targets that there are for them")
    for (p = bars_low; p <= bars_high; p++) {
        line(bar_x(10 ^ p), at + 46, bar_x(10 ^ p), at + 50 + 20 * bars,
            p == 0 ? "stroke=\"black\"" : "stroke=\"#ccc\"")
        text(bar_x(10 ^ p), at + 66 + 20 * bars, "middle", 12, "black", 10 ^ p)
    }
    for (i = 1; i <= bars; i++) {
        middle = at + 40 + 20 * i
        x1 = ratio[i] < 1 ? bar_x(ratio[i]) : bar_x(1)
        x2 = ratio[i] < 1 ? bar_x(1) : bar_x(ratio[i])
        split(target[i], part, " ")
        is_missed = part[1] == "<=" ? ratio[i] > part[2] : ratio[i] < part[2]
        printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>\n", x1, middle - 6, x2 - x1,
            target[i] == "" ? "#aab7b8" : is_missed ? "#c0392b" : "#1e8449"
        text(bars_left - 10, middle + 4, "end", 12, "black", bar[i])
        text(bars_left + bars_width + 10, middle + 4, "start", 12, "black",
            sprintf(ratio[i] < 10 ? "%.2f" : "%.0f", ratio[i]) (target[i] == "" ? "" : ", " escaped(target[i])))
        if (target[i] != "")
            line(bar_x(part[2]), middle - 9, bar_x(part[2]), middle + 9, "stroke-width=\"2\" stroke=\"black\"")
    }
}
function escaped(words) {
    gsub(/</, "\\&lt;", words)
    gsub(/>/, "\\&gt;", words)
    return words
}

END {
    total = (rings ? 480 : 0) + (bars ? 80 + 20 * bars : 0)
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"940\" height=\"%d\" viewBox=\"0 0 940 %d\"" \
        " font-family=\"sans-serif\">\n<rect width=\"940\" height=\"%d\" fill=\"white\"/>\n", total, total, total
    if (rings) {
        find_limits()
        text(left, 28, "start", 17, "black",
            "From a file to nothing: a stream by the size of its ring, and what else there is")
        draw_grid()
        draw_levels()
        draw_stream()
    }
    if (bars) draw_bars(rings ? 480 : 0)
    print "</svg>"
}
