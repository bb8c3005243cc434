/* list_test.c - --list on the simulated machine. */
#include "reader/tests/showing.h"

static const char head[] = "         SIZE  KIND              LENGTH  NAME\r\n";

static const struct {
    const char *row;
    const char *option;
    const char *pattern;
    enum status status;
    const char *texts[4]; /* for show() */
} lists[] = {
    {"a namespace", "-l", "*", EXIT_DONE, {"  demo\r\n", "  theirs\r\n", "!Global"}},
    {"the other", "-g", "*", EXIT_DONE, {"  Global\\demo\r\n", "!  demo", "!theirs"}},
    {"a pattern", "-v", "DEM*", EXIT_DONE, {"  demo\r\n", "  Global\\demo\r\n", "!theirs"}},
    {"one with a prefix", "-v", "global\\*", EXIT_DONE, {"  Global\\demo\r\n", "!  demo"}},
    {"one of this session", "-v", "*\\t*", EXIT_DONE, {"  theirs\r\n", "!demo"}},
    {"none", "-g", "theirs", EXIT_NOTHING, {"!theirs"}},
};

/* Remove the section zzz while the sections before it are being described. */
static void forget_last(void *context, const char *function, size_t index)
{
    (void)context, (void)index;
    if (strcmp(function, "section_open") == 0 && object_kind_of("zzz") != OBJECT_NONE) {
        machine_forget("zzz");
    }
}

/* Let a second pass whenever a section is opened. */
static void take_a_second(void *context, const char *function, size_t index)
{
    (void)context, (void)index;
    if (strcmp(function, "section_open") == 0) {
        machine_clock_advance(1000);
    }
}

int main(void)
{
    TEST("--list prints a row for each section, sorted, those of this session before the global ones")
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
    TEST("--list prints only the names of the chosen namespace that match the pattern")
    {
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
            check_row(lists[i].row);
            make_all();
            show((int)lists[i].status, ARGUMENTS("--list", lists[i].option, lists[i].pattern), lists[i].texts);
        }
    }
    TEST("the length of a stream is the number of bytes in its ring, and a mapped file is shown as a file")
    {
        make_all();
        machine_facts("theirs", (struct section_facts){.is_file = true});
        machine_foreign_section("ring", NULL, 8192, 8192);
        *trailer_of("ring") = (winshm_trailer){.magic = WINSHM_MAGIC,
                                               .layout = WINSHM_LAYOUT,
                                               .state = WINSHM_PUBLISHED,
                                               .kind = WINSHM_STREAM,
                                               .section_size = 8192,
                                               .capacity = 4096,
                                               .head = 4100,
                                               .tail = 5};
        LIST("-l", "         8192  stream              4095  ring\r\n",
             "         4096  file                   -  theirs\r\n");
    }
    TEST("--list reports that there is no section, or that none matches the pattern")
    {
        tool_reset();
        SHOW(EXIT_NOTHING, ARGUMENTS("--list"), "!NAME");
        CHECK_TEXT(tool_errors(READER), "shmread: there is no named shared memory\r\n");
        SHOW(EXIT_NOTHING, ARGUMENTS("--list", "--json", "x*"), NULL);
        CHECK_TEXT(tool_errors(READER), "shmread: x*: no shared memory matches the pattern\r\n");
        CHECK_TEXT(tool_output(READER), "[]\r\n");
    }
    TEST("--list shows why a section cannot be opened, also if its name is too long")
    {
        char name[1001];
        char row[1100];
        memset(name, 'n', sizeof name - 1);
        name[1000] = '\0';
        (void)snprintf(row, sizeof row, "            -  long name              -  %s\r\n", name);
        make_all();
        machine_deny("theirs");
        machine_foreign_section(name, NULL, 4096, 4096);
        machine_view_limit(65536);
        machine_foreign_section("zlarge", NULL, 1 << 20, 1 << 20);
        LIST("-v", "            -  denied                 -  theirs\r\n",
             "      1048576  error 8                -  zlarge\r\n", row);
        LIST("--json", "{\"name\": \"theirs\", \"kind\": \"closed\", \"error\": 5}",
             "nnnn\", \"kind\": \"closed\", \"reason\": \"long name\"}");
    }
    TEST("--list replaces characters of a name that are not printable")
    {
        tool_reset();
        machine_foreign_section("a\x1B[2J\xED\xA0\x80\xC3\xA9", NULL, 4096, 4096);
        LIST("-v", "-  a?[2J?\xC3\xA9\r\n");
    }
    TEST("--list does not search large memory, and so calls memory of zeros foreign, and not empty")
    {
        tool_reset();
        machine_foreign_section("large", NULL, UINT64_C(1) << 40, UINT64_C(1) << 40);
        LIST("-v", sizeof(size_t) == 4 ? "1099511627776  error 8                -  large\r\n"
                                       : "1099511627776  foreign                -  large\r\n");
    }
    TEST("--list reports a namespace that it may not search, and lists the other one")
    {
        make_all();
        machine_fail_function("sections_list", 0, OSERROR_ACCESS_DENIED);
        SHOW(EXIT_DENIED, ARGUMENTS("--list"), "  demo\r\n", "!Global");
        CHECK(strstr(tool_errors(READER), "shmread: cannot read all names") != NULL);
    }
    TEST("--list prints 2000 names, of more than 64 KiB in all, in order with fewer than 100 writes")
    {
        enum { COUNT = 2000 };
        char line[80];
        tool_reset();
        for (size_t i = 0; i < COUNT; i++) {
            (void)snprintf(line, sizeof line, "n%060zu", i * 7 % COUNT);
            machine_foreign_section(line, NULL, 4096, 4096);
        }
        LIST("n*", head);
        const char *at = tool_output(READER);
        for (size_t i = 0; i < COUNT && at != NULL; i++) {
            (void)snprintf(line, sizeof line, "n%060zu\r\n", i);
            at = strstr(at, line);
        }
        CHECK(at != NULL && strlen(at) == strlen(line));
        CHECK(machine_writes(READER, STANDARD_OUTPUT) < 100);
    }
    TEST("--list prints no row for a section that has disappeared since its name was found")
    {
        make_all();
        machine_foreign_section("zzz", NULL, 4096, 4096);
        machine_on_call(forget_last, NULL);
        LIST("-l", "  demo\r\n", "!zzz");
        machine_on_call(NULL, NULL);
    }
    TEST("--list ends at --timeout with the rows that were printed until then")
    {
        for (size_t i = 0; i < 2; i++) {
            tool_reset();
            for (char name[] = "a"; *name <= 'e'; (*name)++) {
                machine_foreign_section(name, "x", 1, 4096);
            }
            machine_on_call(take_a_second, NULL);
            SHOW(EXIT_TIMED_OUT, ARGUMENTS("--list", i == 0 ? "-v" : "--json", "--timeout", "2500ms"), NULL);
            machine_on_call(NULL, NULL);
            CHECK_TEXT(tool_errors(READER), "shmread: timed out waiting for the list of names\r\n");
            size_t length = strlen(tool_output(READER));
            CHECK(length > 100 && strcmp(tool_output(READER) + length - 3, i == 0 ? "c\r\n" : "]\r\n") == 0);
            CHECK_EQUAL(machine_leaks(), 0);
            SHOW(EXIT_DONE, ARGUMENTS("--list", "--timeout", "2500ms"), NULL);
            SHOW(EXIT_TIMED_OUT, ARGUMENTS("--list", "--timeout", "0"), NULL);
        }
    }
    TEST("whichever system call fails, --list reports at most one failure and leaves nothing open")
    {
        fail_each_call(ARGUMENTS("--list"));
        fail_each_call(ARGUMENTS("--list", "--json"));
    }
    return check_end();
}
