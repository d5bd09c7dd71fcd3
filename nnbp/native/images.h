/* The images of a data set, as their bytes or as lists of the pixels that are lit. */

#ifndef NNBP_IMAGES_H
#define NNBP_IMAGES_H

#include <stdbool.h>

#include "kernels.h"

typedef struct {
    const uint8_t *bytes; /* (count, pixels), not owned */
    size_t count, pixels;
    size_t lit;        /* pixels that are lit in all images together, where `lists` is kept */
    lit_pixel *lists;  /* of all images, one after the other; NULL where they are not kept */
    uint64_t *offsets; /* (count + 1): where each image's list begins */
} image_set;

/* How many of these bytes are not 0. */
size_t count_lit(const uint8_t *bytes, size_t count);

/* Write the list of an image, which takes up to `pixels` entries; returns how many it has. */
size_t list_lit(const uint8_t *image, size_t pixels, lit_pixel *list);

/* Sort the lit pixels from `begin` up to `end` of some images by pixel; `lists` has room for all images. */
void list_by_pixel(const lit_image *images, size_t count, size_t begin, size_t end, const pixel_lists *lists);

/* As NumPy does: each byte, as a float, times 1/255, as a float. */
void scale_pixels(const uint8_t *image, size_t pixels, float *inputs);

/* Make the lists of all images, if they take at most `most_bytes`. False if there is no memory for them. */
bool keep_lists(image_set *images, size_t most_bytes);

void free_lists(image_set *images);

#endif
