/* describe_test.c - --stat, --list and --json on the simulated machine. */
#include "common/tests/tool.h"

#include "common/memory/shared.h"
#include "reader/access_text.h"

enum { READER = 2, MAKER = 3 };

static bool has(const char *text)
{
    return strstr(tool_output(READER), text) != NULL;
}

#define SHOWS(text) CHECK(has(text))

static int stat_of(const char *name)
{
    machine_written_clear(READER, STANDARD_OUTPUT);
    machine_written_clear(READER, STANDARD_ERROR);
    return RUN(READER, "shmread", "--stat", name);
}

static winshm_trailer *trailer_of(const char *name)
{
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(name, &size);
    return (winshm_trailer *)(void *)(bytes + size - WINSHM_TRAILER_SIZE);
}

static void with_value(void)
{
    tool_reset();
    CHECK_EQUAL(RUN(MAKER, "shmwrite", "--put", "demo", "hello"), EXIT_DONE);
}

/* ---- Who may ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *entry;
    const char *words;
} entries[] = {
    {"(A;;GA;;;SY)", "SYSTEM: everything"},
    {"(A;;CCDCLCSWRPSDRCWDWO;;;S-1-5-18)", "SYSTEM: everything"},
    {"(A;;FA;;;BA)", "Administrators: everything"},
    {"(A;;LC;;;AU)", "Authenticated Users: read"},
    {"(A;;GR;;;WD)", "Everyone: read"},
    {"(A;;0x6;;;S-1-5-21-7)", "this user: read and write"},
    {"(A;;GRGWGX;;;S-1-5-21-8)", "S-1-5-21-8: read, write and execute"},
    {"(A;;0x40004;;;WD)", "Everyone: read and change who may"},
    {"(A;;RC;;;WD)", "Everyone: only ask about it"},
    {"(D;;GW;;;BG)", "Guests: not write"},
    {"(D;;GA;;;WD)", "Everyone: not everything"},
    {"(A;IO;GA;;;WD)", "(A;IO;GA;;;WD)"},
    {"(XA;;GR;;;WD;(@User.a==1))", "(XA;;GR;;;WD;(@User.a==1))"},
    {"(A;;QQ;;;WD)", "(A;;QQ;;;WD)"},
};

/* The words of what cannot be known from a shell: a section that has each kind, and ends of streams in each state. */
static void check_json_kinds(void)
{
    static const struct {
        uint32_t kind;
        uint32_t state;
        uint32_t layout;
        const char *word;
    } kinds[] = {{WINSHM_STREAM, WINSHM_FILLING, WINSHM_LAYOUT, "\"kind\": \"filling\""},
                 {WINSHM_STREAM, WINSHM_PUBLISHED, WINSHM_LAYOUT + 1, "\"kind\": \"newer\""},
                 {77, WINSHM_PUBLISHED, WINSHM_LAYOUT, "\"kind\": \"damaged\""},
                 {WINSHM_STREAM, WINSHM_PUBLISHED, WINSHM_LAYOUT, "\"kind\": \"stream\""}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        trailer_of("demo")->kind = kinds[i].kind;
        trailer_of("demo")->state = kinds[i].state;
        trailer_of("demo")->layout = kinds[i].layout;
        machine_written_clear(READER, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        SHOWS(kinds[i].word);
    }
    static const char *const states[] = {"open", "ended", "failed", "cut off", "died", "unknown"};
    for (uint32_t i = 0; i < sizeof states / sizeof *states; i++) {
        char text[64];
        trailer_of("demo")->producer_closed = i;
        trailer_of("demo")->consumer_closed = i;
        machine_written_clear(READER, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        (void)snprintf(text, sizeof text, "\"producer_state\": \"%s\", \"consumer_state\": \"%s\"", states[i],
                       states[i]);
        SHOWS(text);
    }
}

static const char no_layout_text[] = "theirs";

static void with_foreign(void)
{
    tool_reset();
    machine_foreign_section("demo", no_layout_text, sizeof no_layout_text, 4096);
}

/* Somebody lets go of a section while those before it are being described. */
static void forget_last(void *context, const char *function, size_t index)
{
    (void)context, (void)index;
    if (strcmp(function, "section_open") == 0 && object_kind_of("zzz") != OBJECT_NONE) {
        machine_forget("zzz");
    }
}

/* A machine on which it takes a second to open a section. */
static void take_a_second(void *context, const char *function, size_t index)
{
    (void)context, (void)index;
    if (strcmp(function, "section_open") == 0) {
        machine_clock_advance(1000);
    }
}

/* The value that was waited for is let go of just before it is described; another comes later. */
static int put_later(void *context)
{
    struct tool *tool = tool_prepare(MAKER, (const char *const[]){"shmwrite", "--put", "demo", "second", NULL});
    (void)context;
    tool_sleep(500);
    return tool_main(tool->count, tool->arguments);
}

static void replace_when_described(void *context, const char *function, size_t index)
{
    (void)context;
    if (strcmp(function, "user_in_sddl") == 0 && machine_call_process(index) == READER && clock_now() < 1100) {
        machine_clock_advance(100);
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "--release", "demo"), EXIT_DONE);
        machine_start(MAKER, put_later, NULL);
    }
}

/* ---- Each call fails --------------------------------------------------------------------------------------------- */

static void make_all(void)
{
    tool_reset();
    CHECK_EQUAL(RUN(MAKER, "shmwrite", "--put", "demo", "hello"), EXIT_DONE);
    CHECK_EQUAL(RUN(MAKER, "shmwrite", "-d", "-g", "--sealed", "demo", "sealed"), EXIT_DONE);
    machine_foreign_section("theirs", no_layout_text, sizeof no_layout_text, 4096);
}

/* Whatever call fails, it ends with a status that is known, says so in lines, and leaves nothing behind. */
static void fail_each_call(const char *const arguments[])
{
    size_t last = 1;
    for (size_t i = 0; i < last; i++) {
        make_all();
        size_t first = machine_calls();
        machine_fail(first + i, i % 2 == 0 ? OSERROR_ACCESS_DENIED : OSERROR_NOT_ENOUGH_MEMORY);
        int status = tool_run(READER, arguments);
        last = machine_calls() - first;
        CHECK(tool_is_status(status));
        CHECK(tool_errors_are_lines(READER));
        CHECK_EQUAL(tool_failures(READER), status == EXIT_DONE ? 0 : 1);
        CHECK_EQUAL(machine_leaks(), 0);
    }
    CHECK(last > 5);
}

/* ---- How often a section is opened ------------------------------------------------------------------------------- */

/* How many calls of `function` the reader has made since the call `first`. */
static size_t calls_of(const char *function, size_t first)
{
    size_t calls = 0;
    for (size_t i = first; i < machine_calls(); i++) {
        calls += machine_call_process(i) == READER && strcmp(machine_call_name(i), function) == 0;
    }
    return calls;
}

static const struct {
    const char *row;
    const char *arguments[8];
    size_t opens;
} opening[] = {
    {.row = "--stat", .arguments = {"shmread", "--stat", "demo"}, .opens = 1},
    {.row = "--stat --wait", .arguments = {"shmread", "--stat", "--wait", "--json", "demo"}, .opens = 1},
    {.row = "--stat of other memory", .arguments = {"shmread", "--stat", "--wait", "theirs"}, .opens = 1},
    {.row = "--list", .arguments = {"shmread", "--list"}, .opens = 3},
    {.row = "--list of a namespace", .arguments = {"shmread", "--list", "--json", "--local"}, .opens = 2},
};

static void check_opening(size_t i)
{
    check_row(opening[i].row);
    make_all();
    size_t first = machine_calls();
    CHECK_EQUAL(tool_run(READER, opening[i].arguments), EXIT_DONE);
    CHECK_EQUAL(calls_of("section_open", first), opening[i].opens);
    CHECK_EQUAL(calls_of("object_security", first), 0);
}

int main(void)
{
    TEST("a section is opened once for each row of --list, and for each look of --stat")
    {
        for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
            check_opening(i);
        }
        tool_reset();
        size_t first = machine_calls();
        START(MAKER, "shmwrite", "--hold-for", "1s", "demo", "late");
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--wait", "demo"), EXIT_DONE);
        CHECK_EQUAL(calls_of("section_open", first), calls_of("wait_any", first) + 1);
        CHECK(calls_of("wait_any", first) > 0);
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
    }
    TEST("a value is described, line by line")
    {
        with_value();
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        CHECK_TEXT(tool_output(READER), "name:      demo\r\n"
                                        "kind:      value\r\n"
                                        "size:      4.0 KiB (4096 bytes)\r\n"
                                        "capacity:  1.7 KiB (1790 bytes)\r\n"
                                        "length:    5 bytes\r\n"
                                        "updates:   0\r\n"
                                        "encoding:  utf-8\r\n"
                                        "created:   2024-01-17T21:20:01.000Z\r\n"
                                        "updated:   2024-01-17T21:20:01.000Z\r\n"
                                        "writer:    process 3, dead\r\n"
                                        "holder:    process 32, alive\r\n"
                                        "who may:   SYSTEM: everything\r\n"
                                        "           this user: everything\r\n"
                                        "owner:     this user\r\n"
                                        "sddl:      O:S-1-5-21-1-2-3-1001D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)"
                                        "\r\n");
    }
    TEST("so is an update of it, from another moment")
    {
        machine_clock_advance(2345);
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "--update", "demo", "longer"), EXIT_DONE);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("length:    6 bytes\r\n");
        SHOWS("updates:   1\r\n");
        SHOWS("created:   2024-01-17T21:20:01.000Z\r\n");
        SHOWS("updated:   2024-01-17T21:20:03.345Z\r\n");
    }
    TEST("a writer that lives is alive, and one of its number that began later is not the writer")
    {
        with_value();
        machine_clock_advance(10);
        START(MAKER, "shmwrite", "--hold-for", "1s", "mine", "x");
        tool_sleep(10);
        CHECK_EQUAL(stat_of("mine"), EXIT_DONE);
        SHOWS("writer:    process 3, alive\r\nholder:    process 3, alive\r\n");
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("writer:    process 3, dead\r\n");
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        machine_life(3, LIFE_UNKNOWN);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("writer:    process 3\r\n");
    }
    TEST("the holder is the process that the trailer names, and its mutex is left alone")
    {
        static const struct {
            enum life life;
            const char *line;
            const char *keys;
        } holders[] = {{LIFE_ALIVE, "holder:    process 9, alive\r\n", "\"holder\": 9, \"held\": true"},
                       {LIFE_DEAD, "holder:    process 9, dead\r\n", "\"holder\": 9, \"held\": false"}};
        for (size_t i = 0; i < 2; i++) {
            with_value();
            trailer_of("demo")->holder = 9;
            machine_life(9, holders[i].life);
            size_t calls = machine_calls();
            CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
            SHOWS(holders[i].line);
            for (; calls < machine_calls(); calls++) {
                CHECK(strcmp(machine_call_name(calls), "mutex_open") != 0);
            }
            CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
            SHOWS(holders[i].keys);
        }
    }
    TEST("where the system says nothing of the holder, its mutex does")
    {
        with_value();
        trailer_of("demo")->holder = 9;
        machine_life(9, LIFE_UNKNOWN);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("holder:    process 9, alive\r\n");
        trailer_of("demo")->holder = 0;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("holder:    alive\r\n");
    }
    TEST("what is let go of is described as long as its memory is there, and --wait waits for the next")
    {
        with_value();
        trailer_of("demo")->state = WINSHM_RELEASED;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      released: another program keeps its memory\r\n");
        CHECK_EQUAL(RUN(READER, "shmread", "--wait", "--stat", "--timeout", "1s", "demo"), EXIT_TIMED_OUT);
    }
    TEST("a value that goes away before it is described is not kept alive for that: --wait waits for the next")
    {
        with_value();
        machine_on_call(replace_when_described, NULL);
        CHECK_EQUAL(RUN(READER, "shmread", "--wait", "--stat", "demo"), EXIT_DONE);
        machine_on_call(NULL, NULL);
        SHOWS("length:    6 bytes\r\n");
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }
    TEST("--list ends at --timeout, with what was listed until then")
    {
        static const char *const formats[] = {"-v", "--json"};
        for (size_t i = 0; i < 2; i++) {
            tool_reset();
            for (char name[] = "a"; *name <= 'e'; (*name)++) {
                machine_foreign_section(name, "x", 1, 4096);
            }
            machine_on_call(take_a_second, NULL);
            CHECK_EQUAL(RUN(READER, "shmread", "--list", formats[i], "--timeout", "2500ms"), EXIT_TIMED_OUT);
            machine_on_call(NULL, NULL);
            CHECK_TEXT(tool_errors(READER), "shmread: timed out waiting for the list of names\r\n");
            size_t length = strlen(tool_output(READER));
            CHECK(length > 100 && strcmp(tool_output(READER) + length - 3, i == 0 ? "c\r\n" : "]\r\n") == 0);
            CHECK_EQUAL(machine_leaks(), 0);
            CHECK_EQUAL(RUN(READER, "shmread", "--list", "--timeout", "2500ms"), EXIT_DONE);
            CHECK_EQUAL(RUN(READER, "shmread", "--list", "--timeout", "0"), EXIT_TIMED_OUT);
        }
    }
    TEST("each encoding is named")
    {
        static const char *const names[] = {"bytes", "utf-8", "utf-16", "code page 932", "unknown"};
        with_value();
        trailer_of("demo")->slots[0].code_page = 932;
        for (uint32_t i = 0; i < 5; i++) {
            char line[64];
            trailer_of("demo")->slots[0].encoding = i;
            (void)snprintf(line, sizeof line, "encoding:  %s\r\n", names[i]);
            CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
            SHOWS(line);
        }
    }
    TEST("a holder that died is dead, while somebody has its companion")
    {
        with_value();
        machine_kill_process(machine_started());
        CHECK_EQUAL(stat_of("demo"), EXIT_NOTHING);
        with_value();
        object *section = NULL;
        object *holder = NULL;
        CHECK_EQUAL(section_open("demo", ACCESS_READ, &section), OSERROR_NONE);
        CHECK_EQUAL(mutex_open("demo.winshm.holder", &holder), OSERROR_NONE);
        machine_kill_process(machine_started());
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("holder:    process 32, dead\r\n");
        trailer_of("demo")->holder = 0; /* as if its creator had died before it had a holder */
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("holder:    dead\r\n");
        object_close(holder);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("holder:    none\r\n");
        object_close(section);
    }
    TEST("memory of another program is foreign, and what the system knows of it is told")
    {
        static const struct {
            struct section_facts facts;
            const char *line;
        } kinds[] = {{{.is_file = true}, "memory:    a file\r\n"},
                     {{.is_file = true, .is_image = true}, "memory:    an image: a program that is mapped as one\r\n"},
                     {{.is_reserved = true}, "memory:    reserved: its maker commits it page by page\r\n"}};
        with_foreign();
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      foreign: shmwrite did not make it\r\nsize:      4.0 KiB (4096 bytes)\r\nwho may:");
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            machine_facts("demo", kinds[i].facts);
            CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
            SHOWS(kinds[i].line);
        }
    }
    TEST("of memory that a file backs no byte is looked at: it may be one that cannot be read any more")
    {
        with_value();
        machine_facts("demo", (struct section_facts){.is_file = true});
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      foreign: shmwrite did not make it\r\n"
              "size:      4.0 KiB (4096 bytes)\r\nmemory:    a file\r\n");
        CHECK(!has("length:"));
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "demo"), EXIT_DONE);
        SHOWS("         4096  file                   -  demo\r\n");
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "--json", "demo"), EXIT_DONE);
        SHOWS(
            "{\"name\": \"demo\", \"kind\": \"foreign\", \"size\": 4096, \"committed\": 4096, \"backing\": \"file\"}");
        tool_reset();
        machine_foreign_section("demo", NULL, 4096, 4096); /* zeros, for which --wait would wait */
        machine_facts("demo", (struct section_facts){.is_file = true});
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--wait", "--timeout", "1s", "demo"), EXIT_DONE);
        SHOWS("kind:      foreign: shmwrite did not make it\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }
    TEST("nor of memory that a file backs and of which the system may not be asked")
    {
        with_value();
        machine_facts("demo", (struct section_facts){.is_file = true});
        machine_fail_function("section_facts", 0, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      foreign: shmwrite did not make it\r\n"
              "size:      4.0 KiB (4096 bytes)\r\nmemory:    a file\r\n");
        CHECK(!has("length:"));
        machine_written_clear(READER, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "demo"), EXIT_DONE);
        SHOWS("         4096  file                   -  demo\r\n");
        machine_written_clear(READER, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "--json", "demo"), EXIT_DONE);
        SHOWS("\"committed\": 4096, \"backing\": \"file\"}");
        tool_reset();
        machine_foreign_section("demo", NULL, 4096, 4096); /* zeros, for which --wait would wait */
        machine_facts("demo", (struct section_facts){.is_file = true});
        machine_fail_function("section_facts", 0, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--wait", "--timeout", "1s", "demo"), EXIT_DONE);
        SHOWS("memory:    a file\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }
    TEST("memory of which only a part is committed says how much, and the rest is not touched")
    {
        tool_reset();
        machine_foreign_section("demo", NULL, 65536, 4096);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      empty: nothing but zeros\r\n");
        SHOWS("size:      64.0 KiB (65536 bytes)\r\ncommitted: 4.0 KiB (4096 bytes)\r\n");
    }
    TEST("a trailer that is not to be believed is described as far as it can be right")
    {
        with_value();
        trailer_of("demo")->capacity = 4000;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      damaged: its layout cannot be right\r\n");
        CHECK(!has("capacity:") && !has("length:"));
        SHOWS("created:   2024-01-17T21:20:01.000Z\r\n");
        with_value();
        trailer_of("demo")->slots[0].length = 1791;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      damaged");
        SHOWS("capacity:  1.7 KiB (1790 bytes)\r\n");
        CHECK(!has("length:"));
        with_value();
        trailer_of("demo")->layout = 2;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      newer: its layout is not known\r\n");
        with_value();
        trailer_of("demo")->state = WINSHM_FILLING;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      filling: nothing has been put into it yet\r\n");
    }
    TEST("whatever the bytes of a trailer are, it is described")
    {
        uint32_t random = 1;
        with_value();
        for (int i = 0; i < 3000; i++) {
            uint8_t *trailer = (uint8_t *)trailer_of("demo");
            for (int j = 0; j < 3; j++) {
                random = random * 1664525U + 1013904223U;
                trailer[(random >> 8) % (WINSHM_TRAILER_SIZE - 8)] = (uint8_t)(random >> 24);
            }
            CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        }
    }
    TEST("a stream says how far it is, who is at its ends, and how they ended")
    {
        tool_reset();
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "-d", "--size", "64K", "demo", "x"), EXIT_DONE);
        winshm_trailer *trailer = trailer_of("demo");
        trailer->kind = WINSHM_STREAM;
        trailer->capacity = 65536;
        trailer->head = 5000;
        trailer->tail = 904;
        trailer->producer = 4;
        machine_life(4, LIFE_ALIVE);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      stream\r\n");
        SHOWS("capacity:  64.0 KiB (65536 bytes)\r\n");
        SHOWS("sent:      4.8 KiB (5000 bytes)\r\nreceived:  904 bytes\r\nin ring:   4.0 KiB, 6 %\r\n");
        SHOWS("producer:  process 4, alive\r\nconsumer:  none yet\r\n");
        trailer->producer_closed = WINSHM_ENDED;
        trailer->consumer = 5;
        trailer->consumer_closed = WINSHM_CUT_OFF;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("producer:  process 4, alive, has sent all\r\n");
        SHOWS("consumer:  process 5, dead, whoever read its output has gone away\r\n");
        trailer->producer_closed = WINSHM_DIED;
        trailer->consumer_closed = 99;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS(", died\r\n");
        SHOWS(", unknown\r\n");
        trailer->head = trailer->tail + 65537;
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("kind:      damaged");
        CHECK(!has("sent:"));
    }
    TEST("an access list is told in words")
    {
        for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
            struct sddl_text list = {.at = entries[i].entry, .length = strlen(entries[i].entry)};
            char text[ACCESS_TEXT_ROOM];
            check_row(entries[i].entry);
            CHECK(access_text_next(&list, "S-1-5-21-7", text));
            CHECK_TEXT(text, entries[i].words);
            CHECK(!access_text_next(&list, "S-1-5-21-7", text));
        }
    }
    TEST("this user is this user also where the system writes the built-in Administrator's SID as LA")
    {
        with_value();
        machine_user_letters("LA");
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("who may:   SYSTEM: everything\r\n           this user: everything\r\nowner:     this user\r\n");
        SHOWS("sddl:      O:LAD:P(A;;GA;;;SY)(A;;GA;;;LA)\r\n");
        machine_user_letters(NULL);
        machine_security("demo", "D:P(A;;GA;;;LA)(A;;GA;;;LG)");
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("who may:   the built-in Administrator: everything\r\n"
              "           the built-in guest: everything\r\n"
              "owner:     this user\r\n");
    }
    TEST("an empty list lets nobody in, and none everybody")
    {
        with_foreign();
        machine_security("demo", "D:P");
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("who may:   nobody\r\n");
        machine_security("demo", "D:NO_ACCESS_CONTROL");
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("who may:   everybody: everything\r\n");
    }
    TEST("an entry that is longer than a line is cut, and nothing else is lost")
    {
        char sddl[2000] = "D:(A;;GA;;;";
        memset(sddl + strlen(sddl), 'S', 1500);
        memcpy(sddl + strlen(sddl), ")(A;;GA;;;SY)", 14);
        with_foreign();
        machine_security("demo", sddl);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("who may:   (A;;GA;;;SSSS");
        SHOWS("           SYSTEM: everything\r\n");
        SHOWS(sddl);
    }
    TEST("who may not be told, says so")
    {
        with_foreign();
        machine_fail_function("section_security", 0, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(stat_of("demo"), EXIT_DONE);
        SHOWS("who may:   not told (access denied)\r\n");
        CHECK(!has("sddl:"));
    }
    TEST("a name that does not exist, or is closed, is told as when it is printed")
    {
        tool_reset();
        CHECK_EQUAL(stat_of("demo"), EXIT_NOTHING);
        CHECK(strstr(tool_errors(READER), "shmread: demo: does not exist") != NULL);
        with_foreign();
        machine_deny("demo");
        CHECK_EQUAL(stat_of("demo"), EXIT_DENIED);
        CHECK(strstr(tool_errors(READER), "exists, but is closed to this user") != NULL);
    }
    TEST("--wait waits for it first")
    {
        tool_reset();
        START(MAKER, "shmwrite", "--hold-for", "1s", "demo", "late");
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--wait", "-t", "5s", "demo"), EXIT_DONE);
        SHOWS("length:    4 bytes\r\n");
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--wait", "-t", "1s", "demo"), EXIT_TIMED_OUT);
    }
    TEST("--output takes it, and the file is replaced when it is whole")
    {
        with_value();
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "-o", "out", "demo"), EXIT_DONE);
        size_t size = 0;
        const uint8_t *bytes = machine_file_bytes("out", &size);
        CHECK(size > 20 && memcmp(bytes, "name:      demo\r\n", 17) == 0);
    }

    TEST("JSON has what is known, and leaves out what is not")
    {
        with_value();
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        CHECK_TEXT(
            tool_output(READER),
            "{\"name\": \"demo\", \"kind\": \"value\", \"size\": 4096, \"committed\": 4096, \"backing\": \"memory\", "
            "\"capacity\": 1790, \"length\": 5, \"updates\": 0, \"encoding\": \"utf-8\", "
            "\"created\": \"2024-01-17T21:20:01.000Z\", \"updated\": \"2024-01-17T21:20:01.000Z\", "
            "\"writer\": 3, \"writer_alive\": false, \"holder\": 32, \"held\": true, "
            "\"sddl\": \"O:S-1-5-21-1-2-3-1001D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)\", "
            "\"owner\": \"this user\", \"access\": [\"SYSTEM: everything\", \"this user: everything\"]}\r\n");
        with_foreign();
        machine_written_clear(READER, STANDARD_OUTPUT);
        machine_fail_function("section_security", 0, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        CHECK_TEXT(tool_output(READER),
                   "{\"name\": \"demo\", \"kind\": \"foreign\", \"size\": 4096, \"committed\": 4096, "
                   "\"backing\": \"memory\", \"held\": false}\r\n");
    }

    TEST("JSON has each kind and each end of a stream by its word")
    {
        with_value();
        winshm_trailer *trailer = trailer_of("demo");
        trailer->slots[0].encoding = WINSHM_CODE_PAGE;
        trailer->slots[0].code_page = 932;
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        SHOWS("\"encoding\": \"cp932\"");
        tool_reset();
        machine_foreign_section("demo", NULL, 8192, 8192);
        machine_written_clear(READER, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        SHOWS("\"kind\": \"empty\"");
        trailer = trailer_of("demo");
        trailer->magic = WINSHM_MAGIC;
        trailer->section_size = 8192;
        trailer->capacity = 4096;
        trailer->head = 4100;
        trailer->tail = 5;
        check_json_kinds();
        SHOWS("\"length\": 4095, \"sent\": 4100, \"received\": 5, ");
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_DONE);
        SHOWS("         8192  stream              4095  demo\r\n");
    }
    TEST("JSON tells of an access list that lets everybody in, and leaves out one that is none")
    {
        with_foreign();
        machine_security("demo", "D:NO_ACCESS_CONTROL");
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        SHOWS("\"owner\": \"this user\", \"access\": [\"everybody: everything\"]}");
        machine_security("demo", "D:(A;;\"");
        machine_written_clear(READER, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(READER, "shmread", "--stat", "--json", "demo"), EXIT_DONE);
        SHOWS("\"sddl\": \"O:S-1-5-21-1-2-3-1001D:(A;;\\\"\"}");
    }
    TEST("a sealed value is one, and each end of a stream has its sentence")
    {
        static const char *const sentences[] = {"consumer:  process 5, dead\r\n", "5, dead, has received all\r\n",
                                                "5, dead, its output failed\r\n"};
        make_all();
        CHECK_EQUAL(stat_of("Global\\demo"), EXIT_DONE);
        SHOWS("kind:      sealed value\r\n");
        winshm_trailer *trailer = trailer_of("Global\\demo");
        trailer->kind = WINSHM_STREAM;
        trailer->capacity = 4096;
        trailer->section_size = 4096;
        CHECK_EQUAL(stat_of("Global\\demo"), EXIT_DONE);
        SHOWS("kind:      damaged"); /* a ring that leaves no room for a trailer */
        machine_foreign_section("ring", NULL, 8192, 8192);
        trailer = trailer_of("ring");
        *trailer = (winshm_trailer){.magic = WINSHM_MAGIC,
                                    .layout = WINSHM_LAYOUT,
                                    .state = WINSHM_PUBLISHED,
                                    .kind = WINSHM_STREAM,
                                    .section_size = 8192,
                                    .capacity = 4096,
                                    .producer = 4,
                                    .producer_closed = WINSHM_FAILED,
                                    .consumer = 5};
        for (uint32_t i = 0; i < 3; i++) {
            trailer->consumer_closed = i;
            CHECK_EQUAL(stat_of("ring"), EXIT_DONE);
            SHOWS("producer:  process 4, dead, its input failed\r\n");
            SHOWS(sentences[i]);
        }
    }

    TEST("a list has a row for each, this session's before the global ones, in order")
    {
        make_all();
        machine_foreign_section("Global\\a", NULL, 8192, 8192);
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_DONE);
        CHECK_TEXT(tool_output(READER), "         SIZE  KIND              LENGTH  NAME\r\n"
                                        "         4096  value                  5  demo\r\n"
                                        "         4096  foreign                -  theirs\r\n"
                                        "         8192  foreign                -  Global\\a\r\n"
                                        "         4096  sealed                 6  Global\\demo\r\n");
    }
    TEST("a list is that of a namespace, or of a pattern")
    {
        static const struct {
            const char *option;
            const char *pattern;
            const char *names;
        } lists[] = {{"-l", "*", "demo theirs "},          {"-g", "*", "Global\\demo "},
                     {"-v", "DEM*", "demo Global\\demo "}, {"-v", "global\\*", "Global\\demo "},
                     {"-v", "*\\t*", "theirs "},           {"-g", "theirs", ""}};
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
            make_all();
            check_row(lists[i].pattern);
            int status = RUN(READER, "shmread", "--list", lists[i].option, lists[i].pattern);
            CHECK_EQUAL(status, lists[i].names[0] == '\0' ? EXIT_NOTHING : EXIT_DONE);
            char names[256] = "";
            size_t length = 0;
            for (const char *line = strstr(tool_output(READER), "\n"); line != NULL && line[1] != '\0';
                 line = strstr(line + 1, "\n")) {
                const char *name = line + 1 + 13 + 2 + 9 + 2 + 13 + 2;
                length +=
                    (size_t)snprintf(names + length, sizeof names - length, "%.*s ", (int)strcspn(name, "\r"), name);
            }
            CHECK_TEXT(names, lists[i].names);
        }
    }
    TEST("nothing found is a line and a status")
    {
        tool_reset();
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_NOTHING);
        CHECK_TEXT(tool_errors(READER), "shmread: there is no named shared memory\r\n");
        machine_written_clear(READER, STANDARD_ERROR);
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "--json", "x*"), EXIT_NOTHING);
        CHECK_TEXT(tool_errors(READER), "shmread: x*: no shared memory has such a name\r\n");
        CHECK_TEXT(tool_output(READER), "[]\r\n");
    }
    TEST("what may not be opened is listed with the reason, and a name too long to be opened too")
    {
        char name[1001];
        char row[1100];
        memset(name, 'n', sizeof name - 1);
        name[1000] = '\0';
        make_all();
        machine_deny("theirs");
        machine_foreign_section(name, NULL, 4096, 4096);
        machine_view_limit(65536);
        machine_foreign_section("zlarge", NULL, 1 << 20, 1 << 20);
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_DONE);
        SHOWS("            -  denied                 -  theirs\r\n");
        SHOWS("      1048576  error 8                -  zlarge\r\n");
        (void)snprintf(row, sizeof row, "            -  long name              -  %s\r\n", name);
        SHOWS(row);
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "--json", "theirs"), EXIT_DONE);
        SHOWS("{\"name\": \"theirs\", \"kind\": \"closed\", \"error\": 5}");
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "--json", "nnn*"), EXIT_DONE);
        SHOWS("nnnn\", \"kind\": \"closed\", \"reason\": \"long name\"}");
    }
    TEST("what is not printable in a name is masked")
    {
        tool_reset();
        machine_foreign_section("a\x1B[2J\xED\xA0\x80\xC3\xA9", NULL, 4096, 4096);
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_DONE);
        SHOWS("-  a?[2J?\xC3\xA9\r\n");
    }
    TEST("large memory is not looked through, and so is not known to be empty")
    {
        tool_reset();
        machine_foreign_section("large", NULL, UINT64_C(1) << 40, UINT64_C(1) << 40);
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_DONE);
        SHOWS(sizeof(size_t) == 4 ? "1099511627776  error 8                -  large\r\n"
                                  : "1099511627776  foreign                -  large\r\n");
    }
    TEST("a namespace that may not be looked into is told, and the other is listed")
    {
        make_all();
        machine_fail_function("sections_list", 0, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(RUN(READER, "shmread", "--list"), EXIT_DENIED);
        SHOWS("  demo\r\n");
        CHECK(!has("Global"));
        CHECK(strstr(tool_errors(READER), "shmread: not all names can be looked through") != NULL);
    }
    TEST("two thousand are listed in order")
    {
        char name[32];
        tool_reset();
        for (unsigned i = 0; i < 2000; i++) {
            (void)snprintf(name, sizeof name, "m%04u", i * 7 % 2000);
            machine_foreign_section(name, NULL, 4096, 4096);
        }
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "m*"), EXIT_DONE);
        const char *at = tool_output(READER);
        for (unsigned i = 0; i < 2000 && at != NULL; i++) {
            (void)snprintf(name, sizeof name, "  m%04u\r\n", i);
            at = strstr(at, name);
            CHECK(at != NULL);
        }
        CHECK(machine_writes(READER, STANDARD_OUTPUT) < 100);
    }

    TEST("names of any length are listed, however much memory they need")
    {
        char name[1100];
        memset(name, 'n', sizeof name);
        tool_reset();
        for (unsigned i = 0; i < 300; i++) {
            (void)snprintf(name + 1000, sizeof name - 1000, "%03u", i);
            machine_foreign_section(name, NULL, 4096, 4096);
        }
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "n*"), EXIT_DONE);
        const char *at = tool_output(READER);
        size_t rows = 0;
        for (const char *row = at; (row = strchr(row, '\n')) != NULL; row++) {
            rows++;
        }
        CHECK_EQUAL(rows, 301);
        for (unsigned i = 0; i < 300 && at != NULL; i++) {
            (void)snprintf(name + 1000, sizeof name - 1000, "%03u\r\n", i);
            at = strstr(at, name);
            CHECK(at != NULL);
        }
    }
    TEST("what has gone since its name was found has no row, and a file is a file")
    {
        make_all();
        machine_facts("theirs", (struct section_facts){.is_file = true});
        machine_foreign_section("zzz", NULL, 4096, 4096);
        machine_on_call(forget_last, NULL);
        CHECK_EQUAL(RUN(READER, "shmread", "--list", "-l"), EXIT_DONE);
        machine_on_call(NULL, NULL);
        SHOWS("  demo\r\n");
        SHOWS("         4096  file                   -  theirs\r\n");
        CHECK(!has("zzz"));
    }

    TEST("each call of --stat fails")
    {
        fail_each_call((const char *const[]){"shmread", "--stat", "demo", NULL});
        fail_each_call((const char *const[]){"shmread", "--stat", "--json", "theirs", NULL});
    }
    TEST("each call of --list fails")
    {
        fail_each_call((const char *const[]){"shmread", "--list", NULL});
        fail_each_call((const char *const[]){"shmread", "--list", "--json", NULL});
    }
    return check_end();
}
