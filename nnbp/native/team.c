#include "team.h"

#include <signal.h>
#include <time.h>

/* A barrier spins for about as long as putting a thread to sleep and waking it takes, some 20 us. */
#define SPINS 2000
/* Ctrl-C has to be noticed within 50 ms. */
#define SECONDS_BETWEEN_QUESTIONS 0.01

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void sleep_until_released(team *team, unsigned generation)
{
    pthread_mutex_lock(&team->mutex);
    atomic_fetch_add(&team->sleeping, 1);
    while (atomic_load(&team->generation) == generation)
        pthread_cond_wait(&team->awake, &team->mutex);
    atomic_fetch_sub(&team->sleeping, 1);
    pthread_mutex_unlock(&team->mutex);
}

static void release(team *team)
{
    /* All threads have arrived, so all of them see the same answer when they continue. */
    team->stopped = atomic_load(&team->stop_wanted);
    atomic_store(&team->arrived, 0);
    atomic_fetch_add(&team->generation, 1);
    if (atomic_load(&team->sleeping)) {
        pthread_mutex_lock(&team->mutex);
        pthread_cond_broadcast(&team->awake);
        pthread_mutex_unlock(&team->mutex);
    }
}

bool team_wait(team *team)
{
    if (team->count == 1)
        return !atomic_load(&team->stop_wanted);
    unsigned generation = atomic_load(&team->generation);
    if (atomic_fetch_add(&team->arrived, 1) + 1 == team->count) {
        release(team);
    } else {
        for (int spins = 0; atomic_load(&team->generation) == generation; spins++) {
            if (spins == SPINS) {
                sleep_until_released(team, generation);
                break;
            }
            pause_briefly();
        }
    }
    return !team->stopped;
}

void team_poll(team *team, size_t thread)
{
    /* One signal that has raised an exception is enough. */
    if (thread != 0 || atomic_load(&team->stop_wanted))
        return;
    double now = seconds_now();
    if (now - team->last_asked < SECONDS_BETWEEN_QUESTIONS)
        return;
    if (team->should_stop(team->context))
        atomic_store(&team->stop_wanted, true);
    team->last_asked = seconds_now();
}

void team_range(const team *team, size_t thread, size_t total, size_t *begin, size_t *end)
{
    *begin = total * thread / team->count;
    *end = total * (thread + 1) / team->count;
}

typedef struct {
    team *team;
    size_t thread;
} member;

static void *start(void *argument)
{
    member *self = argument;
    /* No thread begins before the number of threads is known. */
    pthread_mutex_lock(&self->team->mutex);
    pthread_mutex_unlock(&self->team->mutex);
    if (self->thread < self->team->count)
        self->team->work(self->team, self->thread, self->team->job);
    return NULL;
}

/* Start the other threads with all signals blocked, so that Python's threads receive them. */
static size_t start_members(member *members, pthread_t *threads, size_t count)
{
    size_t started = 1;
    sigset_t all_signals, before;
    sigfillset(&all_signals);
    pthread_sigmask(SIG_SETMASK, &all_signals, &before);
    while (started < count && pthread_create(&threads[started], NULL, start, &members[started]) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

bool team_run(team *team, size_t count, void (*work)(struct team *, size_t, void *), void *job,
              bool (*should_stop)(void *), void *context)
{
    pthread_t threads[MOST_THREADS];
    member members[MOST_THREADS];
    if (count > MOST_THREADS)
        count = MOST_THREADS;
    *team = (struct team){.work = work, .job = job, .should_stop = should_stop, .context = context};
    team->last_asked = seconds_now();
    pthread_mutex_init(&team->mutex, NULL);
    pthread_cond_init(&team->awake, NULL);
    for (size_t thread = 0; thread < count; thread++)
        members[thread] = (member){team, thread};

    pthread_mutex_lock(&team->mutex);
    size_t started = start_members(members, threads, count);
    team->count = started;
    pthread_mutex_unlock(&team->mutex);
    work(team, 0, job);
    for (size_t thread = 1; thread < started; thread++)
        pthread_join(threads[thread], NULL);

    pthread_cond_destroy(&team->awake);
    pthread_mutex_destroy(&team->mutex);
    return !atomic_load(&team->stop_wanted);
}
