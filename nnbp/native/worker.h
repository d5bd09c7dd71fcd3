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
    const float *draws;
    lit_image *lit;
    double scale, next_scale; /* of the weights before and after the step */
    bool settles;             /* whether the step multiplies the next scale into the weights */
} worker;

static inline worker new_worker(team *team, size_t thread, session *job)
{
    network *net = job->net;
    return (worker){.job = job, .net = net, .team = team, .thread = thread, .draws = job->draws,
                    .lit = net->lit + thread * net->batch_size, .scale = net->scale};
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

/* The factor of weight decay, for L2. */
static inline double decay(const update_rule *rule)
{
    return 1.0 - rule->learning_rate * rule->l2;
}

/* minibatches.c: prepare the mini-batch, or those of its examples that no other thread needs. `gather`,
   `forward` and `backward` return false if the work has to stop. */
bool gather(worker *w);
void gather_own(const worker *w, size_t first, size_t count);

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

#endif
