#include "images.h"

#include <stdlib.h>
#include <string.h>

#define BRIGHTNESS (1.0f / 255.0f)

size_t count_lit(const uint8_t *bytes, size_t count)
{
    size_t lit = 0;
    for (size_t i = 0; i < count; i++)
        lit += bytes[i] != 0;
    return lit;
}

size_t list_lit(const uint8_t *image, size_t pixels, lit_pixel *list)
{
    size_t lit = 0, pixel = 0;
    while (pixel < pixels) {
        uint64_t eight = 1;
        size_t end = pixel + 8 < pixels ? pixel + 8 : pixels;
        if (end - pixel == 8)
            memcpy(&eight, image + pixel, 8);
        if (eight == 0) {
            pixel = end;
            continue;
        }
        for (; pixel < end; pixel++) {
            /* Written always, and counted if it is lit: a branch here would be guessed wrong too often. */
            list[lit] = (lit_pixel)(pixel << 8 | image[pixel]);
            lit += image[pixel] != 0;
        }
    }
    return lit;
}

/* The first of an image's lit pixels from `pixel` on. */
static size_t find_pixel(const lit_image *image, size_t pixel)
{
    size_t low = 0, high = image->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (image->pixels[middle] >> 8 < pixel)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void list_by_pixel(const lit_image *images, size_t count, size_t begin, size_t end, const pixel_lists *lists)
{
    memset(lists->counts + begin, 0, (end - begin) * sizeof(uint32_t));
    for (size_t i = 0; i < count; i++)
        for (size_t at = find_pixel(&images[i], begin); at < images[i].count; at++) {
            lit_pixel lit = images[i].pixels[at];
            size_t pixel = lit >> 8;
            if (pixel >= end)
                break;
            lit_pixel *list = lists->examples + pixel * lists->capacity;
            list[lists->counts[pixel]++] = (lit_pixel)(i << 8) | (lit & 255);
        }
}

void scale_pixels(const uint8_t *image, size_t pixels, float *inputs)
{
    for (size_t i = 0; i < pixels; i++)
        inputs[i] = (float)image[i] * BRIGHTNESS;
}

bool keep_lists(image_set *images, size_t most_bytes)
{
    size_t lit = count_lit(images->bytes, images->count * images->pixels);
    /* One image more, since the last list is written with room for all of its pixels. */
    size_t capacity = lit + images->pixels;
    if (lit * sizeof(lit_pixel) > most_bytes)
        return true;
    images->lists = malloc(capacity * sizeof(lit_pixel));
    images->offsets = malloc((images->count + 1) * sizeof(uint64_t));
    if (!images->lists || !images->offsets) {
        free_lists(images);
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < images->count; i++) {
        images->offsets[i] = at;
        /* A file that is mapped may change between the count and this; then its lists are not kept. */
        if (capacity - at < images->pixels) {
            free_lists(images);
            return true;
        }
        at += list_lit(images->bytes + i * images->pixels, images->pixels, images->lists + at);
    }
    images->offsets[images->count] = at;
    images->lit = at;
    return true;
}

void free_lists(image_set *images)
{
    free(images->lists);
    free(images->offsets);
    images->lists = NULL;
    images->offsets = NULL;
}
