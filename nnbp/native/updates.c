/* The step of a mini-batch: BP3, BP4 and the rules of updates.py. */

#include "worker.h"

/* Rows of weights that this thread changes, of a layer that is not the first: those of its neurons below. */
static region own_rows(const worker *w, size_t l)
{
    const layer *own = &w->net->layers[l];
    size_t begin, rows = own_columns(w, l - 1, &begin);
    rows = begin + rows < own->n_in ? rows : own->n_in - begin;
    size_t place = begin * own->stride;
    float *velocity = own->velocity ? own->velocity + place : NULL;
    return (region){own->weights + place, velocity, begin, rows, own->columns, own->stride};
}

/* The biases that this thread changes: those of its neurons; the first thread all of the output layer's. */
static region own_biases(const worker *w, size_t l)
{
    const layer *own = &w->net->layers[l];
    size_t begin = 0, columns = w->thread == 0 ? own->columns : 0;
    if (l + 1 < w->net->count)
        columns = own_columns(w, l, &begin);
    float *velocity = own->bias_velocity ? own->bias_velocity + begin : NULL;
    return (region){own->biases + begin, velocity, begin, 1, columns, own->stride};
}

/* BP4 in the first layer: add the products of steps and inputs to `target`, of the region's shape. */
static void add_first_gradients(const worker *w, region own, float *target)
{
    network *net = w->net;
    const instruction_set *cpu = net->cpu;
    size_t stride = net->layers[0].stride, input_stride = padded(net->pixels);
    const float *steps = net->layers[0].steps + own.begin;
    if (w->job->dense)
        cpu->product(own.rows, own.columns, w->count, net->inputs[w->turn], 1, input_stride, steps, stride,
                     target, own.stride, 1);
    else if (net->by_pixel[0])
        for (size_t start = 0, chunk = 0; start < w->count; start += LIT_CHUNK, chunk++)
            cpu->pixel_update(&net->by_pixel[w->turn][chunk], own.rows, own.columns, target, own.stride,
                              steps + start * stride, stride,
                              w->count - start < LIT_CHUNK ? w->count - start : LIT_CHUNK);
    else
        cpu->lit_update(w->lit, w->count, own.rows, own.columns, target, own.stride, steps, stride);
}

/* BP4: add the products of steps and the activations below to `target`, the weights or their velocity. */
static void add_weight_gradients(const worker *w, size_t l, region own, float *target)
{
    const layer *this = &w->net->layers[l];
    if (l == 0) {
        add_first_gradients(w, own, target);
        return;
    }
    const layer *below = &w->net->layers[l - 1];
    w->net->cpu->product(own.rows, own.columns, w->count, below->a + own.begin, 1, below->stride, this->steps,
                         this->stride, target, own.stride, 1);
}

static void descend(const worker *w, size_t l, region weights)
{
    const instruction_set *cpu = w->net->cpu;
    const update_rule *rule = &w->job->rule;
    if (rule->l1 != 0.0)
        cpu->regularize(weights, (float)decay(rule), (float)(rule->learning_rate * rule->l1));
    else if (w->settles)
        cpu->multiply(weights, (float)(w->scale * decay(rule)));
    add_weight_gradients(w, l, weights, weights.values);
}

/* With momentum. Nesterov's moves the weights by momentum v + s where s = v - momentum (old v): what is old in
   it comes first, while it is there. */
static void descend_with_momentum(const worker *w, size_t l, region weights)
{
    const instruction_set *cpu = w->net->cpu;
    const update_rule *rule = &w->job->rule;
    double rate = rule->learning_rate, momentum = rule->momentum;
    cpu->decay_velocity(weights, (float)momentum, (float)(rate * rule->l1), (float)(rate * rule->l2),
                        rule->nesterov ? (float)momentum : 0.0f);
    add_weight_gradients(w, l, weights, weights.velocity);
    cpu->move(weights, rule->nesterov ? (float)(1.0 + momentum) : 1.0f);
}

/* BP3 and the step of the biases, which nothing regularizes. */
static void update_biases(const worker *w, size_t l)
{
    const instruction_set *cpu = w->net->cpu;
    const update_rule *rule = &w->job->rule;
    const layer *this = &w->net->layers[l];
    region biases = own_biases(w, l);
    const float *steps = this->steps + biases.begin;
    float momentum = (float)rule->momentum;
    if (!w->net->with_velocity) {
        cpu->add_rows(biases.values, steps, this->stride, w->count, biases.columns, (float)w->next_scale);
        return;
    }
    cpu->decay_velocity(biases, momentum, 0.0f, 0.0f, rule->nesterov ? momentum : 0.0f);
    cpu->add_rows(biases.velocity, steps, this->stride, w->count, biases.columns, 1.0f);
    cpu->move(biases, rule->nesterov ? (float)(1.0 + rule->momentum) : 1.0f);
}

static void update_weights(const worker *w, size_t l, region weights)
{
    if (w->net->with_velocity)
        descend_with_momentum(w, l, weights);
    else
        descend(w, l, weights);
    team_poll(w->team, w->thread);
}

void update(const worker *w)
{
    region own;
    size_t begin, end = own_columns(w, 0, &begin);
    for (end += begin; begin < end; begin += own.columns) {
        own = first_layer_columns(w->net, begin, end);
        update_weights(w, 0, own);
    }
    for (size_t l = 1; l < w->net->count; l++)
        update_weights(w, l, own_rows(w, l));
    for (size_t l = 0; l < w->net->count; l++)
        update_biases(w, l);
}
