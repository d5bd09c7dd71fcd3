/* The module nnbp.native._engine. */

#include "door.h"

static PyMethodDef functions[] = {
    {"instruction_sets", instruction_sets, METH_NOARGS, "The instruction sets that can be used here, best first."},
    {"distort", (PyCFunction)(void (*)(void))distort, METH_VARARGS | METH_KEYWORDS,
     "Distort images[order] into `out`, as nnbp.warping does."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_engine", "Training, compiled.", -1, functions,
                                 NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__engine(void)
{
    PyObject *module = PyModule_Create(&definition);
    images_type = (PyTypeObject *)PyType_FromSpec(&images_spec);
    PyObject *network_type = PyType_FromSpec(&network_spec);
    if (!module || !images_type || !network_type ||
        PyModule_AddObjectRef(module, "Images", (PyObject *)images_type) < 0 ||
        PyModule_AddObjectRef(module, "Network", network_type) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
