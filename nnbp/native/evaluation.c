/* Evaluation: no thread waits for another, since each has its own examples. */

#include "worker.h"

static void answer_examples(worker *w)
{
    size_t first, count = own_examples(w, &first), last = w->net->count - 1;
    gather_own(w, first, count);
    for (size_t l = 0; l <= last; l++) {
        weighted_inputs(w, l, first, count, 0, w->net->layers[l].columns);
        if (l < last)
            hidden_activations(w, l, first, count, 0, w->net->layers[l].columns);
    }
    outputs(w, first, count, false);
}

void evaluate_thread(struct team *team, size_t thread, void *job)
{
    worker w = new_worker(team, thread, job);
    for (; w.start < w.job->count; w.start += w.net->batch_size) {
        size_t left = w.job->count - w.start;
        w.count = left < w.net->batch_size ? left : w.net->batch_size;
        answer_examples(&w);
        team_poll(team, thread);
        if (atomic_load(&team->stop_wanted))
            return;
    }
}
