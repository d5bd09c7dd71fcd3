/* Images distorted at random, as in warping.py: integers only, so that the bytes are the same. */

#ifndef NNBP_DISTORT_H
#define NNBP_DISTORT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "kernels.h"
#include "team.h"

#define LONGEST_SIDE 1024
/* In 1/65536: more than the factors of 2.83 and the offsets of 400 pixels that the largest strengths lead to, and so
   little that sums stay below 2^30. */
#define LARGEST_FACTOR (1 << 18)
#define LARGEST_OFFSET (1 << 26)

typedef struct {
    const uint8_t *bytes; /* (.., rows * columns) */
    const int64_t *order; /* (count): which of the images */
    const distortion_map *maps; /* (count) */
    const int16_t *field; /* (FIELD_SIDE, FIELD_SIDE) */
    size_t count, rows, columns;
    const instruction_set *cpu;
    uint8_t *out; /* (count, rows * columns) */
    atomic_bool lacks_memory;
} distortion;

/* Distort the images that belong to this thread. */
void distort_thread(struct team *team, size_t thread, void *job);

#endif
