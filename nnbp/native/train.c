/* Mini-batch gradient descent, by one or more threads.

   Each thread owns some columns of every hidden layer, in multiples of 16: it computes their weighted inputs,
   activations and steps, and changes the weights that lead to them in the first layer, and those that lead from
   them in the others. So every weight is computed by one thread, in an order that does not depend on how many
   there are. What others have computed is read after a barrier: one for each layer on the way up, and one for
   each but the first on the way down.

   The output layer is small; it is shared out by examples instead. */

#include <string.h>

#include "network.h"
#include "team.h"

/* Below this the scale is multiplied into the weights, which are then at most twice as large as they seem. */
#define SMALLEST_SCALE 0.5

/* What a step multiplies the weights by, for L2. */
static double decay(const update_rule *rule)
{
    return 1.0 - rule->learning_rate * rule->l2;
}

/* One thread's view of the mini-batch that it is working on. */
typedef struct {
    session *job;
    network *net;
    team *team;
    size_t thread;
    size_t turn;         /* which of the two sets of prepared lists */
    size_t start, count; /* examples, in the order of the session */
    const float *draws;
    lit_image *lit;
    double scale, next_scale; /* of the weights before and after the step */
    bool settles;             /* whether the step multiplies the next scale into the weights */
} worker;

/* The columns of a layer, or the examples of the mini-batch, that are this thread's: from *begin, so many. */
static size_t own_columns(const worker *w, size_t l, size_t *begin)
{
    size_t end;
    team_share(w->team, w->thread, w->net->layers[l].columns / 16, begin, &end);
    *begin *= 16;
    return end * 16 - *begin;
}

/* The same of every mini-batch, the last one included: nobody else ever touches these rows of the buffers. */
static size_t own_examples(const worker *w, size_t *begin)
{
    size_t end;
    team_share(w->team, w->thread, w->net->batch_size, begin, &end);
    *begin = *begin < w->count ? *begin : w->count;
    return (end < w->count ? end : w->count) - *begin;
}

static const uint8_t *image_bytes(const session *job, size_t example)
{
    size_t index = job->order ? (size_t)job->order[example] : example;
    return job->images->bytes + index * job->images->pixels;
}

static size_t label_of(const session *job, size_t example)
{
    return (size_t)job->labels[job->order ? (size_t)job->order[example] : example];
}

/* --- Examples gathered ---------------------------------------------------------------------------------- */

static void scale_inputs(const worker *w, size_t first, size_t count)
{
    size_t pixels = w->net->pixels, stride = padded(pixels);
    for (size_t i = first; i < first + count; i++)
        scale_pixels(image_bytes(w->job, w->start + i), pixels, w->net->inputs[w->turn] + i * stride);
}

static void list_pixels(const worker *w, size_t first, size_t count)
{
    network *net = w->net;
    for (size_t i = first; i < first + count; i++)
        net->list_sizes[w->turn][i] = list_lit(image_bytes(w->job, w->start + i), net->pixels,
                                               net->lists[w->turn] + i * net->pixels);
}

static lit_image kept_list(const session *job, size_t example)
{
    size_t index = job->order ? (size_t)job->order[example] : example;
    const uint64_t *offset = job->images->offsets + index;
    return (lit_image){job->images->lists + offset[0], offset[1] - offset[0]};
}

/* The lists lie all over the memory; those of the next mini-batch can come while this one is worked on. */
static inline __attribute__((always_inline)) void prefetch_list(const session *job, size_t example)
{
    if (example >= job->count)
        return;
    lit_image image = kept_list(job, example);
    for (size_t i = 0; i < image.count; i += 64 / sizeof(lit_pixel))
        __builtin_prefetch(image.pixels + i, 0, 2);
}

static void find_lists(const worker *w, size_t first, size_t count)
{
    network *net = w->net;
    for (size_t i = first; i < first + count; i++) {
        if (w->job->images->lists) {
            w->lit[i] = kept_list(w->job, w->start + i);
            prefetch_list(w->job, w->start + i + net->batch_size);
        } else {
            w->lit[i] = (lit_image){net->lists[w->turn] + i * net->pixels, net->list_sizes[w->turn][i]};
        }
    }
}

/* Sort the lit pixels of the mini-batch by pixel; each thread does so for some of the pixels. */
static void sort_by_pixel(const worker *w)
{
    size_t begin, end;
    team_share(w->team, w->thread, w->net->pixels, &begin, &end);
    for (size_t start = 0, chunk = 0; start < w->count; start += LIT_CHUNK, chunk++) {
        size_t count = w->count - start < LIT_CHUNK ? w->count - start : LIT_CHUNK;
        list_by_pixel(w->lit + start, count, begin, end, &w->net->by_pixel[w->turn][chunk]);
    }
}

/* Make the mini-batch ready; false where the work is to stop. */
static bool gather(worker *w)
{
    size_t first, count = own_examples(w, &first);
    if (w->job->dense) {
        scale_inputs(w, first, count);
        return team_wait(w->team);
    }
    if (!w->job->images->lists) {
        list_pixels(w, first, count);
        if (!team_wait(w->team))
            return false;
    }
    find_lists(w, 0, w->count);
    if (w->net->by_pixel[0])
        sort_by_pixel(w);
    return true;
}

/* --- Forward -------------------------------------------------------------------------------------------- */

/* z of the first layer, without biases and scale: of `count` examples, for the columns of one region. */
static void first_weighted_inputs(const worker *w, size_t first, size_t count, region own)
{
    network *net = w->net;
    float *z = net->layers[0].a + first * net->layers[0].stride + own.begin;
    size_t z_stride = net->layers[0].stride, input_stride = padded(net->pixels);
    if (w->job->dense)
        net->cpu->product(count, own.columns, own.rows, net->inputs[w->turn] + first * input_stride,
                          input_stride, 1, own.values, own.stride, z, z_stride, 0);
    else
        net->cpu->lit_product(w->lit + first, count, own.rows, own.columns, own.values, own.stride, z, z_stride);
}

/* Weighted inputs z of a layer, without biases and scale: of `count` examples and `columns` neurons. */
static void weighted_inputs(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns)
{
    network *net = w->net;
    if (l == 0) {
        region own;
        for (size_t end = begin + columns; begin < end; begin += own.columns) {
            own = first_layer_columns(net, begin, end);
            first_weighted_inputs(w, first, count, own);
        }
        return;
    }
    const layer *own = &net->layers[l], *below = &net->layers[l - 1];
    net->cpu->product(count, columns, own->n_in, below->a + first * below->stride, below->stride, 1,
                      own->weights + begin, own->stride, own->a + first * own->stride + begin, own->stride, 0);
}

/* The factors of the mini-batch's activations in a hidden layer: 0 with probability p, else 1/(1 - p). */
static void draw_mask(const worker *w, size_t l, size_t begin, size_t columns)
{
    const layer *own = &w->net->layers[l];
    float p = (float)w->job->rule.dropout, kept = 1.0f / (1.0f - p);
    size_t end = begin + columns < own->n_out ? begin + columns : own->n_out;
    const float *draws = w->draws;
    for (size_t below = 0; below < l; below++)
        draws += w->count * w->net->layers[below].n_out;
    for (size_t i = 0; i < w->count; i++)
        for (size_t j = begin; j < end; j++)
            own->mask[i * own->stride + j] = draws[i * own->n_out + j] >= p ? kept : 0.0f;
}

static void hidden_activations(const worker *w, size_t l, size_t first, size_t count, size_t begin,
                               size_t columns)
{
    const layer *own = &w->net->layers[l];
    bool masked = w->draws && columns;
    if (masked)
        draw_mask(w, l, begin, columns);
    for (size_t i = first; i < first + count; i++)
        w->net->cpu->activate(own->a + i * own->stride + begin, own->biases + begin, (float)w->scale,
                              masked ? own->mask + i * own->stride + begin : NULL, columns);
}

/* The answers to examples, their costs and, where `factor` is not 0, BP1: factor times the deltas. */
static void outputs(const worker *w, size_t first, size_t count, float factor)
{
    network *net = w->net;
    session *job = w->job;
    const layer *own = &net->layers[net->count - 1];
    for (size_t i = first; i < first + count; i++) {
        float *z = own->a + i * own->stride, *steps = own->steps + i * own->stride;
        size_t example = w->start + i;
        job->answers[example] = (int32_t)net->cpu->answer(z, own->biases, (float)w->scale, own->n_out);
        job->costs[example] = net->cpu->output_error(net->cost, z, own->n_out, label_of(job, example),
                                                     factor != 0.0f ? steps : NULL, factor);
    }
}

/* Layers of this thread's columns, then the outputs of its examples; each time the threads wait for each other. */
static bool forward(const worker *w)
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
    /* Without hidden layers nobody has waited yet, and others may still be changing the weights. */
    if (last == 0 && !team_wait(w->team))
        return false;
    count = own_examples(w, &first);
    weighted_inputs(w, last, first, count, 0, net->layers[last].columns);
    outputs(w, first, count, (float)(-w->job->rule.learning_rate / ((double)w->count * w->next_scale)));
    return team_wait(w->team);
}

/* --- Backward ------------------------------------------------------------------------------------------- */

/* BP2: steps of layer l from those above it, for this thread's columns, which are rows of the weights above. */
static void propagate(const worker *w, size_t l)
{
    network *net = w->net;
    const layer *own = &net->layers[l], *above = &net->layers[l + 1];
    size_t begin, columns = own_columns(w, l, &begin);
    float kept = 1.0f - (float)w->job->rule.dropout;
    net->cpu->transpose(above->weights + begin * above->stride, above->stride, columns, above->n_out,
                        above->transposed + begin, own->stride);
    net->cpu->product(w->count, columns, above->n_out, above->steps, above->stride, 1,
                      above->transposed + begin, own->stride, own->steps + begin, own->stride, 0);
    for (size_t i = 0; i < w->count; i++)
        net->cpu->slope(own->steps + i * own->stride + begin, own->a + i * own->stride + begin,
                        (float)w->scale, kept, columns);
}

static bool backward(const worker *w)
{
    for (size_t l = w->net->count - 1; l-- > 0;) {
        propagate(w, l);
        team_poll(w->team, w->thread);
        /* The first layer's steps are read by the thread that made them only. */
        if (l > 0 && !team_wait(w->team))
            return false;
    }
    return true;
}

/* --- Update --------------------------------------------------------------------------------------------- */

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

static void update(const worker *w)
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

/* --- A step after the other ----------------------------------------------------------------------------- */

/* How the scale of the weights changes in a step: all threads find the same. */
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

static worker new_worker(struct team *team, size_t thread, session *job)
{
    network *net = job->net;
    return (worker){.job = job, .net = net, .team = team, .thread = thread, .draws = job->draws,
                    .lit = net->lit + thread * net->batch_size, .scale = net->scale};
}

/* A thread alone prepares nothing while others still need what was there. */
static size_t other_turn(const worker *w)
{
    return w->team->count > 1 ? 1 - w->turn : 0;
}

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
    /* Nobody else may still be reading it. Where the work has been stopped, no step is half done. */
    team_wait(team);
    if (thread == 0)
        w.net->scale = w.scale;
}

/* --- Answers only: no thread waits for another, each has examples of its own --------------------------- */

static void answer_examples(worker *w)
{
    size_t first, count = own_examples(w, &first), last = w->net->count - 1;
    if (w->job->dense) {
        scale_inputs(w, first, count);
    } else {
        if (!w->job->images->lists)
            list_pixels(w, first, count);
        find_lists(w, first, count);
    }
    for (size_t l = 0; l <= last; l++) {
        weighted_inputs(w, l, first, count, 0, w->net->layers[l].columns);
        if (l < last)
            hidden_activations(w, l, first, count, 0, w->net->layers[l].columns);
    }
    outputs(w, first, count, 0.0f);
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
