/* The inner loops, compiled once for each instruction set and chosen at run time.

   Matrices are rows of `stride` floats. `columns` count from the first one that is given, in multiples of 16: the
   slice of a layer that a thread owns; what is beyond the last neuron of a layer is 0.
   A number of a result is one chain of fused additions in the order of its terms. How the loops around it are
   blocked, and which of them is chosen, cannot be seen in it. */

#ifndef NNBP_KERNELS_H
#define NNBP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* A pixel that is not black: its index times 256, plus its byte. */
typedef uint32_t lit_pixel;

/* The lit pixels of one image, in ascending order. */
typedef struct {
    const lit_pixel *pixels;
    size_t count;
} lit_image;

/* The same pixels by pixel: of up to `capacity` examples, counts[p] from examples + p * capacity on, each the
   index of the example times 256, plus the pixel's byte. */
typedef struct {
    lit_pixel *examples;
    uint32_t *counts;
    size_t capacity;
} pixel_lists;

/* Fewer images are walked one by one; of more, a chunk at a time, whose walks stay together. */
#define FEW_IMAGES 24
#define LIT_CHUNK 128

typedef enum { QUADRATIC, CROSS_ENTROPY, LOG_LIKELIHOOD } cost_function;

/* Part of a layer's weights, or of its biases, as one row: columns `begin` to `begin + columns` of all rows, or
   all columns of the rows from `begin` on. The pointers are to its first item. */
typedef struct {
    float *values, *velocity; /* no velocity without momentum */
    size_t begin, rows, columns, stride;
} region;

typedef struct {
    const char *name;
    /* Columns of the first layer's weights that the registers hold at a time, and that are stored together. */
    size_t block;

    /* Write the list of an image, for which there is room for all `pixels`; returns how many are lit. */
    size_t (*list_lit)(const uint8_t *image, size_t pixels, lit_pixel *list);

    /* result (m, n) = a (m, k) @ b (k, n), or += where `add`; a[i][j] is a[i * a_row + j * a_column]. */
    void (*product)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column,
                    const float *b, size_t b_stride, float *result, size_t result_stride, int add);

    /* z (count, columns) = images @ weights, over lit pixels only. */
    void (*lit_product)(const lit_image *images, size_t count, size_t pixels, size_t columns,
                        const float *weights, size_t stride, float *z, size_t z_stride);

    /* weights += images.T @ steps, image by image. */
    void (*lit_update)(const lit_image *images, size_t count, size_t pixels, size_t columns,
                       float *weights, size_t stride, const float *steps, size_t steps_stride);

    /* The same pixel by pixel, which writes each weight once for all `count` examples, at most LIT_CHUNK. */
    void (*pixel_update)(const pixel_lists *lists, size_t pixels, size_t columns,
                         float *weights, size_t stride, const float *steps, size_t steps_stride, size_t count);

    /* to (columns, rows) = from (rows, columns).T; `rows` is a multiple of 16, columns are any number. */
    void (*transpose)(const float *from, size_t from_stride, size_t rows, size_t columns,
                      float *to, size_t to_stride);

    /* a = sigmoid(scale * a + biases) of one row, times `mask` where there is one. */
    void (*activate)(float *a, const float *biases, float scale, const float *mask, size_t columns);

    /* BP2 of one row, once it holds the product: steps *= scale * a (1 - kept * a). */
    void (*slope)(float *steps, const float *a, float scale, float kept, size_t columns);

    /* z (n) of one example becomes scale * z + biases; the index of the largest is returned. */
    size_t (*answer)(float *z, const float *biases, float scale, size_t n);

    /* BP1 of one example: z (n) becomes the activations, `steps` (n) becomes factor * delta unless it is NULL,
       and the cost is returned. */
    double (*output_error)(cost_function cost, float *z, size_t n, size_t label, float *steps, float factor);

    /* sums += scale * the sum of the rows of `steps`. */
    void (*add_rows)(float *sums, const float *steps, size_t stride, size_t count, size_t columns, float scale);

    /* values *= factor */
    void (*multiply)(region weights, float factor);

    /* values = decay * values - l1 * sign(values) */
    void (*regularize)(region weights, float decay, float l1);

    /* velocity = momentum * velocity - l1 * sign(values) - l2 * values, and for Nesterov's momentum, which
       steps back from where it had looked ahead: values -= look_back * the velocity that was. */
    void (*decay_velocity)(region weights, float momentum, float l1, float l2, float look_back);

    /* values += factor * velocity */
    void (*move)(region weights, float factor);
} instruction_set;

/* Each NULL where the processor that nnbp was built for cannot have it. */
extern const instruction_set *const baseline_instructions;
extern const instruction_set *const v3_instructions;
extern const instruction_set *const v4_instructions;

#endif
