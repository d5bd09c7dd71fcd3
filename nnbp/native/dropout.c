/* Dropout: which uniform numbers belong to which layer, and pixels dropped by them. Those of hidden neurons become
   masks in forward.c. */

#include "worker.h"

static size_t drawn_pixels(const session *job)
{
    return job->rule.input_dropout > 0.0 ? job->net->pixels : 0;
}

size_t draws_per_example(const session *job)
{
    size_t count = drawn_pixels(job);
    for (size_t l = 0; job->net->with_dropout && l + 1 < job->net->count; l++)
        count += job->net->layers[l].n_out;
    return count;
}

const float *draws_below(const worker *w, size_t l)
{
    size_t before = l > 0 ? drawn_pixels(w->job) : 0;
    for (size_t below = 0; below + 1 < l; below++)
        before += w->net->layers[below].n_out;
    return w->draws + w->count * before;
}

void drop_inputs(const float *draws, float p, size_t pixels, float *inputs)
{
    for (size_t i = 0; i < pixels; i++)
        inputs[i] = draws[i] >= p ? inputs[i] : 0.0f;
}

size_t keep_pixels(lit_image image, const float *draws, float p, lit_pixel *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < image.count; i++) {
        /* Always written, counted only if kept: a branch here would be mispredicted too often. */
        lit_pixel lit = image.pixels[i];
        list[kept] = lit;
        kept += draws[lit >> 8] >= p;
    }
    return kept;
}
