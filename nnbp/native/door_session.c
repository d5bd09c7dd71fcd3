/* What every call on a network and images needs: the images checked, and threads without the interpreter's lock. */

#include "door.h"
#include "team.h"

bool take_images(Network *self, PyObject *images, session *job)
{
    if (!PyObject_TypeCheck(images, images_type)) {
        PyErr_SetString(PyExc_ValueError, "images: expected Images");
        return false;
    }
    job->net = self->net;
    job->images = &((Images *)images)->set;
    job->count = job->images->count;
    if (job->images->pixels != job->net->pixels) {
        PyErr_SetString(PyExc_ValueError, "images: their pixels are not the network's inputs");
        return false;
    }
    return true;
}

/* Called by the first thread, without the interpreter's lock: handles signals such as Ctrl-C; true to stop. */
static bool signal_came(void *context)
{
    PyThreadState **saved = context;
    PyEval_RestoreThread(*saved);
    bool came = PyErr_CheckSignals() < 0;
    *saved = PyEval_SaveThread();
    return came;
}

bool run_threads(Py_ssize_t threads, void (*work)(struct team *, size_t, void *), void *job)
{
    if (threads < 1) {
        PyErr_SetString(PyExc_ValueError, "threads: at least 1");
        return false;
    }
    team team;
    PyThreadState *saved = PyEval_SaveThread();
    bool done = team_run(&team, (size_t)threads, work, job, signal_came, &saved);
    PyEval_RestoreThread(saved);
    return done;
}

bool run_session(Network *self, session *job, Py_ssize_t threads, void (*work)(struct team *, size_t, void *))
{
    /* Checked again: taking the arrays may have run other Python code. */
    if (!is_free(self))
        return false;
    self->busy = true;
    bool done = run_threads(threads, work, job);
    self->busy = false;
    return done;
}
