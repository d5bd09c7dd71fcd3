/* The step of a mini-batch: BP3, BP4 and the rules of updates.py. */

#include "worker.h"

/* Weights or biases that this thread updates, from column `begin` (of the first layer's weights, and of biases)
   or row `begin` (of the other weights). */
typedef struct {
    matrix parameters;
    float *velocity; /* laid out as they are; NULL without momentum */
    size_t begin;
} slice;

/* Of the first layer, the columns of this thread's neurons; of the others, the rows of its neurons below. */
static slice own_weights(const worker *w, size_t l)
{
    const layer *own = &w->net->layers[l];
    size_t begin, size = own_columns(w, l > 0 ? l - 1 : 0, &begin);
    matrix whole = layer_weights(w->net, l);
    matrix weights = l > 0 ? rows_of(whole, begin, begin + size < own->n_in ? size : own->n_in - begin)
                           : columns_of(whole, begin, size);
    float *velocity = own->velocity ? own->velocity + (weights.values - whole.values) : NULL;
    return (slice){weights, velocity, begin};
}

/* The biases of this thread's neurons; the first thread also owns those of the output layer. */
static slice own_biases(const worker *w, size_t l)
{
    const layer *own = &w->net->layers[l];
    size_t begin = 0, columns = w->thread == 0 ? own->columns : 0;
    if (l + 1 < w->net->count)
        columns = own_columns(w, l, &begin);
    matrix biases = {own->biases + begin, 1, columns, own->stride, BLOCK};
    return (slice){biases, own->bias_velocity ? own->bias_velocity + begin : NULL, begin};
}

/* BP4 in the first layer, over lit pixels: pixel by pixel if the mini-batch is large enough for that to pay. */
static void add_lit_gradients(const worker *w, matrix target, const float *steps)
{
    network *net = w->net;
    const pixel_lists *lists = &net->by_pixel[w->thread];
    size_t stride = net->layers[0].stride, count;
    if (net->batch_size < FEW_IMAGES) {
        net->cpu->lit_update(w->lit, w->count, target, steps, stride);
        return;
    }
    for (size_t start = 0; target.columns && start < w->count; start += count) {
        count = w->count - start < CHUNK ? w->count - start : CHUNK;
        list_by_pixel(w->lit + start, count, target.rows, lists);
        net->cpu->pixel_update(lists, count, target, steps + start * stride, stride);
        team_poll(w->team, w->thread);
    }
}

/* BP4: add the products of steps and the activations below to the weights, or to their velocity. */
static void add_weight_gradients(const worker *w, size_t l, slice own)
{
    network *net = w->net;
    const layer *this = &net->layers[l];
    matrix target = own.parameters;
    target.values = own.velocity ? own.velocity : own.parameters.values;
    if (l > 0) {
        const layer *below = &net->layers[l - 1];
        matrix steps = {this->steps, w->count, this->columns, this->stride, BLOCK};
        net->cpu->product(below->a + own.begin, 1, below->stride, steps, target, ADD);
    } else if (w->job->dense) {
        matrix steps = {this->steps + own.begin, w->count, target.columns, this->stride, BLOCK};
        net->cpu->product(net->inputs[w->turn], 1, padded(net->pixels), steps, target,
                          net->batch_size < FEW_IMAGES ? CONTINUE : ADD);
    } else {
        add_lit_gradients(w, target, this->steps + own.begin);
    }
}

/* BP3: add the sum of the steps, without what they hold only for the weights, to the biases, or to their velocity. */
static void add_bias_gradients(const worker *w, size_t l, slice own)
{
    const layer *this = &w->net->layers[l];
    w->net->cpu->add_rows(own.velocity ? own.velocity : own.parameters.values, this->steps + own.begin, this->stride,
                          w->count, own.parameters.columns, (float)(w->scales[l].next / gain(w, l)));
}

/* Without momentum: weights = (1 - rate l2) weights - rate l1 sign(weights) - rate/B times the summed gradients, whose
   factor is in the steps already. */
static void descend(const worker *w, size_t l)
{
    const instruction_set *cpu = w->net->cpu;
    const update_rule *rule = &w->job->rule;
    slice own = own_weights(w, l);
    if (rule->l1 != 0.0)
        cpu->regularize(own.parameters, (float)decay(rule, l), (float)(rate_of(rule, l) * rule->l1));
    else if (w->scales[l].settles)
        cpu->multiply(own.parameters, (float)(w->scales[l].now * decay(rule, l)));
    add_weight_gradients(w, l, own);
    add_bias_gradients(w, l, own_biases(w, l));
}

/* With momentum. Nesterov's moves the weights by momentum v + s, where s = v - momentum (old v): the term with
   the old velocity is applied first, before it is overwritten. The biases are not regularized. */
static void descend_with_momentum(const worker *w, size_t l)
{
    const instruction_set *cpu = w->net->cpu;
    const update_rule *rule = &w->job->rule;
    slice own = own_weights(w, l), biases = own_biases(w, l);
    float momentum = (float)rule->momentum;
    float look_back = rule->nesterov ? momentum : 0.0f;
    float ahead = rule->nesterov ? (float)(1.0 + rule->momentum) : 1.0f;
    float l1 = (float)(rate_of(rule, l) * rule->l1), l2 = (float)(rate_of(rule, l) * rule->l2);
    cpu->decay_velocity(own.parameters, own.velocity, momentum, l1, l2, look_back);
    add_weight_gradients(w, l, own);
    cpu->move(own.parameters, own.velocity, ahead);
    cpu->decay_velocity(biases.parameters, biases.velocity, momentum, 0.0f, 0.0f, look_back);
    add_bias_gradients(w, l, biases);
    cpu->move(biases.parameters, biases.velocity, ahead);
}

void update(const worker *w)
{
    for (size_t l = 0; l < w->net->count; l++) {
        if (w->net->with_velocity)
            descend_with_momentum(w, l);
        else
            descend(w, l);
        team_poll(w->team, w->thread);
    }
}
