/* Both passes of a mini-batch: BP1 and BP2 of backprop.py. BP3 and BP4 are in updates.c.

   The deltas are multiplied by -rate/(B scale) as soon as they are computed, and called steps from then on; rate and
   scale are those of the layer. Pixels that are not dropped are multiplied by a gain: not they, but the sums of the
   first layer and its steps are. With L2 the true weights are scale times the stored ones; both passes apply the scale
   to the smallest operand. Otherwise the scale is 1. */

#include "worker.h"

static size_t label_of(const session *job, size_t example)
{
    return (size_t)job->labels[job->order ? (size_t)job->order[example] : example];
}

void outputs(const worker *w, size_t first, size_t count, bool with_steps)
{
    network *net = w->net;
    session *job = w->job;
    size_t last = net->count - 1;
    double rate = with_steps ? rate_of(&job->rule, last) * gain(w, last) / ((double)w->count * w->scales[last].next)
                             : 0.0;
    float scale = (float)(w->scales[last].now * gain(w, last));
    const layer *own = &net->layers[last];
    for (size_t i = first; i < first + count; i++) {
        float *z = own->a + i * own->stride, *steps = own->steps + i * own->stride;
        size_t example = w->start + i;
        job->answers[example] = (int32_t)net->cpu->answer(z, own->biases, scale, own->n_out);
        job->costs[example] = net->cpu->output_error(net->cost, z, own->n_out, label_of(job, example),
                                                     with_steps ? steps : NULL, (float)-rate);
    }
}

/* This thread's columns of each hidden layer, then the outputs of its examples, with a barrier after each. */
bool forward(const worker *w)
{
    network *net = w->net;
    size_t begin, columns, first, count, last = net->count - 1;
    for (size_t l = 0; l < last; l++) {
        columns = own_columns(w, l, &begin);
        weighted_inputs(w, l, 0, w->count, begin, columns);
        hidden_activations(w, l, 0, w->count, begin, columns);
        team_poll(w->team, w->thread);
        if (!team_wait(w->team))
            return false;
    }
    /* Without hidden layers there was no barrier yet, and other threads may still be updating the weights. */
    if (last == 0 && !team_wait(w->team))
        return false;
    count = own_examples(w, &first);
    weighted_inputs(w, last, first, count, 0, net->layers[last].columns);
    outputs(w, first, count, true);
    return team_wait(w->team);
}

/* BP2: steps of layer l from those above it, for this thread's columns, which are rows of the weights above. */
static void propagate(const worker *w, size_t l)
{
    network *net = w->net;
    const layer *own = &net->layers[l], *above = &net->layers[l + 1];
    size_t begin, columns = own_columns(w, l, &begin);
    float kept = 1.0f - (float)w->job->rule.dropout;
    /* What the steps above hold is exchanged for what these have to hold: a factor of exactly 1 if it is the same. */
    double exchanged = w->scales[l + 1].now * (step_factor(w, l) / step_factor(w, l + 1));
    net->cpu->transpose(above->weights + begin * above->stride, above->stride, columns, above->n_out,
                        above->transposed + begin, own->stride);
    matrix transposed = {above->transposed + begin, above->n_out, columns, own->stride, BLOCK};
    matrix steps = {own->steps + begin, w->count, columns, own->stride, BLOCK};
    net->cpu->product(above->steps, above->stride, 1, transposed, steps, SET);
    for (size_t i = 0; i < w->count; i++)
        net->cpu->slope(own->steps + i * own->stride + begin, own->a + i * own->stride + begin,
                        (float)exchanged, kept, columns);
}

bool backward(const worker *w)
{
    for (size_t l = w->net->count - 1; l-- > 0;) {
        propagate(w, l);
        team_poll(w->team, w->thread);
        /* Only the thread that computed them reads the first layer's steps. */
        if (l > 0 && !team_wait(w->team))
            return false;
    }
    return true;
}
