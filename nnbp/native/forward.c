/* The forward pass of a layer: z = a @ weights + biases, and the sigmoid of it. */

#include "worker.h"

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

void weighted_inputs(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns)
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

void hidden_activations(const worker *w, size_t l, size_t first, size_t count, size_t begin, size_t columns)
{
    const layer *own = &w->net->layers[l];
    bool masked = w->draws && columns;
    if (masked)
        draw_mask(w, l, begin, columns);
    for (size_t i = first; i < first + count; i++)
        w->net->cpu->activate(own->a + i * own->stride + begin, own->biases + begin, (float)w->scale,
                              masked ? own->mask + i * own->stride + begin : NULL, columns);
}
