#include "network.h"

#include <stdlib.h>
#include <string.h>

#include "team.h"

#define ALIGNMENT 64
/* Larger mini-batches would take much memory for lists by pixel; their images are walked one by one. */
#define MOST_BY_PIXEL 4096

/* The next `count` items of the memory that begins at `base`; only measured while that is NULL. */
static void *room(char *base, size_t *used, size_t count, size_t size)
{
    void *place = base ? base + *used : NULL;
    *used += (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return place;
}

/* Rows of an odd number of cache lines: of an even number, the rows of a column of blocks would meet in a half
   of the cache, of a power of two in next to nothing of it. */
static size_t row_stride(size_t n)
{
    return padded(n) < 64 ? padded(n) : padded(n) / 16 % 2 ? padded(n) : padded(n) + 16;
}

static void lay_out_layer(network *net, size_t l, char *base, size_t *used)
{
    layer *own = &net->layers[l];
    size_t parameters = padded(own->n_in) * own->stride, outputs = net->batch_size * own->stride;
    own->weights = room(base, used, parameters, sizeof(float));
    own->biases = room(base, used, own->stride, sizeof(float));
    if (net->with_velocity) {
        own->velocity = room(base, used, parameters, sizeof(float));
        own->bias_velocity = room(base, used, own->stride, sizeof(float));
    }
    own->a = room(base, used, outputs, sizeof(float));
    own->steps = room(base, used, outputs, sizeof(float));
    if (net->with_dropout && l + 1 < net->count)
        own->mask = room(base, used, outputs, sizeof(float));
    if (l > 0)
        own->transposed = room(base, used, own->n_out * net->layers[l - 1].stride, sizeof(float));
}

static void lay_out_lists(network *net, size_t turn, char *base, size_t *used)
{
    size_t chunks = (net->batch_size + LIT_CHUNK - 1) / LIT_CHUNK;
    size_t capacity = net->batch_size < LIT_CHUNK ? net->batch_size : LIT_CHUNK;
    net->inputs[turn] = room(base, used, net->batch_size * padded(net->pixels), sizeof(float));
    net->lists[turn] = room(base, used, net->batch_size * net->pixels, sizeof(lit_pixel));
    net->list_sizes[turn] = room(base, used, net->batch_size, sizeof(size_t));
    if (net->batch_size < FEW_IMAGES || net->batch_size > MOST_BY_PIXEL)
        return;
    pixel_lists *lists = room(base, used, chunks, sizeof(pixel_lists));
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        lit_pixel *examples = room(base, used, net->pixels * capacity, sizeof(lit_pixel));
        uint32_t *counts = room(base, used, net->pixels, sizeof(uint32_t));
        if (lists)
            lists[chunk] = (pixel_lists){examples, counts, capacity};
    }
    net->by_pixel[turn] = lists;
}

/* Give every array its place behind `base`; returns the bytes that all of them take. */
static size_t lay_out(network *net, char *base)
{
    size_t used = 0;
    for (size_t l = 0; l < net->count; l++)
        lay_out_layer(net, l, base, &used);
    for (size_t turn = 0; turn < 2; turn++)
        lay_out_lists(net, turn, base, &used);
    net->lit = room(base, &used, MOST_THREADS * net->batch_size, sizeof(lit_image));
    return used;
}

network *new_network(const instruction_set *cpu, cost_function cost, const size_t *sizes, size_t count,
                     size_t batch_size, bool with_velocity, bool with_dropout)
{
    network *net = calloc(1, sizeof *net);
    layer *layers = calloc(count, sizeof *layers);
    if (!net || !layers) {
        free(net);
        free(layers);
        return NULL;
    }
    *net = (network){.cpu = cpu, .cost = cost, .count = count, .batch_size = batch_size, .pixels = sizes[0],
                     .layers = layers, .with_velocity = with_velocity, .with_dropout = with_dropout,
                     .scale = 1.0};
    for (size_t l = 0; l < count; l++)
        layers[l] = (layer){.n_in = sizes[l], .n_out = sizes[l + 1], .columns = padded(sizes[l + 1]),
                            .stride = row_stride(sizes[l + 1])};
    /* Zeroed, and so the padding is 0; memory that is never touched takes no room. */
    net->memory = calloc(lay_out(net, NULL) + ALIGNMENT, 1);
    if (!net->memory) {
        free_network(net);
        return NULL;
    }
    lay_out(net, (char *)net->memory + ALIGNMENT - (uintptr_t)net->memory % ALIGNMENT);
    return net;
}

void free_network(network *net)
{
    free(net->memory);
    free(net->layers);
    free(net);
}

region first_layer_columns(const network *net, size_t begin, size_t end)
{
    const layer *first = &net->layers[0];
    size_t widest = net->cpu->block, block = begin / widest * widest;
    size_t width = first->columns - block < widest ? first->columns - block : widest;
    size_t columns = end < block + width ? end - begin : block + width - begin;
    size_t place = block * first->n_in + begin - block;
    float *velocity = first->velocity ? first->velocity + place : NULL;
    return (region){first->weights + place, velocity, begin, first->n_in, columns, width};
}

void settle(network *net)
{
    if (net->scale != 1.0)
        for (size_t l = 0; l < net->count; l++) {
            layer *own = &net->layers[l];
            size_t width = l > 0 ? own->stride : own->columns;
            region whole = {own->weights, NULL, 0, own->n_in, width, width};
            net->cpu->multiply(whole, (float)net->scale);
        }
    net->scale = 1.0;
}
