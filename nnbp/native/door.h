/* The door between Python and the engine: what is handed in is checked here, and nowhere behind.

   Arrays come by the buffer protocol, and their type, shape and contiguity must be exactly right, and their
   numbers in range; else ValueError. The limited API of Python 3.11 makes one library for all later versions. */

#ifndef NNBP_DOOR_H
#define NNBP_DOOR_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "network.h"

/* door_arrays.c */

typedef enum { BYTES, FLOATS, INT32, INT64 } item;

/* An array of exactly this type and shape (-1: any length), in C order; false, with ValueError, for others. */
bool take(PyObject *object, const char *name, item kind, bool writable, int dimensions, const Py_ssize_t *shape,
          Py_buffer *view);

/* instructions.c: those of this processor, the best first; NULL, with ValueError, for any other name. */

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
    bool busy; /* a call is under way that has released the interpreter */
} Network;

extern PyType_Spec network_spec;

/* False, with RuntimeError, while another thread's call is under way. */
bool is_free(Network *self);

/* door_session.c: the methods that train and evaluate. */

PyObject *network_train(PyObject *object, PyObject *args, PyObject *keywords);
PyObject *network_evaluate(PyObject *object, PyObject *args, PyObject *keywords);

#endif
