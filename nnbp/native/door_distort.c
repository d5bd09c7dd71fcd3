/* Images distorted for Python: every argument is checked here, and the work is done without the interpreter's lock. */

#include "distort.h"
#include "door.h"

static bool is_in(const int64_t *order, size_t count, Py_ssize_t images)
{
    for (size_t i = 0; i < count; i++)
        if (order[i] < 0 || order[i] >= images)
            return false;
    return true;
}

static bool is_window(const field_window *window)
{
    return window->row >= 0 && window->row < FIELD_SIDE && window->column >= 0 && window->column < FIELD_SIDE &&
           window->sign >= -1 && window->sign <= 1;
}

static bool is_within(int32_t x, int32_t largest)
{
    return x >= -largest && x <= largest;
}

static bool are_maps(const distortion_map *maps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const distortion_map *map = &maps[i];
        if (!is_within(map->xx, LARGEST_FACTOR) || !is_within(map->xy, LARGEST_FACTOR) ||
            !is_within(map->yx, LARGEST_FACTOR) || !is_within(map->yy, LARGEST_FACTOR) ||
            !is_within(map->x, LARGEST_OFFSET) || !is_within(map->y, LARGEST_OFFSET) ||
            !is_window(&map->window_x) || !is_window(&map->window_y))
            return false;
    }
    return true;
}

enum { IMAGES, ORDER, MAPS, FIELD, OUT, ARRAYS };

/* Fill the job from the arrays; false, with ValueError, unless everything fits. */
static bool take_arrays(PyObject *const *objects, Py_ssize_t rows, Py_ssize_t columns, Py_buffer *views,
                        distortion *job)
{
    if (rows < 1 || rows > LONGEST_SIDE || columns < 1 || columns > LONGEST_SIDE) {
        PyErr_SetString(PyExc_ValueError, "rows and columns: 1 to 1024");
        return false;
    }
    const Py_ssize_t images[] = {-1, rows * columns}, any[] = {-1}, field[] = {FIELD_SIDE, FIELD_SIDE};
    if (!take(objects[IMAGES], "images", BYTES, false, 2, images, &views[IMAGES]) ||
        !take(objects[ORDER], "order", INT64, false, 1, any, &views[ORDER]))
        return false;
    Py_ssize_t count = views[ORDER].shape[0];
    const Py_ssize_t maps[] = {count, sizeof(distortion_map) / sizeof(int32_t)}, out[] = {count, rows * columns};
    if (!take(objects[MAPS], "maps", INT32, false, 2, maps, &views[MAPS]) ||
        !take(objects[FIELD], "field", INT16, false, 2, field, &views[FIELD]) ||
        !take(objects[OUT], "out", BYTES, true, 2, out, &views[OUT]))
        return false;
    if (!is_in(views[ORDER].buf, (size_t)count, views[IMAGES].shape[0])) {
        PyErr_SetString(PyExc_ValueError, "order: an index is out of range");
        return false;
    }
    if (!are_maps(views[MAPS].buf, (size_t)count)) {
        PyErr_SetString(PyExc_ValueError, "maps: a number is out of range");
        return false;
    }
    job->bytes = views[IMAGES].buf;
    job->order = views[ORDER].buf;
    job->maps = views[MAPS].buf;
    job->field = views[FIELD].buf;
    job->out = views[OUT].buf;
    job->count = (size_t)count;
    job->rows = (size_t)rows;
    job->columns = (size_t)columns;
    return true;
}

PyObject *distort(PyObject *module, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "order", "maps", "field", "out", "rows", "columns", "threads", "instructions",
                            NULL};
    (void)module;
    PyObject *objects[ARRAYS];
    Py_ssize_t rows, columns, threads;
    const char *instructions_name;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOOOOnnns", names, &objects[IMAGES], &objects[ORDER],
                                     &objects[MAPS], &objects[FIELD], &objects[OUT], &rows, &columns, &threads,
                                     &instructions_name))
        return NULL;
    distortion job = {.cpu = instructions_called(instructions_name)};
    if (!job.cpu)
        return NULL;
    Py_buffer views[ARRAYS] = {0};
    bool done = take_arrays(objects, rows, columns, views, &job) && run_threads(threads, distort_thread, &job);
    for (size_t i = 0; i < ARRAYS; i++)
        if (views[i].obj)
            PyBuffer_Release(&views[i]);
    if (done && job.lacks_memory)
        return PyErr_NoMemory();
    return done ? Py_NewRef(Py_None) : NULL;
}
