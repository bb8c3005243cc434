/*
 * explore_test.c - run commands on one name under every short schedule.
 *
 *     explore_test                  the quick set, part of `make test`
 *     explore_test --long           more switches, and kills: part of `make soak`
 *     explore_test --only WORDS     the meetings with WORDS in their names
 *     explore_test --replay MEETING "17>3 40!32"
 *
 * A failure prints its schedule in the form that explorer.h describes. --replay
 * runs this one schedule, and prints each call of each program and each switch.
 *
 * The programs are the real writer_main() and reader_main(). Their
 * specification is serial_step() below: it defines the actions of each command
 * on one name, as if the actions happened one after the other. A run is correct
 * if some order of the actions results in the same exit statuses, outputs and
 * contents. In that order no action of a command comes before the command has
 * begun or after it has ended.
 *
 * A follower has to print the last value of a name that ends. If no program was
 * killed, it has to be woken for each change: when all others have ended, it
 * prints no more.
 */
#include <stdlib.h>

#include "common/memory/trailer.h"
#include "common/memory/value.h"
#include "common/tests/machine/explorer.h"
#include "common/tests/tool.h"

#define NAME "demo"
enum { COMMANDS = 6, WORDS = 10, RELEASE_AT_END = 14, FIRST = 2, DRIVER = 20, BACKGROUND = 32 };

/* ---- Commands --------------------------------------------------------------------------------------------------- */

enum verb {
    CREATE, /* in the foreground, until --hold-for ends or a --release */
    DETACH,
    LOCK, /* --detach --wait */
    PUT,
    UPDATE,
    RELEASE,
    PRINT,
    GET,
    WAIT,
    FOLLOW,
    STAT,
    LIST,
    SEND
};

struct command {
    enum verb verb;
    const char *text; /* the text that it stores or sends */
    unsigned reads;   /* --reads */
    const char *words[WORDS];
};

/* Texts longer than one word of the machine, with different lengths. */
#define OLD "old-old-old"
#define ONE "one-one-one-one"
#define TWO "two-two"

/* The machine stores this text in two words, and may switch between them. */
#define LONG "new-new-new-new-"

/*
 * The fields of --get are in different words of the machine. The last one ends
 * where OLD ends, and TWO does not have it.
 */
#define FIRST_FIELD "text@0*3"
#define LAST_FIELD "text@8*3"
enum { LAST_FIELD_AT = 8, FIELD_SIZE = 3 };
static const char no_field[] = "has no field " LAST_FIELD ": it has 7 bytes";

static const struct command create_one = {CREATE, ONE, 0, {"shmwrite", "--hold-for", "3s", NAME, ONE}};
static const struct command create_two = {CREATE, TWO, 0, {"shmwrite", "--hold-for", "3s", NAME, TWO}};
static const struct command detach_one = {DETACH, ONE, 0, {"shmwrite", "--detach", NAME, ONE}};
static const struct command detach_two = {DETACH, TWO, 0, {"shmwrite", "--detach", NAME, TWO}};
static const struct command lock_one = {LOCK, ONE, 0, {"shmwrite", "-dw", "--timeout", "200ms", NAME, ONE}};
static const struct command lock_two = {LOCK, TWO, 0, {"shmwrite", "-dw", "--timeout", "200ms", NAME, TWO}};
static const struct command put_one = {PUT, ONE, 0, {"shmwrite", "--put", NAME, ONE}};
static const struct command put_two = {PUT, TWO, 0, {"shmwrite", "--put", NAME, TWO}};
static const struct command update_one = {UPDATE, ONE, 0, {"shmwrite", "--update", NAME, ONE}};
static const struct command update_two = {UPDATE, TWO, 0, {"shmwrite", "--update", NAME, TWO}};
static const struct command update_long = {UPDATE, LONG, 0, {"shmwrite", "--update", NAME, LONG}};
static const struct command put_long = {PUT, LONG, 0, {"shmwrite", "--put", NAME, LONG}};
static const struct command append_one = {UPDATE, ONE, 0, {"shmwrite", "--update", "--append", NAME, ONE}};
static const struct command append_two = {UPDATE, TWO, 0, {"shmwrite", "--update", "--append", NAME, TWO}};
static const struct command put_append = {PUT, TWO, 0, {"shmwrite", "--put", "--append", NAME, TWO}};
static const struct command release_it = {RELEASE, NULL, 0, {"shmwrite", "--release", NAME}};
static const struct command print_it = {PRINT, NULL, 0, {"shmread", NAME}};
static const struct command get_it = {GET, NULL, 0, {"shmread", "--get", FIRST_FIELD, "--get", LAST_FIELD, NAME}};
static const struct command wait_it = {WAIT, NULL, 0, {"shmread", "--wait", "--timeout", "2s", NAME}};
static const struct command follow_it = {FOLLOW, NULL, 0, {"shmread", "--follow", "--timeout", "5s", NAME}};
static const struct command stat_it = {STAT, NULL, 0, {"shmread", "--stat", NAME}};
static const struct command list_it = {LIST, NULL, 0, {"shmread", "--list", NAME}};
static const struct command item_one = {DETACH, ONE, 1, {"shmwrite", "--detach", "--reads", "1", NAME, ONE}};
static const struct command item_two = {DETACH, TWO, 1, {"shmwrite", "--detach", "--reads", "1", NAME, TWO}};
static const struct command item_old = {DETACH, OLD, 1, {"shmwrite", "--detach", "--reads", "1", NAME, OLD}};
static const struct command put_item = {PUT, ONE, 1, {"shmwrite", "--put", "--reads", "1", NAME, ONE}};
static const struct command detach_old = {DETACH, OLD, 0, {"shmwrite", "--detach", NAME, OLD}};
static const struct command send_it = {
    SEND, "bytes of a stream", 0, {"shmwrite", "--stream", "--size", "4096", "--timeout", "2s", NAME}};
static const struct command send_file = {/* its input is a file, and not a pipe */
                                         SEND,
                                         "bytes of a stream",
                                         0,
                                         {"shmwrite", "--stream", "--size", "4096", "--timeout", "2s", NAME}};

/* ---- The specification ------------------------------------------------------------------------------------------- */

enum { NOBODY = -1, BEFORE = COMMANDS };

/* The state of NAME in the specification. */
struct world {
    bool exists;
    bool is_stream;
    bool is_counted;  /* its reads are counted */
    const char *text; /* the last text, also after the end */
    const char *late; /* the text of an update that came after the end, or NULL */
    unsigned left;    /* reads left, 0: any number */
    int holder;       /* the command that created it, or BEFORE */
    int consumer;     /* the reader of a stream, or NOBODY */
    bool delivered;
    bool failed;
    bool dead[COMMANDS + 1]; /* the holder that this command started has been killed */
};

/* The progress of a command in the specification. */
struct serial {
    const struct command *command;
    int stage;
    bool is_over;
    bool was_late; /* an update that came after the end of the value */
    int status;
    char output[200];
};

/* The observed results of a command. */
struct seen {
    const struct command *command;
    uint32_t process;
    bool is_killed;
    bool was_begun;
    int status;
    size_t began;
    size_t ended;
    char output[200];
    char errors[300];
    char output_at_rest[200]; /* of a follower: when all other commands have ended */
    bool is_over_at_rest;
};

struct meeting {
    const char *name;
    const struct command *before;                /* run before the meeting, or NULL */
    const struct command *programs[4][COMMANDS]; /* the commands of each program, in order */
};

static size_t seen_count;
static struct seen seen[COMMANDS];
static uint32_t held_before; /* the process that holds NAME before the meeting */
static bool found;
static char found_text[100];

static bool over(struct serial *serial, int status)
{
    serial->is_over = true;
    serial->status = status;
    return true;
}

static void say(struct serial *serial, const char *text)
{
    (void)strncat(serial->output, text, sizeof serial->output - strlen(serial->output) - 1);
}

static void make(struct world *world, const struct command *command, int holder)
{
    world->exists = true;
    world->is_stream = command->verb == SEND;
    world->is_counted = command->reads > 0;
    world->late = NULL;
    world->text = command->text;
    world->left = command->reads;
    world->holder = holder;
    world->consumer = NOBODY;
    world->delivered = false;
    world->failed = false;
}

/*
 * Return whether all other commands have ended, wait, or begin after this one.
 * Time passes only then.
 */
static bool all_wait(const struct serial *serials, size_t self)
{
    for (size_t i = 0; i < seen_count; i++) {
        const struct serial *other = &serials[i];
        enum verb verb = other->command->verb;
        bool waits = verb == WAIT || verb == FOLLOW || (verb == LOCK && other->stage == 0) ||
                     (other->stage > 0 && (verb == CREATE || verb == SEND));
        bool is_later = seen[i].began >= seen[self].ended;
        if (i != self && !other->is_over && !waits && !is_later) {
            return false;
        }
    }
    return true;
}

static void count_read(struct world *world)
{
    if (world->left == 1) {
        world->exists = false;
    }
    world->left -= world->left > 0;
}

/*
 * Let --get print both fields of one text, or report that the text is short. It
 * prints a part of the contents, so it is no read of --reads.
 */
static bool step_get(struct world *world, struct serial *serial)
{
    const char *text = world->text;
    if (!world->exists) {
        return over(serial, EXIT_NOTHING);
    }
    if (strlen(text) < LAST_FIELD_AT + FIELD_SIZE) {
        say(serial, no_field);
        return over(serial, EXIT_NOTHING);
    }
    char fields[20];
    (void)snprintf(fields, sizeof fields, "%.3s\r\n%.3s\r\n", text, text + LAST_FIELD_AT);
    say(serial, fields);
    return over(serial, EXIT_DONE);
}

static bool step_reader(struct world *world, struct serial *serial, int self)
{
    if (world->is_stream && world->consumer != NOBODY) {
        return over(serial, EXIT_CONFLICT);
    }
    if (world->is_stream) {
        world->consumer = self;
        serial->stage = 1;
        return true;
    }
    say(serial, world->text);
    count_read(world);
    return over(serial, EXIT_DONE);
}

/* Let the reader of a stream read to its end. */
static bool step_consumer(struct world *world, struct serial *serial, int self, int way)
{
    if (way == 0 && world->exists && world->is_stream && world->consumer == self) {
        say(serial, world->text);
        world->delivered = true;
        return over(serial, EXIT_DONE);
    }
    bool is_gone = !world->exists || !world->is_stream || world->consumer != self;
    if (way == 1 && is_gone) {
        /* The reader printed the part that had arrived. */
        const char *output = seen[self].output;
        say(serial, strncmp(send_it.text, output, strlen(output)) == 0 ? output : "");
        return over(serial, EXIT_BROKEN);
    }
    return false;
}

/* Return whether the text is the last one that the command has printed. */
static bool has_printed(const struct serial *serial, const char *text)
{
    size_t length = strlen(serial->output);
    size_t size = strlen(text);
    return length >= size + 2 && strncmp(serial->output + length - size - 2, text, size) == 0;
}

/*
 * A follower that has printed a value of a name ends with its last one. Only
 * the last of counted reads may be that of another reader. After the end a
 * follower may still print an update that came too late.
 */
static bool step_follow(struct world *world, struct serial *serial, const struct serial *serials, int self, int way)
{
    if (!world->exists) {
        bool is_early = serial->stage == 0;
        bool has_late = world->late != NULL && has_printed(serial, world->late);
        bool may_end =
            is_early || world->is_counted || world->is_stream || has_late || has_printed(serial, world->text);
        if (way == 2 && world->late != NULL && !has_late) {
            say(serial, world->late);
            say(serial, "\r\n");
            serial->stage = 2;
            return true;
        }
        return (way == 0 && may_end && over(serial, is_early ? EXIT_NOTHING : EXIT_DONE)) ||
               (way == 1 && !is_early && all_wait(serials, (size_t)self) && over(serial, EXIT_TIMED_OUT));
    }
    if (world->is_stream) {
        return way == 0 && step_reader(world, serial, self);
    }
    if (way == 0 && !has_printed(serial, world->text)) {
        say(serial, world->text);
        say(serial, "\r\n");
        serial->stage = 2;
        count_read(world);
        return true;
    }
    return way == 1 && all_wait(serials, (size_t)self) && over(serial, EXIT_TIMED_OUT);
}

/* Let the writer of a stream continue after it has created the stream. */
static bool step_sender(struct world *world, struct serial *serial, const struct serial *serials, int self, int way)
{
    static const int ends[] = {EXIT_DONE, EXIT_TIMED_OUT, EXIT_BROKEN};
    bool is_ours = world->exists && world->is_stream && world->holder == self;
    bool may_end[] = {is_ours && world->delivered,
                      is_ours && world->consumer == NOBODY && all_wait(serials, (size_t)self),
                      !is_ours || world->failed};
    if (way > 2 || !may_end[way]) {
        return false;
    }
    world->exists = world->exists && !is_ours;
    return over(serial, ends[way]);
}

static bool sender_was_killed(void)
{
    for (size_t i = 0; i < seen_count; i++) {
        if (seen[i].command->verb == SEND && seen[i].is_killed) {
            return true;
        }
    }
    return false;
}

/* Let a command create NAME if it does not exist. */
static bool step_create(struct world *world, struct serial *serial, int self)
{
    if (world->exists) {
        return over(serial, EXIT_CONFLICT);
    }
    make(world, serial->command, self);
    serial->stage = 1;
    return true;
}

/*
 * Return the contents that a command stores onto `old`. No meeting lets --put
 * append to a value that was there before: if its holder is killed while an
 * updater has it open, --put takes it over with its contents. Each text of --append
 * is kept, so that the search can compare and copy pointers.
 */
static const char *stored(const struct command *command, const char *old)
{
    static char joined[64][100];
    char text[100];
    if (strcmp(command->words[2], "--append") != 0 || old == NULL) {
        return command->text;
    }
    (void)snprintf(text, sizeof text, "%s%s", old, command->text);
    size_t i = 0;
    while (joined[i][0] != '\0' && strcmp(joined[i], text) != 0) {
        i++;
    }
    memcpy(joined[i], text, sizeof text);
    return joined[i];
}

static bool step_change(struct world *world, struct serial *serial)
{
    if (world->exists && world->is_stream) {
        return over(serial, EXIT_CONFLICT);
    }
    world->text = world->exists ? stored(serial->command, world->text) : serial->command->text;
    return over(serial, world->exists ? EXIT_DONE : EXIT_NOTHING);
}

/* Let an update be stored that finds afterwards that the value has ended. */
static bool come_too_late(struct world *world, struct serial *serial)
{
    if (world->exists || world->text == NULL || world->is_stream || serial->was_late || serial->stage != 0) {
        return false;
    }
    world->late = stored(serial->command, world->text);
    serial->was_late = true;
    return true;
}

/* Let a command do its next action if it may do that in one way only. */
static bool step_only(struct world *world, struct serial *serial, int self)
{
    bool is_new = serial->stage == 0;
    switch (serial->command->verb) {
    case CREATE:
        if (is_new) {
            return step_create(world, serial, self);
        }
        world->exists = world->exists && world->holder != self;
        return over(serial, EXIT_DONE);
    case SEND:
        return step_create(world, serial, self);
    case DETACH:
        return is_new ? step_create(world, serial, self) : over(serial, EXIT_DONE);
    case LOCK:
        if (!is_new) {
            return over(serial, EXIT_DONE);
        }
        return !world->exists && step_create(world, serial, self);
    case PUT:
        if (!is_new) {
            return over(serial, EXIT_DONE);
        }
        return world->exists ? step_change(world, serial) : step_create(world, serial, self);
    case UPDATE:
        return step_change(world, serial);
    case RELEASE:
        /*
         * The command has found the value and detects that it disappears,
         * because of this command or of another one at the same time.
         */
        if (is_new && world->exists) {
            serial->stage = 1;
            return true;
        }
        world->exists = false;
        return over(serial, is_new ? EXIT_NOTHING : EXIT_DONE);
    case PRINT:
        return world->exists ? step_reader(world, serial, self) : over(serial, EXIT_NOTHING);
    case GET:
        return step_get(world, serial);
    case WAIT:
        return world->exists && step_reader(world, serial, self);
    case LIST:
        say(serial, world->exists ? NAME : "");
        return over(serial, world->exists ? EXIT_DONE : EXIT_NOTHING);
    case STAT:
        return over(serial, world->exists ? EXIT_DONE : EXIT_NOTHING);
    case FOLLOW:
        break;
    }
    return false;
}

/*
 * Let the command `self` do its next action. If it may do it in several ways,
 * `way` is the index of one. Return false if it cannot do this now.
 */
static bool serial_step(struct world *world, struct serial *serials, int self, int way)
{
    struct serial *serial = &serials[self];
    enum verb verb = serial->command->verb;
    bool is_reader = verb == PRINT || verb == WAIT || verb == FOLLOW;
    if (is_reader && serial->stage == 1) {
        return step_consumer(world, serial, self, way);
    }
    if (way == 2 && (verb == UPDATE || verb == PUT)) {
        return come_too_late(world, serial);
    }
    if (is_reader && serial->stage == 0 && way >= 2 && sender_was_killed()) {
        /* The command opened a stream whose writer was being killed. */
        return over(serial, way == 2 ? EXIT_BROKEN : EXIT_CONFLICT);
    }
    if (verb == FOLLOW) {
        return step_follow(world, serial, serials, self, way);
    }
    if (verb == SEND && serial->stage == 1) {
        return step_sender(world, serial, serials, self, way);
    }
    if (way == 1 && verb == WAIT) {
        return !world->exists && all_wait(serials, (size_t)self) && over(serial, EXIT_TIMED_OUT);
    }
    if (way == 2 && verb == LOCK) {
        return serial->stage == 0 && world->exists && all_wait(serials, (size_t)self) && over(serial, EXIT_TIMED_OUT);
    }
    if (way == 1 && (verb == PUT || verb == DETACH || verb == LOCK)) {
        return world->dead[self] && over(serial, EXIT_SYSTEM); /* killed before it held NAME */
    }
    if (way == 1 && verb == RELEASE) {
        return serial->stage == 1 && !world->exists && over(serial, EXIT_DONE);
    }
    return way == 0 && step_only(world, serial, self);
}

enum { WAYS = 4 };

/*
 * End a killed command. The value that it holds itself disappears. With
 * `holder_too` a value disappears, too, that its holder in the background has
 * created and does not hold yet. Return false if there is none.
 */
static bool cut(struct world *world, struct serial *serial, int self, bool holder_too)
{
    bool is_holder = world->exists && world->holder == self;
    bool in_foreground = serial->command->verb == CREATE || serial->command->verb == SEND;
    if (is_holder && (in_foreground || holder_too)) {
        world->exists = false;
    } else if (holder_too) {
        return false;
    }
    world->failed = world->failed || world->consumer == self;
    return over(serial, MACHINE_KILLED);
}

/*
 * Return whether the results of a command so far agree with the observed ones.
 */
static bool agrees(const struct serial *serial, const struct seen *was)
{
    size_t length = strlen(serial->output);
    if (was->is_killed) {
        return true;
    }
    return serial->is_over ? serial->status == was->status && strcmp(serial->output, was->output) == 0
                           : strncmp(serial->output, was->output, length) == 0;
}

static bool may_act(const struct serial *serials, size_t self)
{
    for (size_t i = 0; i < seen_count; i++) {
        bool comes_first = !seen[i].is_killed && seen[i].ended < seen[self].began;
        if (i != self && comes_first && !serials[i].is_over) {
            return false;
        }
    }
    return true;
}

/*
 * Return the command that started the killed process if that was a holder in
 * the background, else NOBODY.
 */
static int killed_holder_of(void)
{
    uint32_t killed = explore_killed();
    if (killed < BACKGROUND) {
        return NOBODY;
    }
    return killed == held_before ? BEFORE : COMMANDS + 1;
}

static bool search(const struct world *world, const struct serial *serials, bool death_to_come)
{
    bool is_end = true;
    for (size_t i = 0; i < seen_count; i++) {
        is_end = is_end && serials[i].is_over;
    }
    if (is_end && !death_to_come && world->exists == found && (!found || strcmp(world->text, found_text) == 0)) {
        return true;
    }
    if (death_to_come) {
        /* An unknown holder may belong to any command. */
        int holder = killed_holder_of();
        for (int which = 0; which <= COMMANDS; which++) {
            if (holder == which || (holder > COMMANDS && which < (int)seen_count)) {
                struct world later = *world;
                later.dead[which] = true;
                if (later.exists && later.holder == which) {
                    later.exists = false;
                }
                if (search(&later, serials, false)) {
                    return true;
                }
            }
        }
    }
    for (size_t i = 0; i < seen_count; i++) {
        if (serials[i].is_over || !may_act(serials, i)) {
            continue;
        }
        for (int way = 0; way < WAYS + 2; way++) {
            struct world later = *world;
            struct serial next[COMMANDS];
            memcpy(next, serials, sizeof next);
            bool acts = way < WAYS ? serial_step(&later, next, (int)i, way)
                                   : seen[i].is_killed && cut(&later, &next[i], (int)i, way > WAYS);
            if (acts && agrees(&next[i], &seen[i]) && search(&later, next, death_to_come)) {
                return true;
            }
        }
    }
    return false;
}

/* Return whether an order of the actions explains all observed results. */
static bool is_serial(const struct meeting *meeting)
{
    struct world world = {.consumer = NOBODY};
    struct serial serials[COMMANDS] = {{0}};
    if (meeting->before != NULL) {
        make(&world, meeting->before, BEFORE);
    }
    for (size_t i = 0; i < seen_count; i++) {
        serials[i].command = seen[i].command;
        serials[i].is_over = !seen[i].was_begun;
    }
    return search(&world, serials, killed_holder_of() != NOBODY);
}

/* ---- Sentences --------------------------------------------------------------------------------------------------- */

/* The messages of each status: the command prints a line that contains one. */
static const struct {
    int status;
    const char *sentences[8];
} sentences[] = {
    {EXIT_NOTHING,
     {"does not exist", "has no contents yet", "has been released, but another program",
      "no shared memory matches the pattern", no_field}},
    {EXIT_CONFLICT,
     {"already exists", "is a stream that already has its reader", "is a stream that already had its reader",
      "is a stream, and cannot be updated"}},
    {EXIT_TIMED_OUT, {"timed out waiting for"}},
    {EXIT_BROKEN,
     {"was released before the input ended", "was released before all of it was read", "the reader has died",
      "the writer has died", "the reader failed"}},
    {EXIT_SYSTEM, {"the holder in the background ended with status"}},
};

static bool may_be_said(const struct seen *was)
{
    size_t failures = tool_failures(was->process);
    if (was->status == EXIT_DONE) {
        return failures == 0;
    }
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        for (size_t j = 0; j < 8 && sentences[i].sentences[j] != NULL; j++) {
            if (sentences[i].status == was->status &&
                strstr(tool_errors(was->process), sentences[i].sentences[j]) != NULL) {
                return failures == 1;
            }
        }
    }
    return false;
}

/* ---- A run ------------------------------------------------------------------------------------------------------- */

struct script {
    const struct command *const *commands;
    size_t first; /* index in `seen` */
    size_t count;
};
static struct script scripts[4];

static int run_command(void *context)
{
    const struct seen *was = context;
    struct tool *tool = tool_prepare(was->process, was->command->words);
    return tool_main(tool->count, tool->arguments);
}

/*
 * Run the commands of a script in order, each as a process of its own. A killed
 * program ends the script.
 */
static int run_script(void *context)
{
    const struct script *script = context;
    for (size_t i = 0; i < script->count; i++) {
        struct seen *was = &seen[script->first + i];
        was->was_begun = true;
        was->began = explore_now();
        was->status = machine_run(was->process, run_command, was);
        was->ended = explore_now();
        was->is_killed = was->status == MACHINE_KILLED;
        if (was->is_killed) {
            break;
        }
    }
    return 0;
}

static void begin(void *context)
{
    static const struct machine_piece pieces[] = {{"bytes of ", 9, 0}, {"a stream", 8, 0}};
    const struct meeting *meeting = context;
    tool_reset();
    held_before = 0;
    if (meeting->before != NULL) {
        (void)tool_run(DRIVER - 1, meeting->before->words);
        held_before = machine_started();
        tool_sleep(1);
    }
    seen_count = 0;
    for (size_t i = 0; i < 4 && meeting->programs[i][0] != NULL; i++) {
        scripts[i] = (struct script){.commands = meeting->programs[i], .first = seen_count};
        for (; scripts[i].commands[scripts[i].count] != NULL; scripts[i].count++) {
            seen[seen_count] = (struct seen){.command = scripts[i].commands[scripts[i].count],
                                             .process = (uint32_t)(FIRST + seen_count)};
            if (seen[seen_count].command == &send_file) {
                machine_input_file(seen[seen_count].process, send_file.text, strlen(send_file.text),
                                   strlen(send_file.text));
            } else {
                machine_input_pipe(seen[seen_count].process, pieces, 2);
            }
            seen_count++;
        }
        machine_start((uint32_t)(DRIVER + i), run_script, &scripts[i]);
    }
}

/* Wait for the programs that begin with --follow, or for all others. */
static void wait_for(const struct meeting *meeting, bool follows)
{
    for (size_t i = 0; i < 4 && meeting->programs[i][0] != NULL; i++) {
        if ((meeting->programs[i][0]->verb == FOLLOW) == follows) {
            (void)machine_finish((uint32_t)(DRIVER + i));
        }
    }
}

/*
 * Wait for all programs. When all but the followers have ended, give the
 * followers a moment, and record their output.
 */
static void wait_for_all(void *context)
{
    wait_for(context, false);
    tool_sleep(1);
    for (size_t i = 0; i < seen_count; i++) {
        struct seen *was = &seen[i];
        was->is_over_at_rest = was->ended != 0;
        (void)snprintf(was->output_at_rest, sizeof was->output_at_rest, "%s", tool_output(was->process));
    }
    wait_for(context, true);
}

/* Read NAME and set `found` and `found_text`. */
static void look(void)
{
    struct view view = {0};
    struct mapping mapping;
    struct value_look now;
    uint64_t size = 0;
    view.base = machine_bytes(NAME, &size);
    view.size = view.committed = (size_t)size;
    found = view.base != NULL && trailer_attach(&view, &mapping) == TRAILER_OURS;
    found_text[0] = '\0';
    if (found && mapping.kind == WINSHM_VALUE && value_look(&mapping, &now)) {
        (void)snprintf(found_text, sizeof found_text, "%.*s", (int)now.slot.length, (const char *)now.contents);
    }
}

static void keep_output(struct seen *was)
{
    (void)snprintf(was->output, sizeof was->output, "%s", tool_output(was->process));
    (void)snprintf(was->errors, sizeof was->errors, "%s", tool_errors(was->process));
    if (was->command->verb == GET && strstr(was->errors, no_field) != NULL) {
        (void)snprintf(was->output + strlen(was->output), sizeof was->output - strlen(was->output), "%s", no_field);
    }
    if (was->command->verb == STAT || was->command->verb == LIST) {
        /*
         * A released value does not exist, although both tools show it as long
         * as its memory exists.
         */
        bool is_released = was->status == EXIT_DONE && strstr(was->output, "released") != NULL;
        bool is_listed = was->command->verb == LIST && strstr(was->output, NAME) != NULL && !is_released;
        (void)strcpy(was->output, is_listed ? NAME : "");
        was->status = is_released ? EXIT_NOTHING : was->status;
    }
}

static char told[2000];

static const char *describe(const char *what)
{
    size_t length = (size_t)snprintf(told, sizeof told, "%s;", what);
    for (size_t i = 0; i < seen_count && length < sizeof told - 500; i++) {
        const struct seen *was = &seen[i];
        length += (size_t)snprintf(told + length, sizeof told - length, " [%u %s: %d%s \"%s\" %.*s]", was->process,
                                   was->command->words[1], was->status, was->is_killed ? " killed" : "", was->output,
                                   (int)strcspn(was->errors, "\r\n"), was->errors);
    }
    (void)snprintf(told + length, sizeof told - length, " afterwards: %s%s", found ? "" : "nothing", found_text);
    return told;
}

/* Check that no object, view or memory is left after the run. */
static const char *clear_away(void)
{
    bool was_found = found;
    int status = RUN(RELEASE_AT_END, "shmwrite", "-q", "--release", NAME);
    if (status != (was_found ? EXIT_DONE : EXIT_NOTHING)) {
        return "a --release at the end has another status than 0 for something, or 1 for nothing";
    }
    tool_sleep(100);
    if (machine_live_objects() != 0 || machine_live_views() != 0 || machine_live_memory() != 0) {
        return "something is left over at the end";
    }
    if (machine_leaks() != 0) {
        return "a program has left something when it returned";
    }
    return NULL;
}

/*
 * Return whether each follower had printed all that it prints, and had ended if
 * NAME had, when the other commands had ended. A follower that meets a value
 * without contents polls. So a meeting in which a program goes on after a
 * --release, and creates NAME again, is left out.
 */
static bool was_woken(const struct meeting *meeting)
{
    for (size_t i = 0; i < 4; i++) {
        if (meeting->programs[i][0] == &release_it && meeting->programs[i][1] != NULL) {
            return true;
        }
    }
    for (size_t i = 0; i < seen_count; i++) {
        const struct seen *was = &seen[i];
        bool is_late = strcmp(was->output, was->output_at_rest) != 0 || (!found && !was->is_over_at_rest);
        if (was->command->verb == FOLLOW && is_late) {
            return false;
        }
    }
    return true;
}

static const char *judge(void *context)
{
    const struct meeting *meeting = context;
    const char *wrong = NULL;
    look();
    for (size_t i = 0; i < seen_count; i++) {
        if (seen[i].was_begun && !seen[i].is_killed && wrong == NULL && !may_be_said(&seen[i])) {
            wrong = "a status with a sentence that does not belong to it";
        }
        keep_output(&seen[i]);
    }
    if (!is_serial(meeting)) {
        wrong = "no order of the commands does this";
    }
    if (explore_killed() == 0 && !was_woken(meeting)) {
        wrong = "a follower was not woken";
    }
    const char *left = clear_away();
    wrong = wrong != NULL ? wrong : left;
    return wrong == NULL ? NULL : describe(wrong);
}

/* ---- The meetings ------------------------------------------------------------------------------------------------ */

/* The important triples, and other meetings that are not pairs. */
static const struct meeting meetings[] = {
    {"put put release", NULL, {{&put_one}, {&put_two}, {&release_it}}},
    {"held: put put release", &detach_old, {{&put_one}, {&put_two}, {&release_it}}},
    {"put release read", NULL, {{&put_one}, {&release_it}, {&print_it}}},
    {"held: put release read", &detach_old, {{&put_one}, {&release_it}, {&print_it}}},
    {"create update release", NULL, {{&create_one}, {&update_two}, {&release_it}}},
    {"detach update release", NULL, {{&detach_one}, {&update_two}, {&release_it}}},
    {"lock lock", NULL, {{&lock_one}, {&lock_two}}},
    {"held: lock lock release", &detach_old, {{&lock_one}, {&lock_two}, {&release_it}}},
    {"two scripts that lock and release", NULL, {{&lock_one, &release_it}, {&lock_two, &release_it}}},
    {"held: put release release", &detach_old, {{&put_one}, {&release_it}, {&release_it}}},
    {"held: put update release", &detach_old, {{&put_one}, {&update_two}, {&release_it}}},
    {"item: read read", &item_old, {{&print_it}, {&print_it}}},
    {"item: read read put", &item_old, {{&print_it}, {&print_it}, {&item_one}}},
    {"held: append append", &detach_old, {{&append_one}, {&append_two}}},
    {"held: append append put", &detach_old, {{&append_one}, {&append_two}, {&put_long}}},
    {"held: append append release", &detach_old, {{&append_one}, {&append_two}, {&release_it}}},
    {"detach append append", NULL, {{&detach_old}, {&append_one}, {&append_two}}},
    {"append append", NULL, {{&put_append}, {&put_append}}},
    {"held: follow append update", &detach_old, {{&follow_it}, {&append_one}, {&update_two}}},
    {"item: read update", &item_old, {{&print_it}, {&update_two}}},
    {"item: read put", &item_old, {{&print_it}, {&put_two}}},
    {"item: read read update", &item_old, {{&print_it}, {&print_it}, {&update_two}}},
    {"put --reads 1, put", NULL, {{&put_item}, {&put_two}}},
    {"items: producer, two consumers", NULL, {{&item_one, &item_two}, {&wait_it}, {&wait_it}}},
    {"items: producer, a loop of a consumer", NULL, {{&item_one, &item_two}, {&wait_it, &wait_it}}},
    {"item: loop of a consumer, producer", &item_old, {{&wait_it, &wait_it}, {&item_one}}},
    {"stream, two readers", NULL, {{&send_it}, {&wait_it}, {&wait_it}}},
    {"stream, reader that waits, reader", NULL, {{&send_it}, {&wait_it}, {&print_it}}},
    {"stream of a file, reader that waits", NULL, {{&send_file}, {&wait_it}}},
    {"get put", NULL, {{&get_it}, {&put_long}}},
    {"held: get update", &detach_old, {{&get_it}, {&update_long}}},
    {"held: get put", &detach_old, {{&get_it}, {&put_long}}},
    {"held: get release", &detach_old, {{&get_it}, {&release_it}}},
    {"held: get, shorter update", &detach_old, {{&get_it}, {&update_two}}},
    {"held: get, two updates", &detach_old, {{&get_it}, {&update_long, &update_two}}},
    {"held: get update put", &detach_old, {{&get_it}, {&update_two}, {&put_long}}},
    {"held: get update release", &detach_old, {{&get_it}, {&update_long}, {&release_it}}},
    {"item: get read", &item_old, {{&get_it}, {&print_it}}},
    {"held: follow, two updates", &detach_old, {{&follow_it}, {&update_one}, {&update_two}}},
    {"held: follow update release", &detach_old, {{&follow_it}, {&update_one}, {&release_it}}},
    {"held: follow, two updates and release", &detach_old, {{&follow_it}, {&update_one}, {&update_two, &release_it}}},
    {"held: two followers, put and release", &detach_old, {{&follow_it}, {&follow_it}, {&put_one, &release_it}}},
    {"held: follow, end and a new value", &detach_old, {{&follow_it}, {&release_it, &put_one, &release_it}}},
};

/* Every pair of these commands meets on a free name and on one that is held. */
static const struct {
    const char *name;
    const struct command *first;
    const struct command *second;
} verbs[] = {
    {"create", &create_one, &create_two}, {"detach", &detach_one, &detach_two},  {"put", &put_one, &put_two},
    {"update", &update_one, &update_two}, {"release", &release_it, &release_it}, {"print", &print_it, &print_it},
    {"wait", &wait_it, &wait_it},         {"follow", &follow_it, &follow_it},    {"stat", &stat_it, &stat_it},
    {"list", &list_it, &list_it},         {"item", &item_one, &item_two},        {"send", &send_it, &send_it},
};
enum { MEETINGS = sizeof meetings / sizeof *meetings, VERBS = sizeof verbs / sizeof *verbs };

static struct exploration exploration_of(const struct meeting *meeting)
{
    return (struct exploration){.name = meeting->name,
                                .context = (void *)(uintptr_t)meeting,
                                .begin = begin,
                                .wait = wait_for_all,
                                .judge = judge};
}

static struct meeting all[MEETINGS + VERBS * (VERBS + 1)];
static char names[VERBS * (VERBS + 1)][60];
static size_t all_count = MEETINGS;

/*
 * List every pair except two --stream: send_run() has a static variable, which
 * all simulated processes share.
 */
static void list_meetings(void)
{
    memcpy(all, meetings, sizeof meetings);
    for (size_t i = 0; i < 2 * VERBS * VERBS; i++) {
        bool is_held = i >= VERBS * VERBS;
        size_t first = i / VERBS % VERBS;
        size_t second = i % VERBS;
        if (second < first || (verbs[first].first == &send_it && verbs[second].second == &send_it)) {
            continue;
        }
        char *label = names[all_count - MEETINGS];
        (void)snprintf(label, sizeof names[0], "%s%s + %s", is_held ? "held: " : "", verbs[first].name,
                       verbs[second].name);
        all[all_count++] = (struct meeting){.name = label,
                                            .before = is_held ? &detach_old : NULL,
                                            .programs = {{verbs[first].first}, {verbs[second].second}}};
    }
}

/* ---- The sets ---------------------------------------------------------------------------------------------------- */

static const struct explore_limits quick_pairs = {.switches = 1};
static const struct explore_limits quick_triples = {.switches = 2, .kills = true, .most = 500};
static const struct explore_limits long_pairs = {.switches = 2, .kills = true, .with_kill = 1, .most = 10000};
static const struct explore_limits long_triples = {.switches = 3, .kills = true, .with_kill = 1, .most = 30000};

/* The command line. */
struct request {
    const char *only; /* NULL: all */
    const char *schedule;
    bool is_long;
};

static const struct explore_limits *limits_for(const struct request *request, const struct meeting *meeting)
{
    bool is_pair = meeting >= all + MEETINGS;
    if (is_pair) {
        return request->is_long ? &long_pairs : &quick_pairs;
    }
    return request->is_long ? &long_triples : &quick_triples;
}

static bool parse(int count, char **arguments, struct request *request)
{
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (strcmp(arguments[i], "--long") == 0) {
            request->is_long = true;
        } else if (strcmp(arguments[i], "--only") == 0 && value != NULL) {
            request->only = arguments[++i];
        } else if (strcmp(arguments[i], "--replay") == 0 && i + 2 < count) {
            request->only = value;
            request->schedule = arguments[i + 2];
            i += 2;
        } else {
            return false;
        }
    }
    return true;
}

static int replay(const struct request *request)
{
    for (size_t i = 0; i < all_count; i++) {
        if (strcmp(all[i].name, request->only) == 0) {
            struct exploration exploration = exploration_of(&all[i]);
            return explore_replay(&exploration, request->schedule) ? 0 : 1;
        }
    }
    printf("# no meeting is called \"%s\"\n", request->only);
    return 2;
}

int main(int count, char **arguments)
{
    struct request request = {0};
    struct explore_counts sum = {0};
    list_meetings();
    if (!parse(count, arguments, &request)) {
        (void)fputs("explore_test: see the head of explore_test.c\n", stderr);
        return 2;
    }
    if (request.schedule != NULL) {
        return replay(&request);
    }
    for (size_t i = 0; i < all_count; i++) {
        if (request.only != NULL && strstr(all[i].name, request.only) == NULL) {
            continue;
        }
        TEST(all[i].name)
        {
            struct exploration exploration = exploration_of(&all[i]);
            struct explore_counts counts = {0};
            CHECK(explore(&exploration, limits_for(&request, &all[i]), &counts));
            printf("# %zu schedules, %zu of them with a kill, one in %zu, up to %zu points\n", counts.schedules,
                   counts.kills, counts.one_in, counts.points);
            sum.schedules += counts.schedules;
            sum.kills += counts.kills;
        }
    }
    printf("# in all %zu schedules, %zu of them with a kill\n", sum.schedules, sum.kills);
    return check_end();
}
