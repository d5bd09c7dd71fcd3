/* A network and the buffers for training it, laid out for the kernels.

   B examples per mini-batch; layer l has n_l neurons in `columns`, n_l rounded up to a multiple of 16, of rows of
   `stride` floats. The weights of the first layer are stored in contiguous blocks (kernels.h).

   Names and equations are those of backprop.py, with one difference: the deltas are multiplied by -rate/B (with L2,
   -rate/(B scale), both of their layer) as soon as they are computed, and called steps from then on, since BP2 to BP4
   are linear in them. */

#ifndef NNBP_NETWORK_H
#define NNBP_NETWORK_H

#include <stdbool.h>

#include "images.h"
#include "kernels.h"
#include "team.h"

#define MOST_LAYERS 1000

_Static_assert(sizeof(size_t) >= 8, "the engine counts in 64 bits; without it NumPy trains");

typedef struct {
    size_t n_in, n_out, columns, stride;
    float *weights; /* (n_in rounded up to 16, stride); in the first layer, blocks of BLOCK columns */
    float *biases;  /* (stride) */
    float *velocity, *bias_velocity; /* likewise; NULL without momentum */
    float *a;          /* (B, stride): weighted inputs z, then activations */
    double *sums;      /* (B, stride): the same as `a` in float64, for outputs */
    float *steps;      /* (B, stride): -rate/B times the deltas */
    float *mask;       /* (B, stride): factors of the activations; NULL without dropout */
    float *transposed; /* (n_out, stride of the layer below): weights.T for BP2; NULL in the first layer */
    /* With L2 alone the true weights are scale * `weights`: one number shrinks instead of all of them (Bottou 2012,
       "Stochastic Gradient Descent Tricks", section 5.1). */
    double scale;
} layer;

/* The scale of a layer before and after a step, and whether the step multiplies the next one into the weights. */
typedef struct {
    double now, next;
    bool settles;
} layer_scale;

typedef struct {
    double learning_rate, l1, l2; /* l1 and l2 are divided by the number of training examples */
    double *layer_rates;          /* (layers): each layer's factor of the learning rate, above 0 */
    double momentum, dropout, input_dropout;
    double max_norm; /* of the weights into each hidden neuron; 0 for none */
    bool nesterov;
} update_rule;

typedef struct {
    const instruction_set *cpu;
    cost_function cost;
    size_t count; /* of layers above the input */
    size_t batch_size, pixels;
    layer *layers;
    bool with_velocity, with_dropout;
    /* Data that the threads prepare for a mini-batch before a barrier; two sets, since a fast thread prepares the
       next mini-batch while others still work on this one. */
    float *inputs[2];      /* dense: (B, pixels rounded up to 16), 0-1 */
    lit_pixel *lists[2];   /* lists that are not kept, or from which pixels are dropped: (B, pixels) */
    size_t *list_sizes[2]; /* (B) */
    /* For each thread: its view of the mini-batch (MOST_THREADS, B), and a CHUNK of it sorted by pixel. */
    lit_image *lit;
    pixel_lists by_pixel[MOST_THREADS];
    layer_scale *scales[MOST_THREADS]; /* (count), for each thread: all of them compute the same */
    void *memory;
} network;

/* n rounded up to a multiple of 16. */
static inline size_t padded(size_t n)
{
    return (n + 15) / 16 * 16;
}

/* With room for B examples at a time; NULL without enough memory. */
network *new_network(const instruction_set *cpu, cost_function cost, const size_t *sizes, size_t count,
                     size_t batch_size, bool with_velocity, bool with_dropout);

void free_network(network *net);

/* All weights of a layer; some of its rows (not in the first layer); some of its columns, from the start of a
   block. */
matrix layer_weights(const network *net, size_t l);
matrix rows_of(matrix whole, size_t begin, size_t rows);
matrix columns_of(matrix whole, size_t begin, size_t columns);

/* Multiply the scales into the weights. */
void settle(network *net);

/* The examples of a call, and the results. */
typedef struct {
    network *net;
    const image_set *images;
    bool dense; /* whether the first layer multiplies all pixels rather than the lit ones; not for outputs */
    const int32_t *labels; /* of all images */
    const int64_t *order;  /* (count): indices of the images, or NULL for the first `count` in order */
    size_t count;
    /* Dropout: uniform numbers 0-1, mini-batch by mini-batch, layer by layer from the input on, (B, n_l); only of the
       layers that have dropout. */
    const float *draws;
    update_rule rule;
    int32_t *answers; /* (count) */
    double *costs;    /* (count); unused where outputs are computed */
    float *outputs;   /* (count, n_L): activations of the output layer; unused where costs are computed */
} session;

/* The uniform numbers that an example needs. */
size_t draws_per_example(const session *job);

/* The work of one thread: train on all mini-batches; evaluate all examples; or compute their outputs. */
void train_thread(struct team *team, size_t thread, void *job);
void evaluate_thread(struct team *team, size_t thread, void *job);
void predict_thread(struct team *team, size_t thread, void *job);

#endif
