/* The inner loops, compiled once for each instruction set and chosen at run time.

   Every number of a result is one chain of fused multiply-adds in the order of its terms, whichever loop is chosen
   and however it is blocked.

   Columns come in multiples of 16: the weights, biases and steps beyond the last neuron of a layer are 0. */

#ifndef NNBP_KERNELS_H
#define NNBP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* An index and a byte share 32 bits, with room for the end of the last tile. */
#define MOST_PIXELS ((size_t)1 << 23)

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
    uint16_t *examples;
    uint16_t *counts;
    size_t capacity;
} pixel_lists;

/* Fewer images are processed one by one; more, a chunk at a time. */
#define FEW_IMAGES 24
#define CHUNK 128

typedef enum { QUADRATIC, CROSS_ENTROPY, LOG_LIKELIHOOD } cost_function;

/* Rows of a matrix, in blocks of BLOCK columns: item (i, j) is values[j / BLOCK * block + i * stride + j % BLOCK].
   If `block` is BLOCK, these are ordinary rows. If each block is stored contiguously, a walk over some rows stays
   within a small range of memory, and threads that own different blocks never share a pair of cache lines. */
#define BLOCK 32

typedef struct {
    float *values;
    size_t rows, columns, stride, block;
} matrix;

/* How a product enters its result: it replaces the value; it continues the sum; or each CHUNK of terms is summed
   separately and then added, so that many small terms are not lost in a large sum. */
typedef enum { SET, CONTINUE, ADD } destination;

/* The side of a torus of displacements, in 1/256 pixel, and a window of it: its corner, and its sign. */
#define FIELD_SIDE 512

typedef struct {
    int32_t row, column, sign;
} field_window;

/* From a pixel to its source, as in warping.py: factors and offsets in 1/65536. */
typedef struct {
    int32_t xx, xy, yx, yy, x, y;
    field_window window_x, window_y;
} distortion_map;

/* Buffers for one image, with room for whole vectors beyond the end (distort.c). */
typedef struct {
    uint8_t *image; /* with a black border: one pixel before the first, two after the last */
    uint16_t *pairs;
    int16_t *window;
    int32_t *places, *parts;
    uint8_t *result;
} distortion_room;

typedef struct {
    const char *name;

    /* Write the list of an image, with room for all `pixels`; returns the number of lit pixels. */
    size_t (*list_lit)(const uint8_t *image, size_t pixels, lit_pixel *list);

    /* result (m, n) = a (m, k) @ b (k, n); a[i][j] is a[i * a_row + j * a_column]. */
    void (*product)(const float *a, size_t a_row, size_t a_column, matrix b, matrix result, destination how);

    /* z (count, columns) = images @ weights, over lit pixels only. */
    void (*lit_product)(const lit_image *images, size_t count, matrix weights, float *z, size_t z_stride);

    /* weights += images.T @ steps, image by image; for fewer than FEW_IMAGES. */
    void (*lit_update)(const lit_image *images, size_t count, matrix weights, const float *steps,
                       size_t steps_stride);

    /* The same, pixel by pixel, which writes each weight once; for at most CHUNK images. */
    void (*pixel_update)(const pixel_lists *lists, size_t count, matrix weights, const float *steps,
                         size_t steps_stride);

    /* to (columns, rows) = from (rows, columns).T; `rows` is a multiple of 16, `columns` any number. */
    void (*transpose)(const float *from, size_t from_stride, size_t rows, size_t columns,
                      float *to, size_t to_stride);

    /* a = sigmoid(scale * a + biases) of one row, times `mask` unless that is NULL. */
    void (*activate)(float *a, const float *biases, float scale, const float *mask, size_t columns);

    /* BP2 of one row that holds the product: steps *= scale * a (1 - kept * a). */
    void (*slope)(float *steps, const float *a, float scale, float kept, size_t columns);

    /* z (n) of one example becomes scale * z + biases; the index of the largest is returned. */
    size_t (*answer)(float *z, const float *biases, float scale, size_t n);

    /* BP1 of one example: z (n) becomes the activations, `steps` (n) becomes factor * delta unless it is NULL,
       and the cost is returned. */
    double (*output_error)(cost_function cost, float *z, size_t n, size_t label, float *steps, float factor);

    /* sums += scale * the sum of the rows of `steps`. */
    void (*add_rows)(float *sums, const float *steps, size_t stride, size_t count, size_t columns, float scale);

    /* weights *= factor */
    void (*multiply)(matrix weights, float factor);

    /* weights = decay * weights - l1 * sign(weights) */
    void (*regularize)(matrix weights, float decay, float l1);

    /* velocity = momentum * velocity - l1 * sign(weights) - l2 * weights. For Nesterov's momentum, which first
       undoes its look-ahead: weights -= look_back * the old velocity. The velocity has the layout of the weights.
       */
    void (*decay_velocity)(matrix weights, float *velocity, float momentum, float l1, float l2, float look_back);

    /* weights += factor * velocity */
    void (*move)(matrix weights, const float *velocity, float factor);

    /* Columns of weights whose Euclidean norm, summed in float64 row by row, exceeds `most` are scaled to that. */
    void (*limit_norms)(matrix weights, double most);

    /* For outputs, in float64 and the same to the last bit whichever set is chosen (wide.h).
       z (count, columns) = images, as bytes, @ weights, over lit pixels only. */
    void (*lit_sums)(const lit_image *images, size_t count, matrix weights, double *z, size_t z_stride);

    /* z (count, columns) = a (count, rows of the weights) @ weights, for activations of at most 29 bits. */
    void (*sums)(const double *a, size_t a_stride, size_t count, matrix weights, double *z, size_t z_stride);

    /* a = sigmoid(scale * z + biases) of one row, in place, to the nearest multiple of 2^-29. */
    void (*activate_sums)(double *z, const float *biases, double scale, size_t columns);

    /* The activations (n) of the output layer from z of one example, which is overwritten; the index of the
       largest scale * z + biases is returned. */
    size_t (*answer_sums)(cost_function cost, double *z, const float *biases, double scale, size_t n,
                          float *outputs);

    /* out = image (rows, columns), distorted. */
    void (*distort)(const uint8_t *image, size_t rows, size_t columns, const distortion_map *map,
                    const int16_t *field, const distortion_room *room, uint8_t *out);
} instruction_set;

/* NULL for each one that the architecture of this build does not have. */
extern const instruction_set *const baseline_instructions;
extern const instruction_set *const v3_instructions;
extern const instruction_set *const v4_instructions;

#endif
