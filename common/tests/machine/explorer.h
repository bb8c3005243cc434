/*
 * explorer.h - run programs of the simulated machine under every schedule.
 *
 * A schedule is the list of the places where it departs from the plain one, in
 * which each program runs until it waits or ends. The method is that of CHESS
 * (Musuvathi and others, OSDI 2008): schedules with few departures find nearly
 * all defects, and there are few enough of them to run them all.
 *
 * A departure is written as POINT>PROCESS, which is a switch to that process
 * (PROCESS.THREAD for a further thread), or as POINT!PROCESS, which kills it.
 * Points are counted from 0 in each run.
 */
#ifndef COMMON_TESTS_MACHINE_EXPLORER_H
#define COMMON_TESTS_MACHINE_EXPLORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXPLORE_PROGRAMS = 4, EXPLORE_DEPARTURES = 8 };

struct exploration {
    const char *name;
    size_t count; /* of the programs */
    void *context;

    /* Make a fresh machine with everything that is there before, and start the programs. */
    void (*begin)(void *context);

    /* Wait for the programs. `explore_now()` is the time at which one begins or ends. */
    void (*wait)(void *context);

    /* With the schedule over: NULL if all is well, or what is wrong. It also clears away. */
    const char *(*judge)(void *context);
};

/*
 * How far a schedule may depart from the plain one. A switch is a preemption, or
 * another choice where several programs can go on after a wait; the choice of
 * who begins is free.
 */
struct explore_limits {
    unsigned switches;
    bool kills;         /* one program is killed, too */
    unsigned with_kill; /* switches in a schedule that kills */

    /*
     * Run about so many schedules of each number of departures from two on. If
     * there are more, take an even sample of them. 0: run all of them.
     */
    size_t most;
};

struct explore_counts {
    size_t schedules;
    size_t kills;  /* of these, with a kill */
    size_t points; /* in the longest of them */
    size_t one_in; /* 1 if all were run, else how thin the thinnest sample was */
};

/*
 * Run the programs under each schedule within the limits, those with fewer
 * departures first. Return true if the judge found nothing wrong. Otherwise
 * print the schedule, shrunk, and return false.
 */
bool explore(const struct exploration *exploration, const struct explore_limits *limits, struct explore_counts *counts);

/* Run them under one schedule, and print each point. Return whether all was well. */
bool explore_replay(const struct exploration *exploration, const char *schedule);

/* The number of the point that comes next. */
size_t explore_now(void);

/* The process that the schedule has killed, or 0, and the number of that point. */
uint32_t explore_killed(void);
size_t explore_killed_at(void);

#endif
