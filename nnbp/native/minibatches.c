/* Examples on their way into the network: lists of their lit pixels, or all of their pixels as 0-1. */

#include "worker.h"

static const uint8_t *image_bytes(const session *job, size_t example)
{
    size_t index = job->order ? (size_t)job->order[example] : example;
    return job->images->bytes + index * job->images->pixels;
}

static bool drops_pixels(const worker *w)
{
    return w->job->rule.input_dropout > 0.0;
}

static void scale_inputs(const worker *w, size_t first, size_t count)
{
    size_t pixels = w->net->pixels, stride = padded(pixels);
    for (size_t i = first; i < first + count; i++) {
        float *inputs = w->net->inputs[w->turn] + i * stride;
        scale_pixels(image_bytes(w->job, w->start + i), pixels, inputs);
        if (drops_pixels(w))
            drop_inputs(draws_below(w, 0) + i * pixels, (float)w->job->rule.input_dropout, pixels, inputs);
    }
}

static lit_image kept_list(const session *job, size_t example)
{
    size_t index = job->order ? (size_t)job->order[example] : example;
    const uint64_t *offset = job->images->offsets + index;
    return (lit_image){job->images->lists + offset[0], offset[1] - offset[0]};
}

/* The lists are scattered over memory; those of the next mini-batch are fetched while this one is processed. Always
   inline, since GCC drops a call to a function that only prefetches. */
static inline __attribute__((always_inline)) void prefetch_list(const session *job, size_t example)
{
    if (example >= job->count)
        return;
    lit_image image = kept_list(job, example);
    for (size_t i = 0; i < image.count; i += 64 / sizeof(lit_pixel))
        __builtin_prefetch(image.pixels + i, 0, 2);
}

/* Whether the mini-batch has lists of its own. */
static bool makes_lists(const worker *w)
{
    return !w->job->images->lists || drops_pixels(w);
}

static lit_image made_list(const worker *w, size_t i)
{
    return (lit_image){w->net->lists[w->turn] + i * w->net->pixels, w->net->list_sizes[w->turn][i]};
}

static void make_lists(const worker *w, size_t first, size_t count)
{
    network *net = w->net;
    for (size_t i = first; i < first + count; i++) {
        lit_pixel *list = net->lists[w->turn] + i * net->pixels;
        size_t *size = &net->list_sizes[w->turn][i], example = w->start + i;
        if (!w->job->images->lists)
            *size = net->cpu->list_lit(image_bytes(w->job, example), net->pixels, list);
        if (drops_pixels(w))
            *size = keep_pixels(w->job->images->lists ? kept_list(w->job, example) : made_list(w, i),
                                draws_below(w, 0) + i * net->pixels, (float)w->job->rule.input_dropout, list);
    }
}

static void find_lists(const worker *w, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        w->lit[i] = makes_lists(w) ? made_list(w, i) : kept_list(w->job, w->start + i);
        if (w->job->images->lists)
            prefetch_list(w->job, w->start + i + w->net->batch_size);
    }
}

bool gather(worker *w)
{
    size_t first, count = own_examples(w, &first);
    if (w->job->dense) {
        scale_inputs(w, first, count);
        return team_wait(w->team);
    }
    if (makes_lists(w)) {
        make_lists(w, first, count);
        if (!team_wait(w->team))
            return false;
    }
    find_lists(w, 0, w->count);
    return true;
}

void gather_own(const worker *w, size_t first, size_t count)
{
    if (w->job->dense) {
        scale_inputs(w, first, count);
        return;
    }
    if (makes_lists(w))
        make_lists(w, first, count);
    find_lists(w, first, count);
}
