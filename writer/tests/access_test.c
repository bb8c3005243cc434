/* access_test.c - who may do what: the descriptors that NAME and its companions get, and what is refused. */
#include <stdio.h>

#include "common/tests/tool.h"
#include "common/text/sddl.h"

enum { WRITER = 2, READER = 3, OTHER = 4 };

#define ME "S-1-5-21-1-2-3-1001"
#define MINE "D:P(A;;GA;;;SY)(A;;GA;;;" ME ")"
#define MADE "D:P(A;;0x10000000;;;SY)(A;;0x10000000;;;" ME ")" /* the same, of a companion */

/* The access list of an object, without its owner. */
static const char *list_of(const char *name, enum object_kind kind)
{
    static char sddl[SDDL_ROOM];
    (void)snprintf(sddl, sizeof sddl, "none");
    (void)object_security(name, kind, sddl, sizeof sddl);
    const char *list = strstr(sddl, "D:");
    return list == NULL ? sddl : list;
}

static void hold(const char *const arguments[])
{
    tool_reset();
    CHECK_EQUAL(tool_run(WRITER, arguments), EXIT_DONE);
}

#define HOLD(...) hold((const char *const[]){__VA_ARGS__, NULL})

static void test_defaults(void)
{
    TEST("by default this user and SYSTEM may do everything, and other users nothing")
    {
        HOLD("shmwrite", "--detach", "--reads", "2", "x", "text");
        CHECK_TEXT(list_of("x", OBJECT_SECTION), MINE);
        CHECK_TEXT(list_of("x.winshm.holder", OBJECT_MUTEX), MINE);
        CHECK_TEXT(list_of("x.winshm.release", OBJECT_EVENT), MINE);
        CHECK_TEXT(list_of(tool_counted("x", COMPANION_READS), OBJECT_SEMAPHORE), MINE);
    }
}

static void test_allow(void)
{
    TEST("--allow read lets others read and count, and neither update nor release")
    {
        HOLD("shmwrite", "--detach", "--allow", "read", "--reads", "2", "x", "text");
        CHECK_TEXT(list_of("x", OBJECT_SECTION), MINE "(A;;0x20005;;;AU)");
        CHECK_TEXT(list_of("x.winshm.holder", OBJECT_MUTEX), MADE);
        CHECK_TEXT(list_of("x.winshm.release", OBJECT_EVENT), MADE);
        CHECK_TEXT(list_of(tool_counted("x", COMPANION_READS), OBJECT_SEMAPHORE), MADE "(A;;0x2;;;AU)");
        CHECK_TEXT(list_of(tool_counted("x", COMPANION_TURN), OBJECT_MUTEX), MADE "(A;;0x100000;;;AU)");
        CHECK_TEXT(list_of(tool_counted("x", COMPANION_COUNTED), OBJECT_EVENT), MADE "(A;;0x100002;;;AU)");
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--update", "x", "new"), EXIT_DONE);
    }

    TEST("--allow write lets others update too, and not release")
    {
        HOLD("shmwrite", "--put", "--allow", "write", "x", "text");
        CHECK_TEXT(list_of("x", OBJECT_SECTION), MINE "(A;;0x20007;;;AU)");
        CHECK_TEXT(list_of("x.winshm.holder", OBJECT_MUTEX), MADE "(A;;0x100000;;;AU)");
        CHECK_TEXT(list_of("x.winshm.release", OBJECT_EVENT), MADE);
    }

    TEST("an update that creates `writer` again creates it for the users who may update")
    {
        object *section = NULL;
        HOLD("shmwrite", "--put", "--allow", "write", "x", "text");
        CHECK_EQUAL(section_open("x", ACCESS_READ, &section), OSERROR_NONE);
        machine_kill_process(machine_started());
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--put", "x", "new"), EXIT_DONE);
        CHECK_TEXT(list_of("x.winshm.holder", OBJECT_MUTEX), MADE "(A;;0x100000;;;AU)");
        CHECK_TEXT(list_of("x.winshm.writer", OBJECT_MUTEX), MADE "(A;;0x100000;;;AU)");
        object_close(section);
    }
}

/* While a stream waits for its reader. */
static void look_at_stream(void *context)
{
    bool *looked = context;
    if (*looked || object_kind_of("x.winshm.consumer") == OBJECT_NONE) {
        return;
    }
    *looked = true;
    CHECK_TEXT(list_of("x", OBJECT_SECTION), MINE "(A;;0x20007;;;AU)");
    CHECK_TEXT(list_of("x.winshm.data", OBJECT_EVENT), MADE "(A;;0x100002;;;AU)");
    CHECK_TEXT(list_of("x.winshm.space", OBJECT_EVENT), MADE "(A;;0x100002;;;AU)");
    CHECK_TEXT(list_of("x.winshm.producer", OBJECT_MUTEX), MADE "(A;;0x100000;;;AU)");
    CHECK_TEXT(list_of("x.winshm.consumer", OBJECT_MUTEX), MADE "(A;;0x100000;;;AU)");
    CHECK_TEXT(list_of("x.winshm.reads", OBJECT_SEMAPHORE), MADE "(A;;0x2;;;AU)");
    CHECK_TEXT(list_of("x.winshm.release", OBJECT_EVENT), MADE);
}

static void test_stream(void)
{
    TEST("--allow read on a stream lets its reader wait, wake, and say how far it is")
    {
        bool looked = false;
        tool_reset();
        machine_on_wait(look_at_stream, &looked);
        (void)RUN(WRITER, "shmwrite", "--stream", "--allow", "read", "--timeout", "1s", "x");
        machine_on_wait(NULL, NULL);
        CHECK(looked);
    }
}

static void test_sddl(void)
{
    TEST("--sddl is the section's, and each companion's follows from it")
    {
        HOLD("shmwrite", "--detach", "--reads", "2", "--sddl",
             "O:SYG:SYD:PAI(D;;GW;;;BG)(A;OI;GA;;;" ME ")(A;;GRRC;;;WD)(A;;RC;;;BU)(A;;GWGR;;;IU)S:(ML;;NW;;;LW)", "x",
             "t");
        CHECK_TEXT(list_of("x", OBJECT_SECTION),
                   "D:PAI(D;;GW;;;BG)(A;OI;GA;;;" ME ")(A;;GRRC;;;WD)(A;;RC;;;BU)(A;;GWGR;;;IU)S:(ML;;NW;;;LW)");
        CHECK_TEXT(list_of(tool_counted("x", COMPANION_READS), OBJECT_SEMAPHORE),
                   "D:P(D;;0x10000000;;;BG)(A;OI;0x10000000;;;" ME ")(A;;0x2;;;WD)(A;;0x2;;;IU)S:(ML;;NW;;;LW)");
        CHECK_TEXT(list_of("x.winshm.holder", OBJECT_MUTEX),
                   "D:P(D;;0x10000000;;;BG)(A;OI;0x10000000;;;" ME ")(A;;0x100000;;;IU)S:(ML;;NW;;;LW)");
        CHECK_TEXT(list_of("x.winshm.release", OBJECT_EVENT),
                   "D:P(D;;0x10000000;;;BG)(A;OI;0x10000000;;;" ME ")S:(ML;;NW;;;LW)");
    }

    TEST("denied rights that are not to memory do not shut readers out of the companions")
    {
        HOLD("shmwrite", "--detach", "--reads", "2", "--sddl", "D:P(D;;WDWO;;;IU)(D;;0x1;;;AU)(A;;GA;;;WD)", "x", "t");
        CHECK_TEXT(list_of(tool_counted("x", COMPANION_READS), OBJECT_SEMAPHORE),
                   "D:P(D;;0xc0000;;;IU)(A;;0x10000000;;;WD)");
        CHECK_TEXT(list_of("x.winshm.holder", OBJECT_MUTEX), "D:P(D;;0xc0000;;;IU)(A;;0x10000000;;;WD)");
    }

    TEST("an --sddl that cannot be understood, or lets everybody in, is refused before anything is read")
    {
        static const struct {
            const char *sddl;
            const char *said;
        } wrong[] = {{"nonsense", "--sddl is not a valid security descriptor"},
                     {"D:P(A;;GA;;;SY", "--sddl is not a valid security descriptor"},
                     {"", "would let everybody in"},
                     {"O:SY", "would let everybody in"},
                     {"D:NO_ACCESS_CONTROL", "would let everybody in"},
                     {"D:(XA;;GA;;;SY;(Member_of {SID(BA)}))", "only entries of the types A and D"},
                     {"D:(OA;;GA;00000000-0000-0000-0000-000000000000;;SY)", "only entries of the types A and D"}};
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            tool_reset();
            check_row(wrong[i].sddl);
            CHECK_EQUAL(RUN(WRITER, "shmwrite", "--put", "--sddl", wrong[i].sddl, "x", "text"), EXIT_USAGE);
            CHECK(strstr(tool_errors(WRITER), wrong[i].said) != NULL);
            CHECK_EQUAL(tool_failures(WRITER), 1);
            CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
        }
    }
}

static void test_patience(void)
{
    static const char *const updates[][5] = {{"shmwrite", "--update", "x", "new"}, {"shmwrite", "--put", "x", "new"}};
    TEST("a companion that another program never releases is waited for only a minute")
    {
        for (size_t i = 0; i < 2; i++) {
            HOLD("shmwrite", "--put", "x", "text");
            (void)machine_switch_process(OTHER);
            machine_own("x.winshm.writer");
            (void)machine_switch_process(1);
            uint64_t before = clock_now();
            CHECK_EQUAL(tool_run(READER, updates[i]), EXIT_TIMED_OUT);
            CHECK(clock_now() - before >= 60000 && clock_now() - before < 70000);
            CHECK_TEXT(tool_errors(READER), "shmwrite: x: timed out waiting for another writer\r\n");
            CHECK(tool_finds("x", "text"));
        }
    }

    TEST("so is a holder that does not let go")
    {
        tool_reset();
        machine_foreign_section("x", "text", 4, WINSHM_PAGE);
        machine_foreign("x.winshm.holder", OBJECT_MUTEX);
        machine_foreign("x.winshm.release", OBJECT_EVENT);
        machine_own("x.winshm.holder");
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(READER, "shmwrite", "--release", "x"), EXIT_TIMED_OUT);
        CHECK_EQUAL(clock_now() - before, 60000);
        CHECK_TEXT(tool_errors(READER), "shmwrite: x: timed out waiting for its holder to let go\r\n");
    }
}

int main(void)
{
    test_defaults();
    test_allow();
    test_stream();
    test_sddl();
    test_patience();
    machine_reset();
    return check_end();
}
