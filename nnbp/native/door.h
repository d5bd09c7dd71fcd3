/* The door between Python and the engine: arguments are checked here, and nowhere behind it.

   Arrays come through the buffer protocol. Their type, shape and contiguity have to be exactly right, and their
   numbers in range; otherwise ValueError. The limited API of Python 3.11 makes one library for all later versions.
   */

#ifndef NNBP_DOOR_H
#define NNBP_DOOR_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "network.h"

/* door_arrays.c */

typedef enum { BYTES, FLOATS, INT16, INT32, INT64 } item;

/* An array of exactly this type and shape (-1: any length), in C order; otherwise false, with ValueError. */
bool take(PyObject *object, const char *name, item kind, bool writable, int dimensions, const Py_ssize_t *shape,
          Py_buffer *view);

/* instructions.c: an instruction set of this processor by its name; NULL, with ValueError, for any other name. */

PyObject *instruction_sets(PyObject *module, PyObject *unused);
const instruction_set *instructions_called(const char *name);

/* door_images.c */

typedef struct {
    PyObject_HEAD
    Py_buffer view;
    image_set set;
} Images;

extern PyTypeObject *images_type;
extern PyType_Spec images_spec;

/* door_network.c */

typedef struct {
    PyObject_HEAD
    network *net;
    bool busy; /* a call is running without the interpreter's lock */
} Network;

extern PyType_Spec network_spec;

/* False, with RuntimeError, while another thread's call is running. */
bool is_free(Network *self);

/* door_session.c */

/* Give the session these images; false, with ValueError, unless they are Images for this network. */
bool take_images(Network *self, PyObject *images, session *job);

/* Run `work` in so many threads without the interpreter's lock; false, with an exception, if it was stopped or there
   are none. */
bool run_threads(Py_ssize_t threads, void (*work)(struct team *, size_t, void *), void *job);

/* Run a checked session; false, with an exception, if it was stopped or cannot run. */
bool run_session(Network *self, session *job, Py_ssize_t threads, void (*work)(struct team *, size_t, void *));

/* door_examples.c: the methods that train and evaluate. */

PyObject *network_train(PyObject *object, PyObject *args, PyObject *keywords);
PyObject *network_evaluate(PyObject *object, PyObject *args, PyObject *keywords);

/* door_outputs.c: the method that computes outputs. */

PyObject *network_predict(PyObject *object, PyObject *args, PyObject *keywords);

/* door_distort.c: the function that distorts images. */

PyObject *distort(PyObject *module, PyObject *args, PyObject *keywords);

#endif
