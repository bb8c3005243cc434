/* describe_test.c - --stat on the simulated machine, in lines and in JSON. */
#include "reader/tests/showing.h"

#include "reader/access_text.h"

static void with_value(void)
{
    tool_reset();
    CHECK_EQUAL(RUN(MAKER, "shmwrite", "--put", "demo", "hello"), EXIT_DONE);
}

static void with_foreign(void)
{
    tool_reset();
    machine_foreign_section("demo", "theirs", 7, 4096);
}

/* ---- Access lists ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *entry;
    const char *words;
} entries[] = {
    {"(A;;GA;;;SY)", "SYSTEM: everything"},
    {"(A;;FA;;;BA)", "Administrators: everything"},
    {"(A;;LC;;;AU)", "Authenticated Users: read"},
    {"(A;;0x6;;;S-1-5-21-7)", "this user: read and write"},
    {"(A;;GRGWGX;;;S-1-5-21-8)", "S-1-5-21-8: read, write and execute"},
    {"(A;;0x40004;;;WD)", "Everyone: read and change who may"},
    {"(A;;RC;;;WD)", "Everyone: only ask about it"},
    {"(D;;GW;;;BG)", "Guests: not write"},
    {"(D;;GA;;;WD)", "Everyone: not everything"},
    {"(A;IO;GA;;;WD)", "(A;IO;GA;;;WD)"},
    {"(A;;QQ;;;WD)", "(A;;QQ;;;WD)"},
};

static void test_access(void)
{
    TEST("--stat describes each entry of an access list in words")
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
    TEST("--stat recognizes this user, also where the system writes the SID as LA for the built-in Administrator")
    {
        with_value();
        machine_user_letters("LA");
        STAT("demo", "who may:   SYSTEM: everything\r\n           this user: everything\r\nowner:     this user\r\n",
             "sddl:      O:LAD:P(A;;GA;;;SY)(A;;GA;;;LA)\r\n");
        machine_user_letters(NULL);
        machine_security("demo", "D:P(A;;GA;;;LA)(A;;GA;;;LG)");
        STAT("demo", "who may:   the built-in Administrator: everything\r\n"
                     "           the built-in guest: everything\r\n"
                     "owner:     this user\r\n");
    }
    TEST("an empty access list grants nothing to anybody, and a missing one everything to everybody")
    {
        with_foreign();
        machine_security("demo", "D:P");
        STAT("demo", "who may:   nobody\r\n");
        machine_security("demo", "D:NO_ACCESS_CONTROL");
        STAT("demo", "who may:   everybody: everything\r\n");
        JSON("demo", "\"owner\": \"this user\", \"access\": [\"everybody: everything\"]}");
        machine_security("demo", "D:(A;;\"");
        JSON("demo", "\"sddl\": \"O:S-1-5-21-1-2-3-1001D:(A;;\\\"\"}");
    }
    TEST("a very long entry of an access list is cut, and the others are whole")
    {
        char sddl[2000] = "(A;;GA;;;";
        char text[ACCESS_TEXT_ROOM];
        memset(sddl + strlen(sddl), 'S', 1500);
        memcpy(sddl + strlen(sddl), ")(A;;GA;;;SY)", 14);
        struct sddl_text list = {.at = sddl, .length = strlen(sddl)};
        CHECK(access_text_next(&list, "S-1-5-21-7", text));
        CHECK(strlen(text) < sizeof text && strncmp(text, sddl, 100) == 0);
        CHECK(access_text_next(&list, "S-1-5-21-7", text));
        CHECK_TEXT(text, "SYSTEM: everything");
    }
    TEST("--stat shows that it may not read the access list, and leaves the list out of the JSON")
    {
        with_foreign();
        machine_fail_function("section_security", 0, OSERROR_ACCESS_DENIED);
        STAT("demo", "who may:   unknown (access denied)\r\n", "!sddl:");
        JSON("demo", "{\"name\": \"demo\", \"kind\": \"foreign\", \"size\": 4096, \"committed\": 4096, "
                     "\"backing\": \"memory\", \"held\": false}\r\n");
    }
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static const char value_lines[] = "name:      demo\r\n"
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
                                  "sddl:      O:S-1-5-21-1-2-3-1001D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)\r\n";

static const char value_json[] =
    "{\"name\": \"demo\", \"kind\": \"value\", \"size\": 4096, \"committed\": 4096, \"backing\": \"memory\", "
    "\"capacity\": 1790, \"length\": 5, \"updates\": 0, \"encoding\": \"utf-8\", "
    "\"created\": \"2024-01-17T21:20:01.000Z\", \"updated\": \"2024-01-17T21:20:01.000Z\", "
    "\"writer\": 3, \"writer_alive\": false, \"holder\": 32, \"held\": true, "
    "\"sddl\": \"O:S-1-5-21-1-2-3-1001D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)\", "
    "\"owner\": \"this user\", \"access\": [\"SYSTEM: everything\", \"this user: everything\"]}\r\n";

static void test_values(void)
{
    TEST("--stat describes a value, in lines and in JSON, also after an update")
    {
        with_value();
        STAT("demo", value_lines);
        CHECK_EQUAL(strlen(tool_output(READER)), sizeof value_lines - 1);
        JSON("demo", value_json);
        CHECK_EQUAL(strlen(tool_output(READER)), sizeof value_json - 1);
        machine_clock_advance(2345);
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "--update", "demo", "longer"), EXIT_DONE);
        STAT("demo", "length:    6 bytes\r\nupdates:   1\r\n",
             "created:   2024-01-17T21:20:01.000Z\r\nupdated:   2024-01-17T21:20:03.345Z\r\n");
    }
    TEST("--stat shows whether the writer is alive, which a later process with the same ID is not")
    {
        with_value();
        machine_clock_advance(10);
        START(MAKER, "shmwrite", "--hold-for", "1s", "mine", "x");
        tool_sleep(10);
        STAT("mine", "writer:    process 3, alive\r\nholder:    process 3, alive\r\n");
        STAT("demo", "writer:    process 3, dead\r\n");
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        machine_life(3, LIFE_UNKNOWN);
        STAT("demo", "writer:    process 3\r\n");
    }
    TEST("--stat finds the holder by its process ID, or, if the system does not say whether it is alive, by its mutex")
    {
        static const struct {
            uint32_t holder;
            enum life life;
            bool is_denied;
            const char *line;
            const char *json;
        } holders[] = {
            {9, LIFE_ALIVE, true, "holder:    process 9, alive\r\n", "\"holder\": 9, \"held\": true"},
            {9, LIFE_DEAD, true, "holder:    process 9, dead\r\n", "\"holder\": 9, \"held\": false"},
            {9, LIFE_UNKNOWN, false, "holder:    process 9, alive\r\n", "\"holder\": 9, \"held\": true"},
            {0, LIFE_UNKNOWN, false, "holder:    alive\r\n", "\"held\": true"},
            {0, LIFE_UNKNOWN, true, "holder:    unknown\r\n", "\"writer\": 3, \"sddl\": "},
        };
        for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
            with_value();
            trailer_of("demo")->holder = holders[i].holder;
            machine_life(9, holders[i].life);
            machine_life(3, LIFE_UNKNOWN); /* the creator */
            if (holders[i].is_denied) {
                machine_deny("demo.winshm.holder");
            }
            STAT("demo", holders[i].line);
            JSON("demo", holders[i].json);
        }
    }
    TEST("--stat shows a dead holder while another program keeps its mutex open")
    {
        object *section = NULL;
        object *holder = NULL;
        with_value();
        CHECK_EQUAL(section_open("demo", ACCESS_READ, &section), OSERROR_NONE);
        CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &holder), OSERROR_NONE);
        machine_kill_process(machine_started());
        STAT("demo", "holder:    process 32, dead\r\n");
        trailer_of("demo")->holder = 0; /* as if its creator had died earlier */
        STAT("demo", "holder:    dead\r\n");
        object_close(holder);
        STAT("demo", "holder:    none\r\n");
        object_close(section);
    }
    TEST("--stat has a name for each encoding")
    {
        static const char *const names[] = {"bytes", "utf-8", "utf-16", "code page 932", "unknown"};
        with_value();
        trailer_of("demo")->slots[0].code_page = 932;
        for (uint32_t i = 0; i < 5; i++) {
            char line[64];
            trailer_of("demo")->slots[0].encoding = i;
            (void)snprintf(line, sizeof line, "encoding:  %s\r\n", names[i]);
            STAT("demo", line);
        }
        trailer_of("demo")->slots[0].encoding = WINSHM_CODE_PAGE;
        JSON("demo", "\"encoding\": \"cp932\"");
    }
    TEST("--stat describes memory of each kind, and damaged memory as far as its trailer can be right")
    {
        with_value();
        trailer_of("demo")->capacity = 4000;
        STAT("demo", "kind:      damaged: its layout is damaged\r\n", "created:   2024-01-17T21:20:01.000Z\r\n",
             "!capacity:", "!length:");
        JSON("demo", "\"kind\": \"damaged\"");
        with_value();
        trailer_of("demo")->slots[0].length = 1791;
        STAT("demo", "kind:      damaged", "capacity:  1.7 KiB (1790 bytes)\r\n", "!length:");
        trailer_of("demo")->layout = 2;
        STAT("demo", "kind:      newer: its layout is unknown\r\n");
        JSON("demo", "\"kind\": \"newer\"");
        trailer_of("demo")->state = WINSHM_FILLING;
        STAT("demo", "kind:      filling: still empty\r\n");
        JSON("demo", "\"kind\": \"filling\"");
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "-d", "--sealed", "mine", "x"), EXIT_DONE);
        STAT("mine", "kind:      sealed value\r\n");
        JSON("mine", "\"kind\": \"sealed\"");
    }
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

/*
 * Create a section of 8 KiB with the trailer of a stream, and return the
 * trailer.
 */
static winshm_trailer *with_ring(void)
{
    tool_reset();
    machine_foreign_section("demo", NULL, 8192, 8192);
    winshm_trailer *trailer = trailer_of("demo");
    *trailer = (winshm_trailer){.magic = WINSHM_MAGIC,
                                .layout = WINSHM_LAYOUT,
                                .state = WINSHM_PUBLISHED,
                                .kind = WINSHM_STREAM,
                                .section_size = 8192,
                                .capacity = 4096,
                                .producer = 4};
    return trailer;
}

/* Make a fan-out for three of that stream, and return their lines. */
static winshm_consumer *with_fanout(void)
{
    winshm_trailer *trailer = with_ring();
    trailer->kind = WINSHM_FANOUT;
    trailer->consumers = 3;
    machine_life(4, LIFE_ALIVE);
    machine_life(5, LIFE_ALIVE);
    return (winshm_consumer *)(void *)(machine_bytes("demo", NULL) + 4096);
}

static const struct {
    const char *word;
    const char *producer;
    const char *consumer;
} ends[] = {
    [WINSHM_OPEN] = {"open", "4, alive\r\n", "5, dead\r\n"},
    [WINSHM_ENDED] = {"ended", "4, alive, has sent all\r\n", "5, dead, has received all\r\n"},
    [WINSHM_FAILED] = {"failed", "4, alive, its input failed\r\n", "5, dead, its output failed\r\n"},
    [WINSHM_CUT_OFF] = {"cut off", "4, alive, cut off\r\n", "5, dead, the program that read its output has ended\r\n"},
    [WINSHM_DIED] = {"died", "4, alive, died\r\n", "5, dead, died\r\n"},
    [WINSHM_DROPPED] = {"dropped", "4, alive, dropped\r\n", "5, dead, was too slow\r\n"},
    [WINSHM_DROPPED + 1] = {"unknown", "4, alive, unknown\r\n", "5, dead, unknown\r\n"},
};

static void test_streams(void)
{
    TEST("--stat shows how much a stream has sent and received, and its producer and consumer")
    {
        winshm_trailer *trailer = with_ring();
        machine_life(4, LIFE_ALIVE);
        trailer->head = 5000;
        trailer->tail = 904;
        STAT("demo", "kind:      stream\r\n", "capacity:  4.0 KiB (4096 bytes)\r\n",
             "sent:      4.8 KiB (5000 bytes)\r\nreceived:  904 bytes\r\nin ring:   4.0 KiB, 100 %\r\n",
             "producer:  process 4, alive\r\nconsumer:  none yet\r\n");
        JSON("demo", "\"kind\": \"stream\"", "\"length\": 4096, \"sent\": 5000, \"received\": 904, ");
        trailer->head = 5001;
        STAT("demo", "kind:      damaged", "!sent:");
    }
    TEST("--stat shows how each side of a stream ended, in lines and in JSON")
    {
        winshm_trailer *trailer = with_ring();
        machine_life(4, LIFE_ALIVE);
        trailer->consumer = 5;
        for (uint32_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            char words[80];
            trailer->producer_closed = i;
            trailer->consumer_closed = i;
            STAT("demo", ends[i].producer, ends[i].consumer);
            (void)snprintf(words, sizeof words, "\"producer_state\": \"%s\", \"consumer\": 5, ", ends[i].word);
            JSON("demo", words);
            (void)snprintf(words, sizeof words, "\"consumer_state\": \"%s\"", ends[i].word);
            JSON("demo", words);
        }
    }
    TEST("--json has the only reader of a stream also as an array of one")
    {
        winshm_trailer *trailer = with_ring();
        JSON("demo", "\"consumer_state\": \"open\", \"consumers\": [{\"state\": \"open\", \"received\": 0}]");
        trailer->head = 4097;
        JSON("demo", "\"kind\": \"damaged\"", "!\"consumers\"");
    }
}

static winshm_trailer *moving;

static uint64_t any(uint64_t most)
{
    static uint64_t random = 1;
    random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (random >> 33) % (most + 1);
}

/*
 * Let the producer and one of three consumers go on by any number of bytes,
 * before each access of --stat to the memory.
 */
static size_t go_on(void *context, const struct machine_point *point, const struct machine_option *options,
                    size_t count)
{
    winshm_consumer *lines = context;
    (void)options, (void)count;
    if (strcmp(point->function, "load") == 0) {
        uint64_t most = 0;
        lines[any(2)].tail = moving->head;
        for (size_t i = 0; i < 3; i++) {
            uint64_t left = moving->head - lines[i].tail;
            most = left > most ? left : most;
        }
        moving->head += any(4096 - most);
    }
    return 0;
}

static void test_fanouts(void)
{
    TEST("--stat shows how far each reader of a stream is, which one is the slowest, and how many are still to come")
    {
        winshm_consumer *lines = with_fanout();
        trailer_of("demo")->head = 5000;
        lines[0] = (winshm_consumer){.tail = 5000, .process = 5};
        lines[1] = (winshm_consumer){.tail = 4999, .process = 6};
        lines[2] = (winshm_consumer){.tail = 4998};
        STAT("demo", "kind:      stream\r\n",
             "sent:      4.8 KiB (5000 bytes)\r\nreceived:  4.8 KiB (4998 bytes)\r\nin ring:   2 bytes, 0 %\r\n",
             "producer:  process 4, alive\r\n"
             "consumers: 2 of 3 have come\r\n"
             "           process 5, alive, 4.8 KiB (5000 bytes)\r\n"
             "           process 6, dead, 4.8 KiB (4999 bytes)\r\n"
             "           none yet\r\n");
        JSON("demo", "\"kind\": \"stream\"", "\"length\": 2, \"sent\": 5000, \"received\": 4998, ",
             "\"producer_state\": \"open\", \"consumer_state\": \"open\", \"consumers\": ["
             "{\"process\": 5, \"alive\": true, \"state\": \"open\", \"received\": 5000}, "
             "{\"process\": 6, \"alive\": false, \"state\": \"open\", \"received\": 4999}, "
             "{\"state\": \"open\", \"received\": 4998}]");
        LIST("--json", "\"received\": 4998, ", "{\"process\": 5, \"state\": \"open\", \"received\": 5000}");
        LIST("-l", "         8192  stream                 2  demo\r\n");
        lines[2] = (winshm_consumer){.tail = 5000, .process = 7};
        STAT("demo", "consumers: 3 of 3 have come\r\n", "process 6, dead, 4.8 KiB (4999 bytes), the slowest\r\n");
        JSON("demo", "\"received\": 4999, ",
             "\"consumer\": 6, \"consumer_alive\": false, \"consumer_state\": \"open\"");
        lines[1].tail = 5000;
        STAT("demo", "received:  4.8 KiB (5000 bytes)\r\n", "!slowest");
    }
    TEST("--stat counts only the open readers of a stream, or, if all have ended, the one that got the least")
    {
        winshm_consumer *lines = with_fanout();
        trailer_of("demo")->head = 50000;
        lines[0] = (winshm_consumer){.tail = 7, .process = 5, .closed = WINSHM_DIED};
        lines[1] = (winshm_consumer){.tail = 9, .process = 6, .closed = WINSHM_DROPPED};
        lines[2] = (winshm_consumer){.tail = 49000, .process = 5};
        STAT("demo", "received:  47.8 KiB (49000 bytes)\r\nin ring:   1000 bytes, 24 %\r\n",
             "           process 5, alive, died, 7 bytes\r\n"
             "           process 6, dead, was too slow, 9 bytes\r\n"
             "           process 5, alive, 47.8 KiB (49000 bytes)\r\n");
        JSON("demo", "\"length\": 1000, ", "\"state\": \"dropped\", \"received\": 9}");
        lines[2].closed = WINSHM_ENDED;
        STAT("demo", "received:  7 bytes\r\nin ring:   4.0 KiB, 100 %\r\n",
             "has received all, 47.8 KiB (49000 bytes)\r\n", "!slowest");
        JSON("demo", "\"length\": 4096, \"sent\": 50000, \"received\": 7, ", "\"consumer_state\": \"died\"");
    }
    TEST("--stat shows an impossible reader of a stream as failed, and does not take it for the slowest")
    {
        static const uint64_t tails[] = {5000 - 4097, 5001, UINT64_MAX, 0, UINT64_C(1) << 63};
        for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
            winshm_consumer *lines = with_fanout();
            trailer_of("demo")->head = 5000;
            for (size_t j = 0; j < 3; j++) {
                lines[j] = (winshm_consumer){.tail = 4000, .process = 5};
            }
            lines[1].tail = tails[i];
            STAT("demo", "kind:      stream\r\n", "received:  3.9 KiB (4000 bytes)\r\n",
                 "           process 5, alive, its output failed, ");
            JSON("demo", "\"received\": 4000, ", "\"state\": \"failed\"");
            lines[0].tail = tails[i];
            lines[2].tail = tails[i];
            STAT("demo", "kind:      stream\r\n", "!process 5, alive, 4");
        }
    }
    TEST("--stat describes readers that go on meanwhile as they were at one moment")
    {
        winshm_consumer *lines = with_fanout();
        for (size_t i = 0; i < 3; i++) {
            lines[i].process = 5;
        }
        for (size_t i = 0; i < 200; i++) {
            unsigned long long length = 0;
            unsigned long long sent = 0;
            unsigned long long received = 0;
            moving = trailer_of("demo");
            machine_written_clear(READER, STANDARD_OUTPUT);
            machine_schedule(go_on, lines);
            START(READER, "shmread", "--stat", "--json", "demo");
            CHECK_EQUAL(machine_finish(READER), EXIT_DONE);
            machine_schedule(NULL, NULL);
            CHECK(strstr(tool_output(READER), "\"failed\"") == NULL);
            const char *at = strstr(tool_output(READER), "\"length\"");
            CHECK(at != NULL &&
                  sscanf(at, "\"length\": %llu, \"sent\": %llu, \"received\": %llu", &length, &sent, &received) == 3);
            CHECK(sent >= received && sent - received == length && length <= 4096);
        }
    }
    TEST("--stat takes a number of readers that cannot be right for damage")
    {
        static const uint32_t counts[] = {0, 1, WINSHM_CONSUMERS_MAX + 1, UINT32_MAX};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            (void)with_fanout();
            trailer_of("demo")->consumers = counts[i];
            STAT("demo", "kind:      damaged", "!consumers:");
            JSON("demo", "\"kind\": \"damaged\"", "!\"consumers\"");
        }
        (void)with_fanout();
        trailer_of("demo")->consumers = WINSHM_CONSUMERS_MAX;
        STAT("demo", "consumers: 0 of 28 have come\r\n");
    }
}

/* ---- Other memory ------------------------------------------------------------------------------------------------ */

static void test_other_memory(void)
{
    TEST("--stat calls memory of another program foreign, and shows what the system knows about it")
    {
        with_foreign();
        STAT("demo", "kind:      foreign: not created by shmwrite\r\nsize:      4.0 KiB (4096 bytes)\r\nwho may:");
        machine_facts("demo", (struct section_facts){.is_file = true, .is_image = true});
        STAT("demo", "memory:    an image: a program that is mapped as one\r\n");
        machine_facts("demo", (struct section_facts){.is_reserved = true});
        STAT("demo", "memory:    reserved: its creator commits it page by page\r\n");
        machine_foreign_section("sparse", NULL, 65536, 4096);
        STAT("sparse", "kind:      empty: only zeros\r\n",
             "size:      64.0 KiB (65536 bytes)\r\ncommitted: 4.0 KiB (4096 bytes)\r\n");
        JSON("sparse", "\"kind\": \"empty\"");
    }
    TEST("--stat and --list read no byte of a mapped file, also if they may not ask the system about it")
    {
        for (size_t i = 0; i < 2; i++) {
            oserror error = i == 0 ? OSERROR_NONE : OSERROR_ACCESS_DENIED;
            with_value();
            machine_facts("demo", (struct section_facts){.is_file = true});
            machine_fail_function("section_facts", 0, error);
            STAT("demo",
                 "kind:      foreign: not created by shmwrite\r\n"
                 "size:      4.0 KiB (4096 bytes)\r\nmemory:    a file\r\n",
                 "!length:");
            LIST("demo", "         4096  file                   -  demo\r\n");
            LIST("--json", "\"kind\": \"foreign\", \"size\": 4096, \"committed\": 4096, \"backing\": \"file\"}");
            tool_reset();
            machine_foreign_section("demo", NULL, 4096, 4096); /* only zeros, but a file */
            machine_facts("demo", (struct section_facts){.is_file = true});
            machine_fail_function("section_facts", 0, error);
            SHOW(EXIT_DONE, ARGUMENTS("--stat", "--wait", "--timeout", "1s", "demo"), "memory:    a file\r\n");
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }
}

/* ---- Waiting, and failures --------------------------------------------------------------------------------------- */

/*
 * When shmread has opened the section of the value, release the value, and let
 * another one come later.
 */
static int put_later(void *context)
{
    struct tool *tool = tool_prepare(MAKER, (const char *const[]){"shmwrite", "--put", "demo", "second", NULL});
    (void)context;
    tool_sleep(500);
    return tool_main(tool->count, tool->arguments);
}

static void replace_when_opened(void *context, const char *function, size_t index)
{
    bool *is_done = context;
    if (!*is_done && strcmp(function, "view_map") == 0 && machine_call_process(index) == READER) {
        *is_done = true;
        machine_kill_process(machine_started());
        trailer_of("demo")->state = WINSHM_RELEASED;
        machine_start(MAKER, put_later, NULL);
    }
}

static void test_waiting(void)
{
    TEST("--stat --wait waits until NAME has contents, with one look after each pause")
    {
        tool_reset();
        START(MAKER, "shmwrite", "--hold-for", "1s", "demo", "late");
        SHOW(EXIT_DONE, ARGUMENTS("--stat", "--wait", "-t", "5s", "demo"), "length:    4 bytes\r\n");
        CHECK(calls_of("wait_any", 0) > 0);
        CHECK_EQUAL(calls_of("section_open", 0), calls_of("wait_any", 0) + 1);
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        SHOW(EXIT_TIMED_OUT, ARGUMENTS("--stat", "--wait", "-t", "1s", "demo"), NULL);
    }
    TEST("--stat describes a released value while its memory exists, and --stat --wait waits for the next value")
    {
        bool is_done = false;
        with_value();
        trailer_of("demo")->state = WINSHM_RELEASED;
        STAT("demo", "kind:      released: another program keeps the memory open\r\n");
        SHOW(EXIT_TIMED_OUT, ARGUMENTS("--stat", "--wait", "--timeout", "1s", "demo"), NULL);
        with_value();
        machine_on_call(replace_when_opened, &is_done);
        SHOW(EXIT_DONE, ARGUMENTS("--stat", "--wait", "demo"), "length:    6 bytes\r\n");
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }
    TEST("whichever system call fails, --stat reports at most one failure and leaves nothing open")
    {
        fail_each_call(ARGUMENTS("--stat", "demo"));
        fail_each_call(ARGUMENTS("--stat", "--json", "theirs"));
    }
}

int main(void)
{
    test_access();
    test_values();
    test_streams();
    test_fanouts();
    test_other_memory();
    test_waiting();
    return check_end();
}
