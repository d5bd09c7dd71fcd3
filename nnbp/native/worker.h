/* One thread's view of the mini-batch that it is working on, and the parts of a step.

   Each thread owns some columns of every hidden layer, in whole blocks: it computes their weighted inputs,
   activations and steps, and updates the weights into them in the first layer, and the weights out of them in
   the others. So every weight is computed by one thread, in an order that does not depend on the number of
   threads. Results of other threads are read after a barrier: one for each layer in the forward pass, and one
   for each hidden layer but the first in the backward pass.

   The output layer is small; its examples are divided among the threads instead. */

#ifndef NNBP_WORKER_H
#define NNBP_WORKER_H

#include "network.h"
#include "team.h"

typedef struct {
    session *job;
    network *net;
    team *team;
    size_t thread;
    size_t turn;         /* which of the two sets of prepared data */
    size_t start, count; /* examples, in the order of the session */
    const float *draws; /* of the mini-batch and those after it */
    lit_image *lit;
    layer_scale *scales; /* of each layer */
} worker;

static inline worker new_worker(team *team, size_t thread, session *job)
{
    network *net = job->net;
    for (size_t l = 0; l < net->count; l++)
        net->scales[thread][l].now = net->layers[l].scale;
    return (worker){.job = job, .net = net, .team = team, .thread = thread, .draws = job->draws,
                    .lit = net->lit + thread * net->batch_size, .scales = net->scales[thread]};
}

/* The number of columns of a layer that this thread owns, from *begin. */
static inline size_t own_columns(const worker *w, size_t l, size_t *begin)
{
    size_t columns = w->net->layers[l].columns, end;
    team_range(w->team, w->thread, (columns + BLOCK - 1) / BLOCK, begin, &end);
    *begin *= BLOCK;
    return (end * BLOCK < columns ? end * BLOCK : columns) - *begin;
}

/* The number of examples that this thread owns, from *begin: the same rows of every mini-batch, which no other
   thread touches in the buffers. */
static inline size_t own_examples(const worker *w, size_t *begin)
{
    size_t end;
    team_range(w->team, w->thread, w->net->batch_size, begin, &end);
    *begin = *begin < w->count ? *begin : w->count;
    return (end < w->count ? end : w->count) - *begin;
}

/* The factor of the inputs of a layer that are not dropped. Of a hidden layer's activations, it is in the masks. */
static inline double gain(const worker *w, size_t l)
{
    return l > 0 ? 1.0 : 1.0 / (1.0 - w->job->rule.input_dropout);
}

static inline double rate_of(const update_rule *rule, size_t l)
{
    return rule->learning_rate * rule->layer_rates[l];
}

/* The factor of weight decay, for L2. */
static inline double decay(const update_rule *rule, size_t l)
{
    return 1.0 - rate_of(rule, l) * rule->l2;
}

/* The steps of a layer are -rate/B times this times its deltas. */
static inline double step_factor(const worker *w, size_t l)
{
    return w->job->rule.layer_rates[l] * gain(w, l) / w->scales[l].next;
}

/* minibatches.c: prepare the mini-batch, or those of its examples that no other thread needs. `gather`,
   `forward` and `backward` return false if the work has to stop. */
bool gather(worker *w);
void gather_own(const worker *w, size_t first, size_t count);

/* dropout.c: the uniform numbers of the mini-batch for what layer l takes in, (count, n_in); one image's inputs, or
   its list, without the pixels whose numbers are below p. The lists may be the same. */
const float *draws_below(const worker *w, size_t l);
void drop_inputs(const float *draws, float p, size_t pixels, float *inputs);
size_t keep_pixels(lit_image image, const float *draws, float p, lit_pixel *list);

/* forward.c: weighted inputs z of a layer, without biases and scale, of `count` examples and `columns` neurons;
   the activations of a hidden layer from them. */
void weighted_inputs(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns);
void hidden_activations(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns);

/* backprop.c: the answers to examples, their costs and, in training, BP1 as steps; then both passes. */
void outputs(const worker *w, size_t first, size_t count, bool with_steps);
bool forward(const worker *w);
bool backward(const worker *w);

/* updates.c: update the weights and biases that this thread owns. */
void update(const worker *w);

/* max_norm.c: scale down the weights into the hidden neurons that this thread owns, after the update. */
void limit_norms(const worker *w);

#endif
