/* tap_test.c - look into a stream whose writer overtakes the tap at any moment. */
#include "common/memory/shared.h"

/* Called instead of shared_copy_out() by the tap. */
static void copy_and_send(uint8_t *to, const uint8_t *shared, size_t size);
#define shared_copy_out copy_and_send
#include "reader/tap.c"
#undef shared_copy_out

#include <stdlib.h>
#include <string.h>

#include "common/memory/ring.h"
#include "common/tests/tool.h"

#define RING 4096
#define WRITER 1
#define READER 2
#define WORD sizeof(uint64_t)

static struct mapping made;
static struct ring producer;
static uint64_t random_state;
static unsigned waits;     /* of the tap so far */
static unsigned last_wait; /* the writer ends at this one */
static uint64_t most;      /* bytes that the writer sends at most during a copy */
static uint32_t how;       /* the writer ends */
static bool lets_go;       /* the writer releases the stream when it ends */
static const char *patience;

static uint64_t pick(uint64_t below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (random_state >> 33) % below;
}

/* Send `size` bytes: each word is its own position. The reader keeps up. */
static void send(uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        uint8_t *bytes;
        size_t room;
        made.trailer->tail = producer.position;
        CHECK_EQUAL(ring_span(&producer, &bytes, &room), RING_SOUND);
        room = room < RING / 4 ? room : RING / 4;
        room = room < size - done ? room : (size_t)(size - done);
        ring_claim(&producer, room);
        for (size_t at = 0; at < room; at += WORD) {
            uint64_t position = producer.position + at;
            memcpy(bytes + at, &position, WORD);
        }
        (void)ring_advance(&producer, room);
        done += room;
    }
}

/* The writer sends something before, in the middle of, and after the copy. */
static void copy_and_send(uint8_t *to, const uint8_t *shared, size_t size)
{
    size_t half = (size_t)pick(size / WORD + 1) * WORD;
    uint64_t moment = most == 0 ? 3 : pick(4);
    if (moment == 0) {
        send(pick(most) * WORD);
    }
    shared_copy_out(to, shared, half);
    if (moment == 1) {
        send(pick(most) * WORD);
    }
    shared_copy_out(to + half, shared + half, size - half);
    if (moment == 2) {
        send(pick(most) * WORD);
    }
}

/* Make a stream that has passed `position` bytes. */
static void make(uint64_t position, uint32_t encoding)
{
    struct trailer_plan plan;
    struct view view = {0};
    tool_reset();
    CHECK(trailer_plan_stream(RING, 1, &plan));
    machine_foreign_section("demo", NULL, plan.section_size, plan.section_size);
    view.base = machine_bytes("demo", NULL);
    view.size = view.committed = (size_t)plan.section_size;
    trailer_begin(&view, &plan, &made);
    made.trailer->head = made.trailer->tail = made.trailer->claim = position;
    value_publish(&made, 0, (struct value_text){.encoding = encoding});
    trailer_record_holder(&made);
    ring_produce(&producer, &made);
    machine_deny_write("demo");
    waits = 0;
    last_wait = 3;
    most = 0;
    how = WINSHM_ENDED;
    lets_go = false;
    patience = "5s";
}

static void send_and_end(void *unused)
{
    (void)unused;
    if (++waits < last_wait) {
        send(pick(most + 1) * WORD + WORD);
    } else {
        made.trailer->producer_closed = how;
        made.trailer->state = lets_go ? WINSHM_RELEASED : WINSHM_PUBLISHED;
    }
    machine_clock_advance(1);
}

static int tap_it(void)
{
    machine_on_wait(send_and_end, NULL);
    int status = RUN(READER, "shmread", "--tap", "-t", patience, "demo");
    machine_on_wait(NULL, NULL);
    CHECK_EQUAL(machine_leaks(), 0);
    return status;
}

/* Return the sum of all notes about missed bytes. */
static uint64_t missed(void)
{
    uint64_t sum = 0;
    for (const char *note = tool_errors(READER); (note = strstr(note, "missed ")) != NULL; note++) {
        sum += strtoull(note + 7, NULL, 10);
    }
    return sum;
}

/*
 * Check that all that was printed was sent, in order, after `first`. Return the
 * number of bytes.
 */
static uint64_t check_printed(uint64_t first)
{
    size_t size = 0;
    const char *bytes = machine_written(READER, STANDARD_OUTPUT, &size);
    uint64_t last = first - WORD;
    size_t wrong = size % WORD;
    for (size_t at = 0; at + WORD <= size; at += WORD) {
        uint64_t word;
        memcpy(&word, bytes + at, WORD);
        wrong += word - last - WORD >= producer.position - first;
        last = word;
    }
    CHECK_EQUAL(wrong, 0);
    return size;
}

static void lie_about_head(void *unused)
{
    (void)unused;
    static const uint64_t lies[] = {0, 1, RING, UINT64_MAX, UINT64_C(1) << 63, 1000};
    made.trailer->head = lies[pick(6)];
    made.trailer->claim = pick(2) == 0 ? lies[pick(6)] : pick(20000);
    machine_clock_advance(1);
    if (++waits == 50) {
        made.trailer->producer_closed = WINSHM_ENDED;
    }
}

static void finish_text(void *unused)
{
    (void)unused;
    made.trailer->head = made.trailer->claim = 10;
    made.trailer->producer_closed = WINSHM_ENDED;
}

/* Let the writer go on to a position that is no multiple of 4. */
static void overtake_numbers(void *unused)
{
    (void)unused;
    if (++waits == 1) {
        made.trailer->head = made.trailer->claim = RING + 1011;
    } else {
        made.trailer->producer_closed = WINSHM_ENDED;
    }
    machine_clock_advance(1);
}

static const char incomplete[] = "was faster than this tap: the output is incomplete";

int main(void)
{
    TEST("a tap prints what is sent from now on, writes nothing to the memory, and ends with the stream")
    {
        make(800, WINSHM_BYTES);
        send(80);
        winshm_trailer before = *made.trailer;
        CHECK_EQUAL(tap_it(), EXIT_DONE);
        CHECK_EQUAL(check_printed(880), 2 * WORD);
        CHECK_TEXT(tool_errors(READER), "");
        before.producer_closed = WINSHM_ENDED;
        before.head = before.claim = producer.position;
        before.tail = made.trailer->tail;
        CHECK_BYTES(made.trailer, sizeof before, &before, sizeof before);
    }

    TEST("every byte that a tap prints is right, and printed + missed = sent, however often it is overtaken")
    {
        static const uint64_t amounts[] = {0, 64, 400, 600, 1100, 5000};
        uint64_t laps = 0;
        for (unsigned i = 0; i < 240; i++) {
            char row[40];
            (void)snprintf(row, sizeof row, "run %u", i);
            check_row(row);
            random_state = i;
            make(i % 3 == 0 ? 0 : 0 - (pick(30000) + 1) * WORD, WINSHM_BYTES);
            uint64_t first = made.trailer->head;
            most = amounts[i % 6];
            last_wait = 60;
            int status = tap_it();
            uint64_t printed = check_printed(first);
            CHECK_EQUAL(printed + missed(), producer.position - first);
            CHECK_EQUAL(status, missed() > 0 ? EXIT_BROKEN : EXIT_DONE);
            CHECK(printed > 0);
            CHECK((strstr(tool_errors(READER), incomplete) != NULL) == (missed() > 0));
            laps += (producer.position - first) / RING;
        }
        printf("# %u laps\n", (unsigned)laps);
        CHECK(laps > 3000);
    }

    TEST("a writer that fails, dies or lets go without an end, and one that sends nothing, are reported")
    {
        static const struct {
            uint32_t how;
            bool lets_go;
            const char *patience;
            int status;
            const char *line;
        } rows[] = {
            {WINSHM_FAILED, false, "5s", EXIT_BROKEN, "the writer failed: the output is incomplete"},
            {WINSHM_DIED, false, "5s", EXIT_BROKEN, "the writer has died: the output is incomplete"},
            {WINSHM_OPEN, true, "500ms", EXIT_BROKEN, "the writer has died: the output is incomplete"},
            {WINSHM_OPEN, false, "5s", EXIT_BROKEN, "the writer has died: the output is incomplete"},
            {WINSHM_OPEN, false, "500ms", EXIT_TIMED_OUT, "timed out waiting for the writer"},
            {WINSHM_ENDED, true, "5s", EXIT_DONE, NULL},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char line[100] = "";
            check_row(rows[i].line != NULL ? rows[i].line : "it ended well");
            make(0, WINSHM_BYTES);
            how = rows[i].how;
            lets_go = rows[i].lets_go;
            patience = rows[i].patience;
            if (rows[i].line != NULL) {
                (void)snprintf(line, sizeof line, "shmread: demo: %s\r\n", rows[i].line);
            }
            CHECK_EQUAL(tap_it(), rows[i].status);
            CHECK_TEXT(tool_errors(READER), line);
            CHECK_EQUAL(check_printed(0), 2 * WORD);
        }
    }

    TEST("positions that lie end the tap or cost bytes, and nothing else")
    {
        for (unsigned i = 0; i < 500; i++) {
            random_state = i;
            make(1000, WINSHM_BYTES);
            machine_on_wait(lie_about_head, NULL);
            int status = RUN(READER, "shmread", "--tap", "demo");
            machine_on_wait(NULL, NULL);
            CHECK(status == EXIT_BROKEN || status == EXIT_DONE);
            CHECK_EQUAL(tool_failures(READER) > 0, status == EXIT_BROKEN);
        }
    }

    TEST("a tap of UTF-16 begins with a whole unit, and one of other bytes with the next one")
    {
        for (uint32_t encoding = WINSHM_BYTES; encoding <= WINSHM_UTF16; encoding++) {
            make(7, encoding);
            memcpy(made.view.base + 6, "a\0b", 4);
            machine_on_wait(finish_text, NULL);
            CHECK_EQUAL(RUN(READER, "shmread", "--tap", "demo"), EXIT_DONE);
            machine_on_wait(NULL, NULL);
            size_t size = 0;
            const char *written = machine_written(READER, STANDARD_OUTPUT, &size);
            if (encoding == WINSHM_UTF16) {
                CHECK_BYTES(written, size, "ab", 2);
            } else {
                CHECK_BYTES(written, size, "\0b\0", 3);
            }
        }
    }

    TEST("a tap of numbers begins with a whole number, also after bytes that it has missed")
    {
        make(7, WINSHM_BYTES);
        for (uint32_t at = 0; at < RING; at += sizeof at) {
            memcpy(made.view.base + at, &at, sizeof at);
        }
        machine_on_wait(overtake_numbers, NULL);
        CHECK_EQUAL(RUN(READER, "shmread", "--tap", "-e", "u32", "demo"), EXIT_BROKEN);
        machine_on_wait(NULL, NULL);
        CHECK_EQUAL(missed(), 3056 - 7);
        size_t size = 0;
        const char *written = machine_written(READER, STANDARD_OUTPUT, &size);
        CHECK(size > 12);
        CHECK_BYTES(written, 12, "3056\r\n3060\r\n", 12);
    }

    TEST("each call of a tap fails in turn: one line, a documented status, and nothing is left open")
    {
        make(800, WINSHM_BYTES);
        size_t first = machine_calls();
        CHECK_EQUAL(tap_it(), EXIT_DONE);
        size_t calls = machine_calls() - first;
        CHECK(calls > 5);
        for (size_t i = 0; i < calls; i++) {
            make(800, WINSHM_BYTES);
            machine_fail(machine_calls() + i, OSERROR_ACCESS_DENIED);
            int status = tap_it();
            char row[60];
            (void)snprintf(row, sizeof row, "call %u: status %d", (unsigned)i, status);
            check_row(row);
            CHECK(tool_is_status(status) && tool_errors_are_lines(READER));
            CHECK(status == EXIT_DONE || tool_failures(READER) == 1);
        }
    }

    TEST("a value and memory of another program have no stream to look into")
    {
        tool_reset();
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "-d", "demo", "text"), EXIT_DONE);
        CHECK_EQUAL(RUN(READER, "shmread", "--tap", "demo"), EXIT_USAGE);
        CHECK_TEXT(tool_errors(READER), "shmread: demo: is not a stream: --tap applies only to streams\r\n");
        tool_reset();
        machine_foreign_section("demo", "x", 1, 4096);
        CHECK_EQUAL(RUN(READER, "shmread", "--tap", "demo"), EXIT_USAGE);
        tool_reset();
        CHECK_EQUAL(RUN(READER, "shmread", "--tap", "demo"), EXIT_NOTHING);
        tool_reset();
        CHECK_EQUAL(RUN(READER, "shmread", "--tap", "--json", "demo"), EXIT_USAGE);
        CHECK_TEXT(tool_errors(READER), "shmread: --json does not go with --tap (try --help)\r\n");
    }
    return check_end();
}
