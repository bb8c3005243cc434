/* explorer.c - run programs under every schedule with few switches. */
#include "common/tests/machine/explorer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tests/machine/machine.h"

/* After this many points a program is considered endless. */
#define MOST_POINTS 100000
#define OPTIONS 16
#define SCHEDULE_ROOM 400

/* A point at which a run may depart from the plain schedule. */
struct node {
    struct machine_option options[OPTIONS];
    uint8_t count;
    uint8_t chosen;
};

struct departure {
    size_t point;
    struct machine_option option;
};

/* The current run. */
static const struct exploration *explored;
static struct node *nodes;
static size_t node_room;
static size_t node_count; /* of the current run */
static size_t fixed;      /* the first nodes, whose choices are fixed */
static size_t points;
static struct departure given[EXPLORE_DEPARTURES];
static size_t given_count;
static bool is_replay; /* the choices are those of the given schedule */
static bool is_traced;
static uint32_t killed;
static size_t killed_at;

size_t explore_now(void)
{
    return points;
}

uint32_t explore_killed(void)
{
    return killed;
}

size_t explore_killed_at(void)
{
    return killed_at;
}

/* ---- Schedules as text ------------------------------------------------------------------------------------------- */

static int print_option(char *text, size_t room, const struct machine_option *option)
{
    return option->thread == 0 ? snprintf(text, room, "%c%u", option->kills ? '!' : '>', option->process)
                               : snprintf(text, room, ">%u.%u", option->process, option->thread);
}

static void print_schedule(const struct departure *departures, size_t count, char text[SCHEDULE_ROOM])
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && length + 40 < SCHEDULE_ROOM; i++) {
        length += (size_t)snprintf(text + length, 24, "%s%zu", i > 0 ? " " : "", departures[i].point);
        length += (size_t)print_option(text + length, 16, &departures[i].option);
    }
}

/* Store the departures of the current or the last run. Return their number. */
static size_t departures_of_run(struct departure departures[EXPLORE_DEPARTURES])
{
    size_t count = 0;
    for (size_t i = 0; i < node_count && count < EXPLORE_DEPARTURES; i++) {
        if (nodes[i].chosen != 0) {
            departures[count++] = (struct departure){.point = i, .option = nodes[i].options[nodes[i].chosen]};
        }
    }
    return count;
}

static bool parse_schedule(const char *text)
{
    given_count = 0;
    while (*text != '\0') {
        char *end;
        struct departure *departure = &given[given_count];
        if (given_count == EXPLORE_DEPARTURES) {
            return false;
        }
        *departure = (struct departure){.point = strtoul(text, &end, 10)};
        if (end == text || (*end != '>' && *end != '!')) {
            return false;
        }
        departure->option.kills = *end == '!';
        departure->option.process = (uint32_t)strtoul(end + 1, &end, 10);
        if (*end == '.') {
            departure->option.thread = (uint32_t)strtoul(end + 1, &end, 10);
        }
        given_count++;
        text = end + strspn(end, " ,");
    }
    return true;
}

/* ---- One run ----------------------------------------------------------------------------------------------------- */

static size_t find_option(const struct machine_option *options, size_t count, const struct machine_option *wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (options[i].process == wanted->process && options[i].thread == wanted->thread &&
            options[i].kills == wanted->kills) {
            return i;
        }
    }
    return 0;
}

static void trace(const struct machine_point *at, const struct machine_option *chosen, bool departs)
{
    char text[16] = "";
    (void)print_option(text, sizeof text, chosen);
    printf("# %6zu  %u.%u %s %s", points, at->who.process, at->who.thread, at->function,
           at->name != NULL ? at->name : "");
    if (at->offset != SIZE_MAX) {
        printf("+%zu", at->offset);
    }
    printf("%s%s\n", departs || at->is_free ? "  -> " : "", departs || at->is_free ? text : "");
}

static size_t choose_option(void *unused, const struct machine_point *at, const struct machine_option *options,
                            size_t count)
{
    (void)unused;
    size_t chosen = 0;
    if (points >= MOST_POINTS) {
        (void)fputs("# explorer: a program does not end\n", stderr);
        abort();
    }
    if (is_replay) {
        for (size_t i = 0; i < given_count; i++) {
            chosen = given[i].point == points ? find_option(options, count, &given[i].option) : chosen;
        }
    } else if (points < fixed) {
        chosen = nodes[points].chosen;
    }
    if (points >= node_room) {
        node_room = 2 * node_room + 1024;
        nodes = realloc(nodes, node_room * sizeof *nodes);
        if (nodes == NULL) {
            abort();
        }
    }
    struct node *node = &nodes[points];
    count = count < OPTIONS ? count : OPTIONS;
    node->count = (uint8_t)count;
    node->chosen = (uint8_t)chosen;
    memcpy(node->options, options, count * sizeof *options);
    if (is_traced) {
        trace(at, &options[chosen], chosen != 0);
    }
    if (options[chosen].kills) {
        killed = options[chosen].process;
        killed_at = points;
    }
    points++;
    node_count = points;
    return chosen;
}

static const char *run_once(void)
{
    points = 0;
    node_count = 0;
    killed = 0;
    explored->begin(explored->context);
    machine_schedule(choose_option, NULL);
    explored->wait(explored->context);
    machine_schedule(NULL, NULL);
    return explored->judge(explored->context);
}

/* Print the schedule when a mistake ends the test and so this run. */
static void tell_abort(int number)
{
    struct departure departures[EXPLORE_DEPARTURES];
    char text[SCHEDULE_ROOM];
    print_schedule(departures, departures_of_run(departures), text);
    (void)fprintf(stderr, "# explorer: %s: ended by a mistake, in the schedule \"%s\"\n", explored->name, text);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* ---- All runs ---------------------------------------------------------------------------------------------------- */

struct cost {
    unsigned switches;
    unsigned kills;
};

/*
 * Return the cost of an option. At the first point no program has begun, so the
 * choice there costs nothing.
 */
static struct cost cost_of(const struct node *node, size_t option)
{
    bool kills = node->options[option].kills;
    return (struct cost){.switches = option != 0 && !kills && node != nodes, .kills = kills};
}

/* The depth of the current search and its share of the schedules. */
struct search {
    const struct explore_limits *limits;
    unsigned depth;
    size_t one_in; /* one in so many of each departure except the first */
};

static bool is_within(const struct search *search, struct cost cost)
{
    unsigned most = cost.kills > 0 ? search->limits->with_kill : search->limits->switches;
    unsigned kills = search->limits->kills ? 1 : 0;
    return cost.kills <= kills && cost.switches <= most && cost.switches + cost.kills <= search->depth;
}

/*
 * Return whether a schedule belongs to the sample: the one with the departures
 * of this run before node `last`, and then `option` at that node.
 */
static bool is_sampled(const struct search *search, size_t last, size_t option)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    unsigned departures = 1;
    for (size_t i = 0; i < last; i++) {
        if (nodes[i].chosen != 0 && i > 0) {
            hash = (hash ^ (i * OPTIONS + nodes[i].chosen)) * UINT64_C(1099511628211);
            departures++;
        }
    }
    hash = (hash ^ (last * OPTIONS + option)) * UINT64_C(1099511628211);
    return departures < 2 || (hash >> 20) % search->one_in == 0;
}

/*
 * Choose the next schedule: the last node that has another option within the
 * limits chooses it, and all later nodes start again with their first option.
 * Return false if there is none.
 */
static bool next_schedule(const struct search *search)
{
    struct cost used = {0};
    for (size_t i = 0; i < node_count; i++) {
        struct cost cost = cost_of(&nodes[i], nodes[i].chosen);
        used.switches += cost.switches;
        used.kills += cost.kills;
    }
    for (size_t i = node_count; i-- > 0;) {
        struct node *node = &nodes[i];
        struct cost cost = cost_of(node, node->chosen);
        used.switches -= cost.switches;
        used.kills -= cost.kills;
        for (size_t option = node->chosen + 1U; option < node->count; option++) {
            struct cost more = cost_of(node, option);
            struct cost sum = {used.switches + more.switches, used.kills + more.kills};
            if (is_within(search, sum) && (search->one_in == 1 || is_sampled(search, i, option))) {
                node->chosen = (uint8_t)option;
                fixed = i + 1;
                return true;
            }
        }
    }
    return false;
}

/*
 * Remove each departure that the failure does not need. Return the description
 * of the failure that is left.
 */
static const char *shrink(const char *wrong)
{
    static char kept[1000];
    (void)snprintf(kept, sizeof kept, "%s", wrong);
    is_replay = true;
    given_count = departures_of_run(given);
    for (size_t i = given_count; i-- > 0;) {
        struct departure left_out = given[i];
        memmove(&given[i], &given[i + 1], (given_count - i - 1) * sizeof *given);
        given_count--;
        const char *still = run_once();
        if (still == NULL) {
            memmove(&given[i + 1], &given[i], (given_count - i) * sizeof *given);
            given[i] = left_out;
            given_count++;
        } else {
            (void)snprintf(kept, sizeof kept, "%s", still);
        }
    }
    is_replay = false;
    return kept;
}

static void tell_failure(const char *wrong, size_t schedules)
{
    char text[SCHEDULE_ROOM];
    struct departure found[EXPLORE_DEPARTURES];
    print_schedule(found, departures_of_run(found), text);
    printf("# %s: schedule %zu (\"%s\"): %s\n", explored->name, schedules, text, wrong);
    wrong = shrink(wrong);
    print_schedule(given, given_count, text);
    printf("#   shrunk to \"%s\": %s\n", text, wrong);
    (void)fflush(stdout);
}

/*
 * Return the number of schedules if only one in `one_in` of each departure
 * after the first is run.
 */
static double thinned(double all, unsigned depth, size_t one_in)
{
    for (unsigned i = 1; i < depth; i++) {
        all /= (double)one_in;
    }
    return all;
}

/* Return about how many sets of `count` elements there are among `single`. */
static double sets_of(unsigned count, double single)
{
    double sets = 1;
    for (unsigned i = 1; i <= count; i++) {
        sets *= single / i;
    }
    return sets;
}

/*
 * Plan the search for schedules with up to `depth` departures, based on the
 * counts of the search for single departures.
 */
static struct search plan(const struct explore_limits *limits, unsigned depth, const struct explore_counts *single)
{
    struct search search = {.limits = limits, .depth = depth, .one_in = 1};
    double switches = (double)(single->schedules - single->kills);
    double all = depth <= limits->switches ? sets_of(depth, switches) : 0;
    if (limits->kills && depth - 1 <= limits->with_kill) {
        all += (double)single->kills * sets_of(depth - 1, switches);
    }
    while (depth > 1 && limits->most != 0 && thinned(all, depth, search.one_in) > (double)limits->most) {
        search.one_in++;
    }
    return search;
}

/* Run all schedules of this search. Return false if one has failed. */
static bool explore_depth(const struct search *search, struct explore_counts *counts)
{
    *counts = (struct explore_counts){.one_in = search->one_in};
    for (unsigned i = 2; i < search->depth; i++) {
        counts->one_in *= search->one_in;
    }
    fixed = 0;
    do {
        const char *wrong = run_once();
        counts->schedules++;
        counts->kills += killed != 0;
        counts->points = node_count > counts->points ? node_count : counts->points;
        if (wrong != NULL) {
            tell_failure(wrong, counts->schedules);
            return false;
        }
    } while (next_schedule(search));
    return true;
}

bool explore(const struct exploration *exploration, const struct explore_limits *limits, struct explore_counts *counts)
{
    explored = exploration;
    (void)signal(SIGABRT, tell_abort);
    unsigned most = limits->kills ? limits->with_kill + 1 : 0;
    most = limits->switches > most ? limits->switches : most;

    /*
     * Begin with few departures. Each search includes the previous one, unless
     * it is a sample.
     */
    bool is_well = true;
    struct explore_counts single = {0};
    for (unsigned depth = most < 1 ? most : 1; is_well && depth <= most; depth++) {
        struct search search = plan(limits, depth, &single);
        is_well = explore_depth(&search, counts);
        single = depth == 1 ? *counts : single;
    }
    (void)signal(SIGABRT, SIG_DFL);
    return is_well;
}

bool explore_replay(const struct exploration *exploration, const char *schedule)
{
    explored = exploration;
    if (!parse_schedule(schedule)) {
        printf("# \"%s\" is not a schedule\n", schedule);
        return false;
    }
    is_replay = true;
    is_traced = true;
    const char *wrong = run_once();
    is_replay = false;
    is_traced = false;
    printf("# %s: %s\n", exploration->name, wrong == NULL ? "all is well" : wrong);
    return wrong == NULL;
}
