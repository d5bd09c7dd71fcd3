/* A network for Python: created, filled with weights and biases, and read back. */

#include <stdlib.h>
#include <string.h>

#include "door.h"

#define MOST_FLOATS ((size_t)1 << 34)

static int cost_called(const char *name)
{
    const char *names[] = {"quadratic", "cross-entropy", "log-likelihood"};
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* The sizes as an array that the caller frees; NULL, with an error, if no network can have them. */
static size_t *read_sizes(PyObject *object, size_t *count, Py_ssize_t batch_size)
{
    Py_ssize_t length = PyTuple_Check(object) ? PyTuple_Size(object) : 0;
    size_t *sizes = length >= 2 && length <= MOST_LAYERS ? calloc((size_t)length, sizeof *sizes) : NULL;
    bool sound = sizes && batch_size > 0 && (size_t)batch_size < MOST_FLOATS;
    double floats = 0.0;
    for (Py_ssize_t i = 0; sound && i < length; i++) {
        Py_ssize_t size = PyLong_AsSsize_t(PyTuple_GetItem(object, i));
        sound = size > 0 && (size_t)size < MOST_FLOATS;
        sizes[i] = sound ? (size_t)size : 0;
        if (sound && i > 0)
            floats += 3.0 * ((double)sizes[i] + 15) * ((double)sizes[i - 1] + 15);
        floats += 8.0 * ((double)sizes[i] + 15) * (double)batch_size;
    }
    if (sound && floats < (double)MOST_FLOATS && sizes[0] <= MOST_PIXELS) {
        *count = (size_t)length - 1;
        return sizes;
    }
    if (sound && sizes[0] <= MOST_PIXELS)
        PyErr_NoMemory();
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "sizes is a tuple of 2 to 1,000 positive integers, the first one at most "
                                          "2^23, and batch_size is at least 1");
    free(sizes);
    return NULL;
}

static PyObject *network_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"sizes", "batch_size", "cost", "velocity", "dropout", "instructions", NULL};
    PyObject *size_tuple;
    Py_ssize_t batch_size;
    const char *cost_name, *instructions_name;
    int velocity, dropout;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Onspps", names, &size_tuple, &batch_size, &cost_name,
                                     &velocity, &dropout, &instructions_name))
        return NULL;
    int cost = cost_called(cost_name);
    const instruction_set *cpu = instructions_called(instructions_name);
    if (cost < 0)
        PyErr_SetString(PyExc_ValueError, "cost: no such cost");
    if (cost < 0 || !cpu)
        return NULL;
    size_t count, *sizes = read_sizes(size_tuple, &count, batch_size);
    if (!sizes)
        return NULL;
    network *net = new_network(cpu, (cost_function)cost, sizes, count, (size_t)batch_size, velocity, dropout);
    free(sizes);
    if (!net)
        return PyErr_NoMemory();
    Network *self = (Network *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (!self) {
        free_network(net);
        return NULL;
    }
    self->net = net;
    return (PyObject *)self;
}

static void network_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (((Network *)object)->net)
        free_network(((Network *)object)->net);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

bool is_free(Network *self)
{
    if (self->busy)
        PyErr_SetString(PyExc_RuntimeError, "this network is in use by another thread");
    return !self->busy;
}

static void copy_row(float *ours, float *theirs, size_t columns, bool to_python)
{
    for (size_t j = 0; j < columns; j++)
        if (to_python)
            /* -0 becomes 0: a dense product would add zeros to it, and one over lit pixels would not. */
            theirs[j] = ours[j] + 0.0f;
        else
            ours[j] = theirs[j];
}

/* One value of each bias: (n_out). */
static bool exchange_biases(PyObject *object, const layer *own, float *biases, bool to_python)
{
    Py_buffer view;
    const Py_ssize_t length[] = {(Py_ssize_t)own->n_out};
    if (!take(object, "biases", FLOATS, to_python, 1, length, &view))
        return false;
    copy_row(biases, view.buf, own->n_out, to_python);
    PyBuffer_Release(&view);
    return true;
}

/* One value of each weight: (n_in, n_out). `ours` are the layer's weights or velocity. */
static bool exchange_weights(PyObject *object, network *net, size_t l, float *ours, bool to_python)
{
    const layer *own = &net->layers[l];
    Py_buffer view;
    const Py_ssize_t shape[] = {(Py_ssize_t)own->n_in, (Py_ssize_t)own->n_out};
    if (!take(object, "weights", FLOATS, to_python, 2, shape, &view))
        return false;
    matrix whole = layer_weights(net, l);
    size_t width = whole.block == BLOCK ? own->n_out : BLOCK;
    for (size_t j = 0; j < own->n_out; j += width)
        for (size_t i = 0; i < own->n_in; i++)
            copy_row(ours + j / BLOCK * whole.block + i * whole.stride, (float *)view.buf + i * own->n_out + j,
                     j + width < own->n_out ? width : own->n_out - j, to_python);
    PyBuffer_Release(&view);
    return true;
}

/* set_layer and get_layer: (layer, weights, biases, velocity of both or None) */
static PyObject *exchange(Network *self, PyObject *args, bool to_python)
{
    Py_ssize_t l;
    PyObject *weights, *biases, *velocity, *bias_velocity;
    if (!PyArg_ParseTuple(args, "nOOOO", &l, &weights, &biases, &velocity, &bias_velocity) || !is_free(self))
        return NULL;
    network *net = self->net;
    if (l < 0 || (size_t)l >= net->count || (velocity != Py_None) != net->with_velocity) {
        PyErr_SetString(PyExc_ValueError, "no such layer, or a velocity without momentum or the other way round");
        return NULL;
    }
    settle(net);
    layer *own = &net->layers[l];
    bool done = exchange_weights(weights, net, (size_t)l, own->weights, to_python) &&
                exchange_biases(biases, own, own->biases, to_python);
    if (done && net->with_velocity)
        done = exchange_weights(velocity, net, (size_t)l, own->velocity, to_python) &&
               exchange_biases(bias_velocity, own, own->bias_velocity, to_python);
    return done ? Py_NewRef(Py_None) : NULL;
}

static PyObject *network_set_layer(PyObject *self, PyObject *args)
{
    return exchange((Network *)self, args, false);
}

static PyObject *network_get_layer(PyObject *self, PyObject *args)
{
    return exchange((Network *)self, args, true);
}

static PyMethodDef network_methods[] = {
    {"set_layer", network_set_layer, METH_VARARGS,
     "set_layer(layer, weights, biases, velocity, bias_velocity): the parameters of a layer, counted from 0, "
     "float32; without momentum the velocity is None."},
    {"get_layer", network_get_layer, METH_VARARGS, "get_layer(...): the same, written into the arrays."},
    {"train", (PyCFunction)(void (*)(void))network_train, METH_VARARGS | METH_KEYWORDS,
     "One step for each mini-batch of `order`; (sum of costs, first example without a finite cost or -1)."},
    {"evaluate", (PyCFunction)(void (*)(void))network_evaluate, METH_VARARGS | METH_KEYWORDS,
     "Answer all images; what `train` returns."},
    {"predict", (PyCFunction)(void (*)(void))network_predict, METH_VARARGS | METH_KEYWORDS,
     "Write the activations of the output layer for all images, and the index of the largest."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot network_slots[] = {
    {Py_tp_doc, "Network(sizes, batch_size, cost, velocity, dropout, instructions): a network and room to train it."},
    {Py_tp_new, network_new},
    {Py_tp_dealloc, network_dealloc},
    {Py_tp_methods, network_methods},
    {0, NULL},
};

PyType_Spec network_spec = {"nnbp.native._engine.Network", sizeof(Network), 0, Py_TPFLAGS_DEFAULT,
                                   network_slots};
