/*
 * explorer.h - run programs of the simulated machine under every schedule.
 *
 * In the plain schedule each program runs until it waits or ends. Any other
 * schedule is a list of departures from it. The method is that of CHESS
 * (Musuvathi and others, OSDI 2008): schedules with few departures find nearly
 * all defects, and they are few enough to run them all.
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
    size_t count; /* number of programs */
    void *context;

    /*
     * Reset the machine, create the objects before the run, and start the
     * programs.
     */
    void (*begin)(void *context);

    /*
     * Wait for the programs. explore_now() is the time at which one begins or
     * ends.
     */
    void (*wait)(void *context);

    /*
     * Judge the run after its end. Return NULL if it is correct, or else a
     * description of the failure. Release all objects.
     */
    const char *(*judge)(void *context);
};

/*
 * How far a schedule may depart from the plain one. A switch is a preemption,
 * or another choice if several programs can continue after a wait. The choice
 * of the program that begins is free.
 */
struct explore_limits {
    unsigned switches;
    bool kills;         /* also run schedules in which one program is killed */
    unsigned with_kill; /* most switches in a schedule with a kill */

    /*
     * Run about so many schedules of each number of departures from two on. If
     * there are more, take an even sample of them. 0: run all of them.
     */
    size_t most;
};

struct explore_counts {
    size_t schedules;
    size_t kills;  /* schedules with a kill */
    size_t points; /* points of the longest schedule */
    size_t one_in; /* 1 if all were run, otherwise one in so many of the thinnest sample */
};

/*
 * Run the programs under each schedule within the limits, those with fewer
 * departures first. Return true if no run failed. Otherwise reduce the schedule
 * of the failure to the departures that it needs, print it, and return false.
 */
bool explore(const struct exploration *exploration, const struct explore_limits *limits, struct explore_counts *counts);

/*
 * Run the programs under one schedule, and print each point. Return whether the
 * run was correct.
 */
bool explore_replay(const struct exploration *exploration, const char *schedule);

/* Return the number of the next point. */
size_t explore_now(void);

/*
 * Return the process that the schedule has killed, or 0, and the number of that
 * point.
 */
uint32_t explore_killed(void);
size_t explore_killed_at(void);

#endif
