/* Examples on their way into the network: lists of their lit pixels, or all of their pixels as 0-1. */

#include "worker.h"

static const uint8_t *image_bytes(const session *job, size_t example)
{
    size_t index = job->order ? (size_t)job->order[example] : example;
    return job->images->bytes + index * job->images->pixels;
}

static void scale_inputs(const worker *w, size_t first, size_t count)
{
    size_t pixels = w->net->pixels, stride = padded(pixels);
    for (size_t i = first; i < first + count; i++)
        scale_pixels(image_bytes(w->job, w->start + i), pixels, w->net->inputs[w->turn] + i * stride);
}

static void list_pixels(const worker *w, size_t first, size_t count)
{
    network *net = w->net;
    for (size_t i = first; i < first + count; i++)
        net->list_sizes[w->turn][i] = net->cpu->list_lit(image_bytes(w->job, w->start + i), net->pixels,
                                                         net->lists[w->turn] + i * net->pixels);
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

static void find_lists(const worker *w, size_t first, size_t count)
{
    network *net = w->net;
    for (size_t i = first; i < first + count; i++) {
        if (w->job->images->lists) {
            w->lit[i] = kept_list(w->job, w->start + i);
            prefetch_list(w->job, w->start + i + net->batch_size);
        } else {
            w->lit[i] = (lit_image){net->lists[w->turn] + i * net->pixels, net->list_sizes[w->turn][i]};
        }
    }
}

bool gather(worker *w)
{
    size_t first, count = own_examples(w, &first);
    if (w->job->dense) {
        scale_inputs(w, first, count);
        return team_wait(w->team);
    }
    if (!w->job->images->lists) {
        list_pixels(w, first, count);
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
    if (!w->job->images->lists)
        list_pixels(w, first, count);
    find_lists(w, first, count);
}
