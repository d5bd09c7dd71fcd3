#include "images.h"

#include <stdlib.h>
#include <string.h>

#define BRIGHTNESS (1.0f / 255.0f)
/* The number of images from which the fraction of lit pixels is estimated. */
#define SAMPLE 1000

double lit_density(const uint8_t *bytes, size_t count, size_t pixels)
{
    size_t some = count < SAMPLE ? count : SAMPLE, lit = 0;
    for (size_t i = 0; i < some; i++) {
        /* Spread over the file, which may be sorted. */
        const uint8_t *image = bytes + count * i / some * pixels;
        for (size_t pixel = 0; pixel < pixels; pixel++)
            lit += image[pixel] != 0;
    }
    return some ? (double)lit / (double)(some * pixels) : 0.0;
}

void list_by_pixel(const lit_image *images, size_t count, size_t pixels, const pixel_lists *lists)
{
    memset(lists->counts, 0, pixels * sizeof *lists->counts);
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < images[i].count; at++) {
            lit_pixel lit = images[i].pixels[at];
            size_t pixel = lit >> 8;
            lists->examples[pixel * lists->capacity + lists->counts[pixel]++] = (uint16_t)(i << 8 | (lit & 255));
        }
}

void scale_pixels(const uint8_t *image, size_t pixels, float *inputs)
{
    for (size_t i = 0; i < pixels; i++)
        inputs[i] = (float)image[i] * BRIGHTNESS;
}

/* Memory for the lists of all images, if they are likely to fit; unused pages take no memory. */
static size_t capacity_for(const image_set *images, size_t most_bytes)
{
    size_t most = most_bytes / sizeof(lit_pixel), all = images->count * images->pixels;
    if (images->density * (double)all > (double)most)
        return 0;
    return all < most ? all : most;
}

bool keep_lists(image_set *images, size_t most_bytes, const instruction_set *cpu)
{
    size_t capacity = capacity_for(images, most_bytes), at = 0;
    if (capacity == 0)
        return true;
    /* One more image, since each list is written with room for all pixels. */
    images->lists = malloc((capacity + images->pixels) * sizeof(lit_pixel));
    images->offsets = malloc((images->count + 1) * sizeof(uint64_t));
    if (!images->lists || !images->offsets) {
        free_lists(images);
        return false;
    }
    for (size_t i = 0; i < images->count && at <= capacity; i++) {
        images->offsets[i] = at;
        at += cpu->list_lit(images->bytes + i * images->pixels, images->pixels, images->lists + at);
    }
    images->offsets[images->count] = at;
    if (at > capacity) {
        free_lists(images);
        return true;
    }
    lit_pixel *fitting = realloc(images->lists, (at + 1) * sizeof(lit_pixel));
    images->lists = fitting ? fitting : images->lists;
    return true;
}

void free_lists(image_set *images)
{
    free(images->lists);
    free(images->offsets);
    images->lists = NULL;
    images->offsets = NULL;
}
