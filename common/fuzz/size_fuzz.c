/*
 * size_fuzz.c - numbers of bytes and lengths of time, against a slow reference of 128 bits.
 *
 * The input is a text, or says how to make one that is near the end of the numbers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/deadline.h"
#include "common/fuzz/fuzz.h"
#include "common/platform.h"
#include "common/text/duration.h"
#include "common/text/size.h"

typedef unsigned __int128 wide;

/* The value of some digits, up to a bound that no product goes beyond; -1 if they are none, or something else. */
static bool digits(const char *text, size_t length, unsigned base, wide *value)
{
    static const char known[] = "00112233445566778899aAbBcCdDeEfF";
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        const char *found = text[i] != '\0' ? strchr(known, text[i]) : NULL;
        if (found == NULL) {
            return false;
        }
        unsigned digit = (unsigned)((found - known) / 2);
        digit += digit * 2 < 20 && found[0] != known[digit * 2] ? 1 : 0;
        if (digit >= base) {
            return false;
        }
        *value = *value * base + digit;
        if (*value >> 64 != 0) {
            *value = (wide)1 << 64; /* too large, and stays so */
        }
    }
    return length > 0;
}

static bool size_of(const char *text, wide *bytes)
{
    static const struct {
        char suffix[3];
        uint64_t unit;
    } suffixes[] = {{"kK", UINT64_C(1024)},
                    {"mM", UINT64_C(1048576)},
                    {"gG", UINT64_C(1073741824)},
                    {"tT", UINT64_C(1099511627776)}};
    size_t length = strlen(text);
    uint64_t unit = 1;
    for (size_t i = 0; i < 4 && length > 0 && unit == 1; i++) {
        if (strchr(suffixes[i].suffix, text[length - 1]) != NULL) {
            unit = suffixes[i].unit;
            length--;
        }
    }
    bool is_hexadecimal = length >= 2 && text[0] == '0' && strchr("xX", text[1]) != NULL;
    size_t skipped = is_hexadecimal ? 2 : 0;
    bool good = digits(text + skipped, length - skipped, is_hexadecimal ? 16 : 10, bytes);
    *bytes *= unit;
    return good && *bytes <= UINT64_MAX;
}

static bool duration_of(const char *text, wide *milliseconds)
{
    size_t length = strcspn(text, "msh");
    const char *unit = text + length;
    uint64_t factor = strcmp(unit, "ms") == 0                     ? 1
                      : strcmp(unit, "s") == 0 || unit[0] == '\0' ? 1000
                      : strcmp(unit, "m") == 0                    ? UINT64_C(60) * 1000
                      : strcmp(unit, "h") == 0                    ? UINT64_C(3600) * 1000
                                                                  : 0;
    bool good = digits(text, length, 10, milliseconds);
    *milliseconds *= factor;
    return good && factor != 0 && *milliseconds <= UINT64_MAX;
}

/* Is this what people are told: a rounded down number of the largest unit that it has one of? */
static void check_print(uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    char *text = malloc(SIZE_ROOM);
    HOLDS(text != NULL && size_print(bytes, text) == text);
    unsigned power = 0;
    while (power < 6 && (wide)bytes >= (wide)1 << (10 * (power + 1))) {
        power++;
    }
    wide tenths = (wide)bytes * 10 >> (10 * power);
    char wanted[64];
    if (power == 0) {
        (void)snprintf(wanted, sizeof wanted, "%" PRIu64 " bytes", bytes);
    } else {
        (void)snprintf(wanted, sizeof wanted, "%" PRIu64 ".%u %s", (uint64_t)(tenths / 10), (unsigned)(tenths % 10),
                       units[power]);
    }
    HOLDS(strcmp(text, wanted) == 0);
    free(text);
}

static void check(const char *text)
{
    wide wanted = 0;
    uint64_t got = 77;
    bool good = size_of(text, &wanted);
    HOLDS(size_parse(text, &got) == good && got == (good ? (uint64_t)wanted : 77));
    got = 77;
    good = duration_of(text, &wanted);
    HOLDS(duration_parse(text, &got) == good && got == (good ? (uint64_t)wanted : 77));
}

/* The largest number with this suffix or unit, and a few beside it. */
static void check_edge(struct program *program)
{
    static const struct {
        const char *suffix;
        uint64_t unit;
    } edges[] = {{"", 1},
                 {"K", 1024},
                 {"m", UINT64_C(1) << 20},
                 {"G", UINT64_C(1) << 30},
                 {"t", UINT64_C(1) << 40},
                 {"ms", 1},
                 {"s", 1000},
                 {"", 1000},
                 {"m", 60000},
                 {"h", 3600000}};
    size_t edge = (size_t)take(program, 1) % (sizeof edges / sizeof *edges);
    uint64_t most = take_number(program, UINT64_MAX) / edges[edge].unit;
    wide number = (wide)most + take(program, 1) - 128;
    char text[64];
    char decimal[48];
    size_t at = sizeof decimal;
    decimal[--at] = '\0';
    bool is_negative = number >> 127 != 0;
    do {
        decimal[--at] = (char)('0' + (unsigned)(number % 10));
        number /= 10;
    } while (number != 0 && at > 1);
    (void)snprintf(text, sizeof text, "%s%s%s", is_negative ? "-" : "", decimal + at, edges[edge].suffix);
    check(text);
    (void)snprintf(text, sizeof text, "0x%" PRIX64 "%s", most + take(program, 1), edges[edge].suffix);
    check(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    if (take(&program, 1) % 2 == 0) {
        char *text = fuzz_text(program.at, program.left);
        check(text);
        free(text);
        return 0;
    }
    check_edge(&program);
    uint64_t now = take_number(&program, UINT64_MAX);
    uint64_t length = take_number(&program, UINT64_MAX - now);
    wide end = (wide)now + length;
    HOLDS(deadline_from(now, length) == (end < CLOCK_NEVER ? (uint64_t)end : CLOCK_NEVER));
    check_print(now);
    check_print(length);
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const texts[] = {"0",  "4096",  "0x1000", "64K", "1m",  "2G", "3t", "18446744073709551615",
                                        "5s", "500ms", "5m",     "1h",  "0xg", "K",  "-1", "16777216T"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char seed[64] = "\2";
        (void)snprintf(seed + 1, sizeof seed - 1, "%s", texts[i]);
        fuzz_seed_text(seed);
        fuzz_word(texts[i]);
    }
    for (uint8_t edge = 0; edge < 10; edge++) {
        const uint8_t seed[] = {1, edge, 3, 0, 129, 0, 1, 1, 2, 1};
        fuzz_seed(seed, sizeof seed);
    }
}
