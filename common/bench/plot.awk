# plot.awk RINGS LEVELS - a plot as SVG: rates in MiB/s over sizes of the ring, both logarithmic.
#
# RINGS has lines "size of the ring, rate" of the stream; LEVELS has "what, rate" of what has no ring.
BEGIN {
    FS = "\t"
    left = 80; top = 50; width = 540; height = 360
}

FILENAME == ARGV[1] { ring[++rings] = $1; rate[rings] = $2; next }
$1 != "stream" { level[++levels] = $1; level_rate[levels] = $2 }

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

END {
    find_limits()
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"480\" viewBox=\"0 0 900 480\"" \
        " font-family=\"sans-serif\">"
    print "<rect width=\"900\" height=\"480\" fill=\"white\"/>"
    text(left, 28, "start", 17, "black",
        "From a file to nothing: a stream by the size of its ring, and what else there is")
    draw_grid()
    draw_levels()
    draw_stream()
    print "</svg>"
}
