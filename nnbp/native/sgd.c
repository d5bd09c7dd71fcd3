/* Stochastic gradient descent: a step for each mini-batch, by all threads together. */

#include "worker.h"

/* Below this the scale is multiplied into the weights, so that the stored ones are at most twice the true ones. */
#define SMALLEST_SCALE 0.5

/* How the scale of the weights changes in a step; all threads compute the same. */
static void plan_decay(worker *w)
{
    const update_rule *rule = &w->job->rule;
    w->settles = false;
    w->next_scale = w->scale;
    if (w->net->with_velocity || rule->l1 != 0.0 || rule->l2 == 0.0)
        return;
    w->next_scale = w->scale * decay(rule);
    if (w->next_scale < SMALLEST_SCALE) {
        w->settles = true;
        w->next_scale = 1.0;
    }
}

static size_t hidden_neurons(const network *net)
{
    size_t neurons = 0;
    for (size_t l = 0; l + 1 < net->count; l++)
        neurons += net->layers[l].n_out;
    return neurons;
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
    size_t total = w.job->count, neurons = hidden_neurons(w.net);
    for (; w.start < total; w.start += w.count, w.turn = other_turn(&w)) {
        w.count = total - w.start < w.net->batch_size ? total - w.start : w.net->batch_size;
        plan_decay(&w);
        if (!gather(&w) || !forward(&w) || !backward(&w))
            break;
        update(&w);
        w.scale = w.next_scale;
        if (w.draws)
            w.draws += w.count * neurons;
    }
    /* All threads have read the network's scale by now. If the work was stopped, no step is half done. */
    team_wait(team);
    if (thread == 0)
        w.net->scale = w.scale;
}
