/* Stochastic gradient descent: a step for each mini-batch, by all threads together. */

#include "worker.h"

/* Below this the scale is multiplied into the weights, so that the stored ones are at most twice the true ones. */
#define SMALLEST_SCALE 0.5

/* How the scales of the weights change in a step; all threads compute the same. */
static void plan_decay(const worker *w)
{
    const update_rule *rule = &w->job->rule;
    bool lazy = !w->net->with_velocity && rule->l1 == 0.0 && rule->l2 != 0.0;
    for (size_t l = 0; l < w->net->count; l++) {
        layer_scale *scale = &w->scales[l];
        scale->next = lazy ? scale->now * decay(rule, l) : scale->now;
        scale->settles = lazy && scale->next < SMALLEST_SCALE;
        if (scale->settles)
            scale->next = 1.0;
    }
}

static void finish_decay(const worker *w)
{
    for (size_t l = 0; l < w->net->count; l++)
        w->scales[l].now = w->scales[l].next;
}

/* A single thread needs only one set: no other thread still reads the one before. */
static size_t other_turn(const worker *w)
{
    return w->team->count > 1 ? 1 - w->turn : 0;
}

/* An epoch, or a part of one: a step for each mini-batch, in the order that epochs.py has drawn. */
void train_thread(struct team *team, size_t thread, void *job)
{
    worker w = new_worker(team, thread, job);
    size_t total = w.job->count, drawn = draws_per_example(job);
    for (; w.start < total; w.start += w.count, w.turn = other_turn(&w)) {
        w.count = total - w.start < w.net->batch_size ? total - w.start : w.net->batch_size;
        plan_decay(&w);
        if (!gather(&w) || !forward(&w) || !backward(&w))
            break;
        update(&w);
        limit_norms(&w);
        finish_decay(&w);
        if (w.draws)
            w.draws += w.count * drawn;
    }
    /* All threads have read the layers' scales by now. If the work was stopped, no step is half done. */
    team_wait(team);
    for (size_t l = 0; thread == 0 && l < w.net->count; l++)
        w.net->layers[l].scale = w.scales[l].now;
}
