/* The forward pass of a layer: z = a @ weights + biases, and its sigmoid. */

#include "worker.h"

void weighted_inputs(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns)
{
    network *net = w->net;
    const layer *own = &net->layers[l];
    matrix weights = columns_of(layer_weights(net, l), begin, columns);
    matrix z = {own->a + first * own->stride + begin, count, columns, own->stride, BLOCK};
    if (l > 0) {
        const layer *below = &net->layers[l - 1];
        net->cpu->product(below->a + first * below->stride, below->stride, 1, weights, z, SET);
    } else if (w->job->dense) {
        size_t stride = padded(net->pixels);
        net->cpu->product(net->inputs[w->turn] + first * stride, stride, 1, weights, z, SET);
    } else {
        net->cpu->lit_product(w->lit + first, count, weights, z.values, z.stride);
    }
}

/* The factors of the mini-batch's activations in a hidden layer: 0 with probability p, else 1/(1 - p). */
static void draw_mask(const worker *w, size_t l, size_t begin, size_t columns)
{
    const layer *own = &w->net->layers[l];
    float p = (float)w->job->rule.dropout, kept = 1.0f / (1.0f - p);
    size_t end = begin + columns < own->n_out ? begin + columns : own->n_out;
    const float *draws = draws_below(w, l + 1);
    for (size_t i = 0; i < w->count; i++)
        for (size_t j = begin; j < end; j++)
            own->mask[i * own->stride + j] = draws[i * own->n_out + j] >= p ? kept : 0.0f;
}

void hidden_activations(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns)
{
    const layer *own = &w->net->layers[l];
    bool masked = w->draws && own->mask && columns;
    float scale = (float)(w->scales[l].now * gain(w, l));
    if (masked)
        draw_mask(w, l, begin, columns);
    for (size_t i = first; i < first + count; i++)
        w->net->cpu->activate(own->a + i * own->stride + begin, own->biases + begin, scale,
                              masked ? own->mask + i * own->stride + begin : NULL, columns);
}
