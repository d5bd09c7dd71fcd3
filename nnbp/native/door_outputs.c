/* A call that computes outputs: checked, and run without the interpreter's lock into the caller's arrays. */

#include "door.h"

PyObject *network_predict(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "threads", "outputs", "answers", NULL};
    Network *self = (Network *)object;
    PyObject *images, *outputs, *answers;
    Py_ssize_t threads;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OnOO", names, &images, &threads, &outputs, &answers) ||
        !is_free(self))
        return NULL;
    session job = {.dense = false};
    if (!take_images(self, images, &job))
        return NULL;
    const Py_ssize_t shape[] = {(Py_ssize_t)job.count, (Py_ssize_t)job.net->layers[job.net->count - 1].n_out};
    Py_buffer rows = {0}, largest = {0};
    bool done = false;
    if (take(outputs, "outputs", FLOATS, true, 2, shape, &rows) &&
        take(answers, "answers", INT32, true, 1, shape, &largest)) {
        job.outputs = rows.buf;
        job.answers = largest.buf;
        done = run_session(self, &job, threads, predict_thread);
    }
    if (rows.obj)
        PyBuffer_Release(&rows);
    if (largest.obj)
        PyBuffer_Release(&largest);
    return done ? Py_NewRef(Py_None) : NULL;
}
