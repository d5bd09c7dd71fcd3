/* Images for Python: a view of an array of bytes, and the lists of its lit pixels. */

#include "door.h"

PyTypeObject *images_type;

static PyObject *images_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "most_bytes", "instructions", NULL};
    PyObject *object;
    Py_ssize_t most_bytes;
    const char *instructions_name;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Ons", names, &object, &most_bytes, &instructions_name))
        return NULL;
    const instruction_set *cpu = instructions_called(instructions_name);
    if (!cpu)
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Images *self = (Images *)allocate(type, 0);
    if (!self)
        return NULL;
    const Py_ssize_t any[] = {-1, -1};
    if (!take(object, "images", BYTES, false, 2, any, &self->view)) {
        self->view.obj = NULL;
        Py_DECREF(self);
        return NULL;
    }
    self->set = (image_set){.bytes = self->view.buf, .count = (size_t)self->view.shape[0],
                            .pixels = (size_t)self->view.shape[1]};
    if (most_bytes < 0 || self->set.pixels < 1 || self->set.pixels > MOST_PIXELS) {
        PyErr_SetString(PyExc_ValueError, "images have 1 to 2^23 pixels, and most_bytes is not below 0");
        Py_DECREF(self);
        return NULL;
    }
    bool enough;
    Py_BEGIN_ALLOW_THREADS
    self->set.density = lit_density(self->set.bytes, self->set.count, self->set.pixels);
    enough = keep_lists(&self->set, (size_t)most_bytes, cpu);
    Py_END_ALLOW_THREADS
    if (!enough) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void images_dealloc(PyObject *object)
{
    Images *self = (Images *)object;
    PyTypeObject *type = Py_TYPE(object);
    free_lists(&self->set);
    if (self->view.obj)
        PyBuffer_Release(&self->view);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static PyObject *images_kept(PyObject *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(((Images *)self)->set.lists != NULL);
}

static PyObject *images_density(PyObject *self, void *unused)
{
    (void)unused;
    return PyFloat_FromDouble(((Images *)self)->set.density);
}

static PyGetSetDef images_properties[] = {
    {"kept", images_kept, NULL, "Whether the lists of lit pixels are kept.", NULL},
    {"density", images_density, NULL, "The fraction of pixels that are not 0, from up to 1,000 images.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot images_slots[] = {
    {Py_tp_doc, "Images(images, most_bytes, instructions): images, uint8 (n, pixels), with lists of lit pixels if "
                "these fit."},
    {Py_tp_new, images_new},
    {Py_tp_dealloc, images_dealloc},
    {Py_tp_getset, images_properties},
    {0, NULL},
};

PyType_Spec images_spec = {"nnbp.native._engine.Images", sizeof(Images), 0, Py_TPFLAGS_DEFAULT,
                                  images_slots};
