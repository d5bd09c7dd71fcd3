/* Evaluation and prediction: no thread waits for another, since each has its own examples. */

#include <string.h>

#include "worker.h"

/* What is done with this thread's examples of a mini-batch once their z are known. */
typedef void finish(const worker *w, size_t first, size_t count);

static void answer_examples(worker *w, finish *finish)
{
    size_t first, count = own_examples(w, &first), last = w->net->count - 1;
    gather_own(w, first, count);
    for (size_t l = 0; l <= last; l++) {
        weighted_inputs(w, l, first, count, 0, w->net->layers[l].columns);
        if (l < last)
            hidden_activations(w, l, first, count, 0, w->net->layers[l].columns);
    }
    finish(w, first, count);
}

static void each_minibatch(struct team *team, size_t thread, session *job, finish *finish)
{
    worker w = new_worker(team, thread, job);
    for (; w.start < w.job->count; w.start += w.net->batch_size) {
        size_t left = w.job->count - w.start;
        w.count = left < w.net->batch_size ? left : w.net->batch_size;
        answer_examples(&w, finish);
        team_poll(team, thread);
        if (atomic_load(&team->stop_wanted))
            return;
    }
}

static void cost_of_examples(const worker *w, size_t first, size_t count)
{
    outputs(w, first, count, false);
}

/* The answers to the examples, and their outputs in the caller's rows, which have no padding. */
static void keep_outputs(const worker *w, size_t first, size_t count)
{
    network *net = w->net;
    const layer *own = &net->layers[net->count - 1];
    for (size_t i = first; i < first + count; i++) {
        float *z = own->a + i * own->stride;
        size_t example = w->start + i;
        w->job->answers[example] = (int32_t)net->cpu->answer(z, own->biases, (float)w->scale, own->n_out);
        net->cpu->output_activations(net->cost, z, own->n_out);
        memcpy(w->job->outputs + example * own->n_out, z, own->n_out * sizeof *z);
    }
}

void evaluate_thread(struct team *team, size_t thread, void *job)
{
    each_minibatch(team, thread, job, cost_of_examples);
}

void predict_thread(struct team *team, size_t thread, void *job)
{
    each_minibatch(team, thread, job, keep_outputs);
}
