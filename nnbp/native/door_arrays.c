/* Arrays from Python, checked for type and shape. */

#include <string.h>

#include "door.h"

static const struct {
    const char *name, *formats;
    Py_ssize_t size;
} ITEMS[] = {{"uint8", "B", 1}, {"float32", "f", 4}, {"int16", "h", 2}, {"int32", "il", 4}, {"int64", "lq", 8}};

static bool has_item(const Py_buffer *view, item kind)
{
    const char *format = view->format ? view->format : "B";
    return view->itemsize == ITEMS[kind].size && format[0] != '\0' && strchr(ITEMS[kind].formats, format[0]) &&
           format[1] == '\0';
}

static bool has_shape(const Py_buffer *view, int dimensions, const Py_ssize_t *shape)
{
    if (view->ndim != dimensions)
        return false;
    for (int i = 0; i < dimensions; i++)
        if (shape[i] >= 0 && view->shape[i] != shape[i])
            return false;
    return true;
}

bool take(PyObject *object, const char *name, item kind, bool writable, int dimensions, const Py_ssize_t *shape,
          Py_buffer *view)
{
    int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object, view, flags) < 0) {
        PyErr_Format(PyExc_ValueError, "%s: expected %s array in C order", name,
                     writable ? "a writable" : "an");
        return false;
    }
    if (has_item(view, kind) && has_shape(view, dimensions, shape))
        return true;
    PyErr_Format(PyExc_ValueError, "%s: expected %s of %d dimensions and the right shape, found '%s' of %d", name,
                 ITEMS[kind].name, dimensions, view->format ? view->format : "B", view->ndim);
    PyBuffer_Release(view);
    return false;
}
