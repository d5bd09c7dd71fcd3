/* Threads that do the same function side by side and wait for each other at barriers.

   They exist only while `team_run` does. Between barriers they write what no other reads. */

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
    /* Asked now and then by the first thread: whether to stop, as after Ctrl-C. */
    bool (*should_stop)(void *context);
    void *context;
    double last_asked;

    atomic_bool stop_wanted; /* set by any thread, heard by all at the next barrier */
    bool stopped;            /* written only while all threads are at a barrier */
    /* In cache lines of their own: one is written by those who arrive while the other is watched. */
    _Alignas(64) atomic_size_t arrived;
    _Alignas(64) atomic_uint generation; /* of the barrier: changes when the last thread has arrived */
    _Alignas(64) atomic_uint sleeping;
    pthread_mutex_t mutex;
    pthread_cond_t awake;
} team;

/* Run `work` in `count` threads, of which the caller is the first; fewer where the system has no more. Returns
   false if it was stopped. */
bool team_run(team *team, size_t count, void (*work)(struct team *, size_t, void *), void *job,
              bool (*should_stop)(void *), void *context);

/* Wait for all threads; false where the work is to stop. */
bool team_wait(team *team);

/* To be called by the first thread every few milliseconds: asks whether to stop, if it is time to. */
void team_poll(team *team, size_t thread);

/* The part of `total` that belongs to a thread: from *begin up to *end. */
void team_share(const team *team, size_t thread, size_t total, size_t *begin, size_t *end);

double seconds_now(void);

#endif
