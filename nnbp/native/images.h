/* The images of a data set, as bytes or as lists of their lit pixels. */

#ifndef NNBP_IMAGES_H
#define NNBP_IMAGES_H

#include <stdbool.h>

#include "kernels.h"

typedef struct {
    const uint8_t *bytes; /* (count, pixels), not owned */
    size_t count, pixels;
    double density;    /* the fraction of pixels that are not 0, estimated from a sample */
    lit_pixel *lists;  /* of all images, one after another; NULL if they are not kept */
    uint64_t *offsets; /* (count + 1): the start of each image's list */
} image_set;

double lit_density(const uint8_t *bytes, size_t count, size_t pixels);

/* Sort the lit pixels of some images by pixel; `lists` has room for all images. */
void list_by_pixel(const lit_image *images, size_t count, size_t pixels, const pixel_lists *lists);

/* As in images.py: each byte, as a float, times 1/255, as a float. */
void scale_pixels(const uint8_t *image, size_t pixels, float *inputs);

/* Make the lists of all images, if they take at most `most_bytes`. False if there is no memory for them. */
bool keep_lists(image_set *images, size_t most_bytes, const instruction_set *cpu);

void free_lists(image_set *images);

#endif
