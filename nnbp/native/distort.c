#include "distort.h"

#include <stdlib.h>

static size_t in_sixteens(size_t n)
{
    return (n + 15) / 16 * 16;
}

/* Buffers for one thread, all 0; with room for whole vectors beyond the last pixel. */
static bool make_room(distortion_room *room, size_t rows, size_t columns)
{
    size_t bordered = in_sixteens((rows + 3) * (columns + 3)) + 16, pixels = rows * columns + 32;
    *room = (distortion_room){.image = calloc(bordered + columns + 3, 1), .pairs = calloc(bordered, sizeof(uint16_t)),
                              .window = calloc(2 * in_sixteens(columns), sizeof(int16_t)),
                              .places = calloc(pixels, sizeof(int32_t)), .parts = calloc(pixels, sizeof(int32_t)),
                              .result = calloc(pixels, 1)};
    return room->image && room->pairs && room->window && room->places && room->parts && room->result;
}

static void free_room(distortion_room *room)
{
    free(room->image);
    free(room->pairs);
    free(room->window);
    free(room->places);
    free(room->parts);
    free(room->result);
}

void distort_thread(struct team *team, size_t thread, void *argument)
{
    distortion *job = argument;
    distortion_room room;
    size_t pixels = job->rows * job->columns, begin, end;
    team_range(team, thread, job->count, &begin, &end);
    if (!make_room(&room, job->rows, job->columns)) {
        atomic_store(&job->lacks_memory, true);
        end = begin;
    }
    for (size_t i = begin; i < end && !atomic_load(&team->stop_wanted); i++) {
        team_poll(team, thread);
        job->cpu->distort(job->bytes + (size_t)job->order[i] * pixels, job->rows, job->columns, &job->maps[i],
                          job->field, &room, job->out + i * pixels);
    }
    free_room(&room);
}
