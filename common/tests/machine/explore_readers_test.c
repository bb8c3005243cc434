/*
 * explore_readers_test.c - streams for several readers, under every short
 * schedule.
 *
 * explore_test.c has a specification of the commands on one name. Here each run
 * is judged by what has to hold of every stream for two readers. The readers
 * come at the same time, one of three finds no place, each program is killed at
 * each point, and a reader that was slow goes on at the moment at which the
 * writer drops it.
 */
#include <stdlib.h>

#include "common/tests/machine/explorer.h"
#include "common/tests/tool.h"

enum { WRITER = 2, FIRST = 3, RING = 4096 };

struct meeting {
    const char *name;
    uint32_t readers;
    size_t size;  /* of the input */
    bool is_slow; /* the first reader writes nothing for as long as --timeout of the writer */
};

static uint8_t sent[2 * RING];
static bool was_slow;
static int ended[5]; /* the results, from WRITER on */

static void write_slowly(void *unused, const char *function, size_t index)
{
    (void)unused;
    if (!was_slow && machine_call_process(index) == FIRST && strcmp(function, "file_write") == 0) {
        was_slow = true;
        tool_sleep(2000);
    }
}

static void begin(void *context)
{
    const struct meeting *meeting = context;
    const struct machine_piece piece = {sent, meeting->size, OSERROR_NONE};
    tool_reset();
    was_slow = false;
    machine_on_call(meeting->is_slow ? write_slowly : NULL, NULL);
    machine_input_pipe(WRITER, &piece, 1);
    START(WRITER, "shmwrite", "--stream", "--readers", "2", "--size", "4096", "--timeout", "2s", "demo");
    for (uint32_t i = 0; i < meeting->readers; i++) {
        START(FIRST + i, "shmread", "--wait", "--timeout", "9s", "demo");
    }
}

static void wait_for_all(void *context)
{
    const struct meeting *meeting = context;
    for (uint32_t i = 0; i <= meeting->readers; i++) {
        ended[i] = machine_finish(WRITER + i);
    }
}

/* Judge the status, the messages and the bytes of one program. */
static const char *judge_one(const struct meeting *meeting, uint32_t process)
{
    int status = ended[process - WRITER];
    size_t size;
    const char *printed = machine_written(process, STANDARD_OUTPUT, &size);
    bool is_killed = status == MACHINE_KILLED;
    if (is_killed ? process != explore_killed() : !tool_is_status(status)) {
        return "a status that is not documented";
    }
    size_t failures = tool_failures(process);
    if (failures > 1 || (!is_killed && failures != (status != EXIT_DONE)) || !tool_errors_are_lines(process)) {
        return "not one message for one failure";
    }
    bool may_be_wrong =
        strstr(tool_errors(process), "was too slow") != NULL || (is_killed && process == FIRST && meeting->is_slow);
    if (size > meeting->size || (!may_be_wrong && memcmp(printed, sent, size) != 0)) {
        return "bytes that were not sent";
    }
    return process != WRITER && status == EXIT_DONE && size != meeting->size ? "a success with too few bytes" : NULL;
}

/* Judge the statuses together. */
static const char *judge_all(const struct meeting *meeting)
{
    uint32_t killed = explore_killed();
    int writer = ended[0];
    uint32_t whole = 0;
    for (uint32_t i = 1; i <= meeting->readers; i++) {
        whole += ended[i] == EXIT_DONE;
    }
    if (killed == WRITER) {
        return NULL;
    }
    if (writer == EXIT_DONE) {
        return whole + (killed != 0) >= 2 ? NULL : "the writer counts a reader that has not everything";
    }
    if (killed == 0 && !meeting->is_slow) {
        return "not all succeed, although no program was killed";
    }
    /* A reader that dies before it has attached is missing. */
    if (writer != EXIT_BROKEN && !(killed != 0 && writer == EXIT_TIMED_OUT && meeting->readers == 2)) {
        return "the writer ends in a wrong way";
    }
    if (writer == EXIT_BROKEN && whole == 0 && !(killed != 0 && meeting->is_slow)) {
        return "a reader has failed because of another one";
    }
    return NULL;
}

static const char *judge(void *context)
{
    static char text[600];
    const struct meeting *meeting = context;
    const char *wrong = NULL;
    for (uint32_t i = 0; i <= meeting->readers && wrong == NULL; i++) {
        wrong = judge_one(meeting, WRITER + i);
    }
    wrong = wrong != NULL ? wrong : judge_all(meeting);
    if (wrong == NULL && (object_kind_of("demo") != OBJECT_NONE || machine_live_objects() != 0 ||
                          machine_live_views() != 0 || machine_live_memory() != 0 || machine_leaks() != 0)) {
        wrong = "something is left over";
    }
    size_t length = (size_t)snprintf(text, sizeof text, "%s;", wrong == NULL ? "" : wrong);
    for (uint32_t i = 0; i <= meeting->readers; i++) {
        const char *errors = tool_errors(WRITER + i);
        length += (size_t)snprintf(text + length, sizeof text - length, " [%d %.*s]", ended[i],
                                   (int)strcspn(errors, "\r\n"), errors);
    }
    return wrong == NULL ? NULL : text;
}

static struct meeting meetings[] = {
    {"two readers come at the same time", .readers = 2, .size = 17},
    {"three readers come, and two get everything", .readers = 3, .size = 17},
    {"a slow reader goes on when it is dropped", .readers = 2, .size = RING + 10, .is_slow = true},
};

/*
 * With --long each sample is larger. Otherwise, as in explore_test, --only WORDS
 * selects meetings.
 */
int main(int count, char **arguments)
{
    bool is_long = count == 2 && strcmp(arguments[1], "--long") == 0;
    const char *only = count == 3 && strcmp(arguments[1], "--only") == 0 ? arguments[2] : "";
    for (size_t i = 0; i < sizeof sent; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++) {
        if (strstr(meetings[i].name, only) == NULL) {
            continue;
        }
        bool is_pair = meetings[i].readers == 2;
        const struct explore_limits limits = {.switches = is_long   ? 3
                                                          : is_pair ? 2
                                                                    : 1,
                                              .kills = is_long || (is_pair && !meetings[i].is_slow),
                                              .with_kill = is_long,
                                              .most = is_long ? 20000 : 200};
        TEST(meetings[i].name)
        {
            struct exploration exploration = {.name = meetings[i].name,
                                              .context = &meetings[i],
                                              .begin = begin,
                                              .wait = wait_for_all,
                                              .judge = judge};
            struct explore_counts counts = {0};
            CHECK(explore(&exploration, &limits, &counts));
            printf("# %zu schedules, %zu of them with a kill, one in %zu, up to %zu points\n", counts.schedules,
                   counts.kills, counts.one_in, counts.points);
        }
    }
    return check_end();
}
