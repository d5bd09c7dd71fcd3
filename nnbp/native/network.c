#include "network.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 128

/* AddressSanitizer watches the gaps between the arrays, which must not be touched. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define GAP 128
#define FORBID(place) __asan_poison_memory_region((place), GAP)
#else
#define GAP 0
#define FORBID(place) (void)(place)
#endif

/* The next `count` items of the memory at `base`; while that is NULL they are only measured. */
static void *room(char *base, size_t *used, size_t count, size_t size)
{
    size_t bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *place = base ? base + *used : NULL;
    if (base)
        FORBID(base + *used + bytes);
    *used += bytes + GAP;
    return place;
}

/* Rows have an odd number of cache lines: with an even number, the rows of a column of blocks would use only half
   of the cache's sets; with a power of two, very few. */
static size_t row_stride(size_t n)
{
    return padded(n) < 64 ? padded(n) : padded(n) / 16 % 2 ? padded(n) : padded(n) + 16;
}

static void lay_out_layer(network *net, size_t l, char *base, size_t *used)
{
    layer *own = &net->layers[l];
    size_t width = l > 0 ? own->stride : (own->columns + BLOCK - 1) / BLOCK * BLOCK;
    size_t parameters = padded(own->n_in) * width, outputs = net->batch_size * own->stride;
    own->weights = room(base, used, parameters, sizeof(float));
    own->biases = room(base, used, own->stride, sizeof(float));
    if (net->with_velocity) {
        own->velocity = room(base, used, parameters, sizeof(float));
        own->bias_velocity = room(base, used, own->stride, sizeof(float));
    }
    own->a = room(base, used, outputs, sizeof(float));
    own->sums = room(base, used, outputs, sizeof(double));
    own->steps = room(base, used, outputs, sizeof(float));
    if (net->with_dropout && l + 1 < net->count)
        own->mask = room(base, used, outputs, sizeof(float));
    if (l > 0)
        own->transposed = room(base, used, own->n_out * net->layers[l - 1].stride, sizeof(float));
}

static void lay_out_views(network *net, char *base, size_t *used)
{
    for (size_t turn = 0; turn < 2; turn++) {
        net->inputs[turn] = room(base, used, net->batch_size * padded(net->pixels), sizeof(float));
        net->lists[turn] = room(base, used, net->batch_size * net->pixels, sizeof(lit_pixel));
        net->list_sizes[turn] = room(base, used, net->batch_size, sizeof(size_t));
    }
    net->lit = room(base, used, MOST_THREADS * net->batch_size, sizeof(lit_image));
    size_t capacity = net->batch_size < CHUNK ? net->batch_size : CHUNK;
    for (size_t thread = 0; thread < MOST_THREADS; thread++) {
        uint16_t *examples = room(base, used, net->pixels * capacity, sizeof(uint16_t));
        uint16_t *counts = room(base, used, net->pixels, sizeof(uint16_t));
        net->by_pixel[thread] = (pixel_lists){examples, counts, capacity};
        net->scales[thread] = room(base, used, net->count, sizeof(layer_scale));
    }
}

/* Place every array behind `base`; returns the bytes that all of them take. */
static size_t lay_out(network *net, char *base)
{
    size_t used = 0;
    for (size_t l = 0; l < net->count; l++)
        lay_out_layer(net, l, base, &used);
    lay_out_views(net, base, &used);
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
                     .layers = layers, .with_velocity = with_velocity, .with_dropout = with_dropout};
    for (size_t l = 0; l < count; l++)
        layers[l] = (layer){.n_in = sizes[l], .n_out = sizes[l + 1], .columns = padded(sizes[l + 1]),
                            .stride = row_stride(sizes[l + 1]), .scale = 1.0};
    /* Zeroed, so that the padding is 0; pages never touched take no memory. */
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

matrix layer_weights(const network *net, size_t l)
{
    const layer *own = &net->layers[l];
    if (l > 0)
        return (matrix){own->weights, own->n_in, own->columns, own->stride, BLOCK};
    return (matrix){own->weights, own->n_in, own->columns, BLOCK, padded(own->n_in) * BLOCK};
}

matrix rows_of(matrix whole, size_t begin, size_t rows)
{
    whole.values += begin * whole.stride;
    whole.rows = rows;
    return whole;
}

matrix columns_of(matrix whole, size_t begin, size_t columns)
{
    whole.values += begin / BLOCK * whole.block;
    whole.columns = columns;
    return whole;
}

void settle(network *net)
{
    for (size_t l = 0; l < net->count; l++) {
        layer *own = &net->layers[l];
        if (own->scale != 1.0)
            net->cpu->multiply(layer_weights(net, l), (float)own->scale);
        own->scale = 1.0;
    }
}
