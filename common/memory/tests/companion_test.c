/* companion_test.c - the name, the kind and the rights of each companion. */
#include "common/memory/companion.h"

#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

static const struct mapping value = {.created = UINT64_C(0x1d9), .creator = 260};

static const struct {
    enum companion_role role;
    const char *name; /* of the companion of `demo` */
    enum object_kind kind;
    uint32_t reader;
    uint32_t writer;
} companions[] = {
    {COMPANION_HOLDER, "demo.winshm.holder", OBJECT_MUTEX, 0, 0x100000},
    {COMPANION_RELEASE, "demo.winshm.release", OBJECT_EVENT, 0, 0},
    {COMPANION_WRITER, "demo.winshm.writer", OBJECT_MUTEX, 0, 0x100000},
    {COMPANION_TURN, "demo.winshm.turn.1d9.104", OBJECT_MUTEX, 0x100000, 0x100000},
    {COMPANION_READS, "demo.winshm.reads.1d9.104", OBJECT_SEMAPHORE, 2, 2},
    {COMPANION_COUNTED, "demo.winshm.counted.1d9.104", OBJECT_EVENT, 0x100002, 0x100002},
    {COMPANION_DATA, "demo.winshm.data", OBJECT_EVENT, 0x100002, 0x100002},
    {COMPANION_SPACE, "demo.winshm.space", OBJECT_EVENT, 0x100002, 0x100002},
    {COMPANION_PRODUCER, "demo.winshm.producer", OBJECT_MUTEX, 0x100000, 0x100000},
    {COMPANION_CONSUMER, "demo.winshm.consumer", OBJECT_MUTEX, 0x100000, 0x100000},
    {COMPANION_ATTACHED, "demo.winshm.reads", OBJECT_SEMAPHORE, 2, 2},
    {COMPANION_AFTER, "demo.winshm.after", OBJECT_EVENT, 0x100002, 0x100002},
    {COMPANION_DATA_OF, "demo.winshm.data.0", OBJECT_EVENT, 0x100002, 0x100002},
    {COMPANION_DATA_OF + 27, "demo.winshm.data.1b", OBJECT_EVENT, 0x100002, 0x100002},
    {COMPANION_CONSUMER_OF, "demo.winshm.consumer.0", OBJECT_MUTEX, 0x100000, 0x100000},
    {COMPANION_CONSUMER_OF + 10, "demo.winshm.consumer.a", OBJECT_MUTEX, 0x100000, 0x100000},
};

int main(void)
{
    TEST("a companion is created and opened under the same name")
    {
        CHECK_EQUAL(sizeof companions / sizeof *companions, COMPANION_DATA_OF + 4);
        for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
            enum companion_role role = companions[i].role;
            char name[NAME_ROOM];
            object *created = NULL;
            object *opened = NULL;
            check_row(companions[i].name);
            companion_name("demo", role, &value, name);
            CHECK_TEXT(name, companions[i].name);
            CHECK_EQUAL(companion_open("demo", role, &value, &opened), OSERROR_FILE_NOT_FOUND);
            CHECK_EQUAL(companion_create("demo", role, &value, NULL, &created), OSERROR_NONE);
            CHECK_EQUAL(object_kind_of(companions[i].name), companions[i].kind);
            CHECK_EQUAL(companion_create("demo", role, &value, NULL, &opened), OSERROR_ALREADY_EXISTS);
            CHECK_EQUAL(companion_open("demo", role, &value, &opened), OSERROR_NONE);
            object_close(opened);
            object_close(created);
        }
    }

    TEST("the rights to a companion follow from the rights to the section")
    {
        for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
            enum companion_role role = companions[i].role;
            check_row(companions[i].name);
            CHECK_EQUAL(companion_rights(role, SDDL_NOTHING), 0);
            CHECK_EQUAL(companion_rights(role, SDDL_QUERY_ONLY), 0);
            CHECK_EQUAL(companion_rights(role, SDDL_READ), companions[i].reader);
            CHECK_EQUAL(companion_rights(role, SDDL_WRITE), companions[i].writer);
            CHECK_EQUAL(companion_rights(role, SDDL_EVERYTHING), SDDL_GENERIC_ALL);
        }
    }

    TEST("a companion is in the namespace of its section, and the longest name has room for its longest companion")
    {
        static const struct mapping last = {.created = UINT64_MAX, .creator = UINT32_MAX};
        char typed[3 * WINSHM_NAME_MAX + 1] = "";
        char full[NAME_ROOM];
        char name[NAME_ROOM];
        for (size_t i = 0; i < WINSHM_NAME_MAX; i++) {
            memcpy(typed + 3 * i, "\xE6\xBC\xA2", 4);
        }
        CHECK_EQUAL(name_make(typed, NAME_GLOBAL, full), NAME_GOOD);
        companion_name(full, COMPANION_COUNTED, &last, name);
        CHECK_EQUAL(strlen(full), 7 + 600);
        CHECK_TEXT(name + 7 + 600, ".winshm.counted.ffffffffffffffff.ffffffff");
        companion_name("Local\\%s", COMPANION_WRITER, NULL, name);
        CHECK_TEXT(name, "Local\\%s.winshm.writer");
    }
    machine_reset();
    return check_end();
}
