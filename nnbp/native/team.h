/* Threads that run the same function and wait for each other at barriers.

   They exist only while `team_run` runs. Between barriers no thread reads what another writes. */

#ifndef NNBP_TEAM_H
#define NNBP_TEAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define MOST_THREADS 64

typedef struct team {
    size_t count;
    void (*work)(struct team *team, size_t thread, void *job);
    void *job;
    /* Called by the first thread from time to time: whether to stop, as after Ctrl-C. */
    bool (*should_stop)(void *context);
    void *context;
    double last_asked;

    atomic_bool stop_wanted; /* set by any thread, heard by all at the next barrier */
    bool stopped;            /* written only while all threads are at a barrier */
    /* In separate cache lines: threads that arrive write one while others watch the other. */
    _Alignas(64) atomic_size_t arrived;
    _Alignas(64) atomic_uint generation; /* of the barrier: changes when the last thread has arrived */
    _Alignas(64) atomic_uint sleeping;
    pthread_mutex_t mutex;
    pthread_cond_t awake;
} team;

/* Run `work` in `count` threads, of which the caller is the first; fewer if the system has no more. Returns
   false if it was stopped. */
bool team_run(team *team, size_t count, void (*work)(struct team *, size_t, void *), void *job,
              bool (*should_stop)(void *), void *context);

/* Wait for all threads; false if the work has to stop. */
bool team_wait(team *team);

/* Called every few milliseconds: in the first thread, asks whether to stop. */
void team_poll(team *team, size_t thread);

/* The range of `total` that belongs to a thread: from *begin up to *end. */
void team_range(const team *team, size_t thread, size_t total, size_t *begin, size_t *end);

double seconds_now(void);

#endif
