/*
 * tools_fuzz.c - run the complete tools on damaged and foreign memory.
 *
 * The tool runs as a process of the simulated machine (machine.h). The input
 * selects the command line and the objects that exist under NAME: memory of
 * another program, a damaged object of ours, an event, or nothing; with some of
 * the companions, or with objects of other kinds under their names. Before each
 * call of the tool to the machine another program may store anything in that
 * memory, or release the objects. The input selects this, too.
 *
 * For every input the tool ends with a documented status, prints at most one
 * line about a failure, and leaves nothing open. Waits cost nothing, because
 * the simulated clock jumps whenever every process waits.
 */
#include "common/fuzz/fuzz.h"
#include "common/memory/trailer.h"
#include "common/memory/value.h"
#include "common/tests/tool.h"

#define NAME "demo"
#define LOCK "demo.lock"
enum { PROCESS = 2 };

/* The options of each command line, those of shmread before those of shmwrite. */
static const char reads[] =
    "||--raw|--text|--follow|--follow --wait --raw|--wait|--output file|--encoding utf-16|--encoding cp932|--hex"
    "|--raw --hex --offset 3500|--offset 3 --length 5|--text --offset 1 --length 4 --encoding utf-16"
    "|--follow --hex --length 40|--encoding f32 --raw|--get a=f64@8*2 --get=t=text@3 --get=hex@0*9"
    "|--follow --json --get=w=utf-16@1*40|--raw --offset=1 --rows=2*100 --get=text@90 --get=i8@99|--json"
    "|--mutex demo.lock|--mutex demo.lock --wait|--mutex demo.lock --follow --raw|--message-box"
    "|--stat|--stat --json|--stat --wait|--list|--list --json";
static const char writes[] =
    "|new --update|new --update --offset 3|new --update --raw|7 --update --encoding i16 --pad 8|new --put"
    "|new --put --sealed|new --hold-for 10ms|--release|--stream|--stream --readers 2 --size 4K";
enum { READS = 28, LINES = READS + 10 };

/*
 * Run a command line. It has a timeout, because the process that owns the
 * mutexes of a stream may never release them.
 */
static int run_line(size_t line)
{
    static char text[200];
    const char *words[16];
    size_t count = 0;
    const char *options = line < READS ? reads : writes;
    for (size_t i = line < READS ? line : line - READS; i > 0; i--) {
        options = strchr(options + 1, '|');
    }
    (void)snprintf(text, sizeof text, "%s " NAME " %.*s", line < READS ? "shmread -t300ms" : "shmwrite -t100ms",
                   (int)strcspn(options + 1, "|"), options + 1);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    words[count] = NULL;
    return tool_run(PROCESS, words);
}

static const struct {
    const char *name;
    enum object_kind kind;
} companions[] = {
    {NAME ".winshm.holder", OBJECT_MUTEX},   {NAME ".winshm.release", OBJECT_EVENT},
    {NAME ".winshm.writer", OBJECT_MUTEX},   {NAME ".winshm.reads", OBJECT_SEMAPHORE},
    {NAME ".winshm.data", OBJECT_EVENT},     {NAME ".winshm.space", OBJECT_EVENT},
    {NAME ".winshm.producer", OBJECT_MUTEX}, {NAME ".winshm.consumer", OBJECT_MUTEX},
    {NAME ".winshm.data.0", OBJECT_EVENT},   {NAME ".winshm.consumer.0", OBJECT_MUTEX},
    {NAME ".winshm.data.1", OBJECT_EVENT},   {NAME ".winshm.consumer.1", OBJECT_MUTEX},
};
#define COMPANIONS (sizeof companions / sizeof *companions)

/* ---- Objects before the run -------------------------------------------------------------------------------------- */

static void forget(const char *known)
{
    if (object_kind_of(known) != OBJECT_NONE) {
        machine_forget(known);
    }
}

/* Change a word of the trailer or of a consumer's line, or any byte of the section. */
static void spoil(struct program *program)
{
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(NAME, &size);
    uint64_t choice = take(program, 1);
    if (bytes == NULL) {
        return;
    }
    if (choice % 4 == 0) {
        bytes[take(program, 2) % size] = (uint8_t)take(program, 1);
        return;
    }
    enum { LINE = WINSHM_TRAILER_SIZE - WINSHM_PAGE }; /* the lines of a fan-out begin in the last page */
    static const int words[] = {0,   8,   12,  16,  128, 136,      140,       144,       256,        264,
                                272, 288, 292, 304, 320, 384,      388,       392,       400,        408,
                                416, 424, 504, 24,  428, LINE + 0, LINE + 12, LINE + 16, LINE + 128, LINE + 140};
    uint8_t *word = bytes + size - WINSHM_TRAILER_SIZE + words[choice / 4 % (sizeof words / sizeof *words)];
    uint64_t value = 0;
    memcpy(&value, word, 4);
    value = take_number(program, value);
    memcpy(word, &value, 4);
    if ((uintptr_t)word % 8 == 0 && choice % 4 == 1) {
        memcpy(word, &value, 8);
    }
}

/*
 * Create a published value or stream of ours, then change it in a few places.
 */
static void make_ours(struct program *program)
{
    uint64_t setting = take(program, 1);
    struct trailer_plan plan;
    struct view view;
    struct mapping mapping;
    uint32_t kind = (uint32_t)(1 + setting % 4);
    uint32_t consumers = kind == WINSHM_FANOUT ? 2 + (uint32_t)(setting / 4 % 27) : 1;
    bool is_stream = kind == WINSHM_STREAM || kind == WINSHM_FANOUT;
    HOLDS(is_stream ? trailer_plan_stream(1, consumers, &plan) : trailer_plan(kind, 100, true, &plan));
    machine_foreign_section(NAME, NULL, plan.section_size, plan.section_size);
    view.base = machine_bytes(NAME, NULL);
    view.size = (size_t)plan.section_size;
    view.committed = view.size;
    trailer_begin(&view, &plan, &mapping);
    size_t length = is_stream ? 0 : (size_t)take(program, 1) % (size_t)plan.capacity;
    for (size_t i = 0; i < length; i++) {
        view.base[i] = (uint8_t)take(program, 1);
    }
    uint32_t encoding = (uint32_t)(setting / 4 % 5);
    static const uint32_t code_pages[] = {1252, 932, 437, 77};
    uint32_t code_page = encoding == WINSHM_CODE_PAGE ? code_pages[setting / 32 % 4] : 0;
    value_publish(&mapping, length, (struct value_text){.encoding = encoding, .code_page = code_page});
    for (uint64_t changes = take(program, 1) % 6; changes > 0; changes--) {
        spoil(program);
    }
}

static void make_foreign(struct program *program)
{
    uint64_t size = (1 + take(program, 1) % 3) * WINSHM_PAGE;
    uint64_t committed = take(program, 1) * WINSHM_PAGE % (size + WINSHM_PAGE);
    committed = committed == 0 ? size : committed;
    machine_foreign_section(NAME, NULL, size, committed);
    uint8_t *bytes = machine_bytes(NAME, NULL);
    uint64_t at = take(program, 1) % 4 == 0 ? WINSHM_PAGE - 16 : 0;
    for (uint64_t count = take(program, 1); count > 0 && at < committed; count--) {
        bytes[at++] = (uint8_t)take(program, 1);
    }
}

static void make_companions(struct program *program)
{
    uint64_t there = take(program, 1);
    uint64_t wrong = take(program, 1);
    uint64_t owned = take(program, 1);
    for (size_t i = 0; i < COMPANIONS; i++) {
        if ((there >> i % 8 & 1) == 0) {
            continue;
        }
        enum object_kind kind = companions[i].kind;
        if ((wrong >> i % 8 & 1) != 0) {
            kind = kind == OBJECT_MUTEX ? OBJECT_EVENT : OBJECT_MUTEX;
        }
        machine_foreign(companions[i].name, kind);
        if (kind == OBJECT_MUTEX && (owned >> i % 8 & 1) != 0) {
            machine_own(companions[i].name);
        }
    }
}

/*
 * Create the object for --mutex: none, a free mutex, one that another program
 * owns, or an event. Set the descriptor of the section to one from another
 * program.
 */
static void make_lock(uint64_t choice)
{
    static const char *const descriptors[] = {"D:NO_ACCESS_CONTROL",
                                              "D:(XA;;GR;;;WD;(a==\"(\"))(A;IO;037;;;\xED\xA0\xBD)",
                                              "D:", "D:P(D;;;;;BG)(A;;0x20005;;;AU)x(S:(AU;;;;;WD)", "S:)"};
    if (choice % 4 != 0) {
        machine_foreign(LOCK, choice % 4 == 3 ? OBJECT_EVENT : OBJECT_MUTEX);
    }
    if (choice % 4 == 2) {
        machine_own(LOCK);
    }
    if (object_kind_of(NAME) == OBJECT_SECTION) {
        machine_security(NAME, descriptors[choice / 4 % (sizeof descriptors / sizeof *descriptors)]);
    }
}

/* ---- Changes during the run -------------------------------------------------------------------------------------- */

static void meanwhile(void *context, const char *function, size_t index)
{
    struct program *program = context;
    (void)function;
    (void)index;
    if (program->left == 0) {
        return;
    }
    uint64_t choice = take(program, 1);
    switch (choice % 16) {
    case 5:
        forget(NAME);
        break;
    case 6:
        forget(companions[choice / 16 % COMPANIONS].name);
        break;
    case 7:
        machine_clock_advance(choice);
        break;
    case 8:
        if (choice == 8) {
            machine_interrupt(PROCESS);
        }
        break;
    default:
        if (choice % 16 < 5) {
            spoil(program);
        }
        break;
    }
}

/* ---- One input --------------------------------------------------------------------------------------------------- */

static void clear_away(void)
{
    machine_on_call(NULL, NULL);
    forget(NAME);
    forget(LOCK);
    for (size_t i = 0; i < COMPANIONS; i++) {
        forget(companions[i].name);
    }
    for (uint32_t started = 16; started <= machine_started(); started++) {
        machine_kill_process(started);
    }
    tool_sleep(1);
    HOLDS(machine_live_objects() == 0 && machine_live_views() == 0 && machine_live_memory() == 0);
    HOLDS(machine_leaks() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    tool_reset();
    size_t line = (size_t)take(&program, 1) % LINES;
    uint64_t setting = take(&program, 1);
    if ((setting & 1) != 0) {
        machine_output(PROCESS, STANDARD_OUTPUT, MACHINE_CONSOLE);
    }
    if ((setting & 0xC0) == 0xC0) {
        make_companions(&program);
    }
    if ((setting >> 1 & 7) == 1) {
        machine_foreign(NAME, OBJECT_EVENT);
    } else if ((setting >> 1 & 7) >= 2) {
        ((setting >> 1 & 7) >= 4 ? make_ours : make_foreign)(&program);
    }
    if ((setting & 0x20) != 0) {
        make_lock(take(&program, 1));
    }
    machine_on_call(meanwhile, &program);
    int status = run_line(line);
    machine_on_call(NULL, NULL);

    size_t failures = tool_failures(PROCESS);
    HOLDS(tool_is_status(status) || status == MACHINE_KILLED);
    HOLDS(tool_errors_are_lines(PROCESS));
    HOLDS(failures == (status == EXIT_DONE ? 0 : 1) || status == EXIT_INTERRUPTED || status == MACHINE_KILLED);
    clear_away();
    return 0;
}

void fuzz_seeds(void)
{
    for (uint8_t line = 0; line < LINES; line++) {
        /*
         * Each command line with nothing under NAME, with memory of other
         * programs, with each kind of our objects, and with a value that has
         * all companions. 2 is a stream, and 3 a stream for two readers.
         */
        const uint8_t seeds[][16] = {{line, 0},
                                     {line, 4, 0, 0, 1, 5, 'h', 0, 'i', 0, 0},
                                     {line, 4, 1, 1, 1, 4, 't', 'e', 'x', 't'},
                                     {line, 8, 0, 3, 'a', 'b', 'c', 0},
                                     {line, 8, 0x29, 3, 'a', 'b', 'c', 0},
                                     {line, 8, 2, 0},
                                     {line, 8, 3, 0},
                                     {line, 0xC8, 0xFF, 0, 0, 0, 3, 'a', 'b', 'c', 0},
                                     {line, 0xC8, 0xFF, 0, 0x4F, 2, 0, 0, 1, 0x21, 0, 9},
                                     {line, 0xC8, 0xFF, 0, 0x4F, 3, 1, 0x68, 0, 9},
                                     {line, 0x24, 0, 0, 1, 3, 'a', 'b', 0, 1},
                                     {line, 0x24, 0, 0, 1, 3, 'a', 0xE9, 0, 6},
                                     {line, 0x28, 1, 0, 0, 9, 7},
                                     {line, 9, 0xC, 4, 'a', 0, 'b', 0, 1, 0x25, 1, 1}};
        for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
            fuzz_seed(seeds[i], sizeof *seeds);
        }
    }
}
