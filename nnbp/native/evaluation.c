/* Evaluation and prediction: no thread waits for another, since each has its own examples. */

#include "worker.h"

/* What is done with this thread's examples of a mini-batch, once they are gathered. */
typedef void answer_examples(const worker *w, size_t first, size_t count);

static void each_minibatch(struct team *team, size_t thread, session *job, answer_examples *answer)
{
    worker w = new_worker(team, thread, job);
    for (; w.start < w.job->count; w.start += w.net->batch_size) {
        size_t left = w.job->count - w.start;
        w.count = left < w.net->batch_size ? left : w.net->batch_size;
        size_t first, count = own_examples(&w, &first);
        gather_own(&w, first, count);
        answer(&w, first, count);
        team_poll(team, thread);
        if (atomic_load(&team->stop_wanted))
            return;
    }
}

/* As in training, in float32. */
static void costs(const worker *w, size_t first, size_t count)
{
    size_t last = w->net->count - 1;
    for (size_t l = 0; l <= last; l++) {
        weighted_inputs(w, l, first, count, 0, w->net->layers[l].columns);
        if (l < last)
            hidden_activations(w, l, first, count, 0, w->net->layers[l].columns);
    }
    outputs(w, first, count, false);
}

/* The weighted inputs of a layer, without biases and scale, in float64. The pixels are bytes. */
static void sum_inputs(const worker *w, size_t l, size_t first, size_t count)
{
    const network *net = w->net;
    const layer *own = &net->layers[l];
    double *z = own->sums + first * own->stride;
    if (l > 0) {
        const layer *below = &net->layers[l - 1];
        net->cpu->sums(below->sums + first * below->stride, below->stride, count, layer_weights(net, l), z,
                       own->stride);
    } else {
        net->cpu->lit_sums(w->lit + first, count, layer_weights(net, l), z, own->stride);
    }
}

/* The answers to the examples, and their outputs in the caller's rows, which have no padding. */
static void keep_outputs(const worker *w, size_t first, size_t count)
{
    const network *net = w->net;
    for (size_t l = 0; l < net->count; l++) {
        const layer *own = &net->layers[l];
        double scale = l > 0 ? w->scales[l].now : w->scales[l].now / 255.0;
        sum_inputs(w, l, first, count);
        for (size_t i = first; i < first + count; i++) {
            double *z = own->sums + i * own->stride;
            size_t example = w->start + i;
            if (l + 1 < net->count)
                net->cpu->activate_sums(z, own->biases, scale, own->columns);
            else
                w->job->answers[example] =
                    (int32_t)net->cpu->answer_sums(net->cost, z, own->biases, scale, own->n_out,
                                                   w->job->outputs + example * own->n_out);
        }
    }
}

void evaluate_thread(struct team *team, size_t thread, void *job)
{
    each_minibatch(team, thread, job, costs);
}

void predict_thread(struct team *team, size_t thread, void *job)
{
    each_minibatch(team, thread, job, keep_outputs);
}
