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
    [WINSHM_DIED + 1] = {"unknown", "4, alive, unknown\r\n", "5, dead, unknown\r\n"},
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
    test_other_memory();
    test_waiting();
    return check_end();
}
