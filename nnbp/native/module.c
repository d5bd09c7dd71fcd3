/* The door between Python and the engine: what is handed in is checked here, and nowhere behind.

   Arrays come by the buffer protocol, and their type, shape and contiguity must be exactly right, and their
   numbers in range; else ValueError. The limited API of Python 3.11 makes one library for all later versions. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"
#include "team.h"

#define MOST_FLOATS ((size_t)1 << 34)

/* --- Arrays --------------------------------------------------------------------------------------------- */

typedef enum { BYTES, FLOATS, INT32, INT64 } item;

static const struct {
    const char *name, *formats;
    Py_ssize_t size;
} ITEMS[] = {{"uint8", "B", 1}, {"float32", "f", 4}, {"int32", "il", 4}, {"int64", "lq", 8}};

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

/* An array of exactly this type and shape (-1: any length), in C order; false, with ValueError, for others. */
static bool take(PyObject *object, const char *name, item kind, bool writable, int dimensions,
                 const Py_ssize_t *shape, Py_buffer *view)
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


/* --- Instruction sets ----------------------------------------------------------------------------------- */

static const instruction_set *instructions_called(const char *name)
{
    const instruction_set *sets[] = {v4_instructions, v3_instructions, baseline_instructions};
    for (size_t i = 0; i < 3; i++)
        if (sets[i] && strcmp(sets[i]->name, name) == 0)
            return sets[i];
    return NULL;
}

/* The instruction sets that this processor has, the best first. */
static PyObject *instruction_sets(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    bool v3 = v3_instructions != NULL, v4 = v4_instructions != NULL;
#if defined(__x86_64__)
    __builtin_cpu_init();
    v3 = v3 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    v4 = v4 && v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
#endif
    PyObject *names = PyList_New(0);
    const instruction_set *sets[] = {v4 ? v4_instructions : NULL, v3 ? v3_instructions : NULL,
                                     baseline_instructions};
    for (size_t i = 0; names && i < 3; i++) {
        PyObject *name = sets[i] ? PyUnicode_FromString(sets[i]->name) : NULL;
        if (sets[i] && (!name || PyList_Append(names, name) < 0))
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

/* --- Images --------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    Py_buffer view;
    image_set set;
} Images;

static PyTypeObject *images_type;

static PyObject *images_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "most_bytes", "instructions", NULL};
    PyObject *object;
    Py_ssize_t most_bytes;
    const char *instructions_name;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Ons", names, &object, &most_bytes, &instructions_name))
        return NULL;
    const instruction_set *cpu = instructions_called(instructions_name);
    if (!cpu) {
        PyErr_SetString(PyExc_ValueError, "no such instruction set");
        return NULL;
    }
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
    if (most_bytes < 0 || self->set.pixels < 1 || self->set.pixels >= (size_t)1 << 24) {
        PyErr_SetString(PyExc_ValueError, "images have 1 to 2^24 - 1 pixels, and most_bytes is not below 0");
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
    {Py_tp_doc, "Images(images, most_bytes, instructions): images, uint8 (n, pixels), with lists of lit pixels if these fit."},
    {Py_tp_new, images_new},
    {Py_tp_dealloc, images_dealloc},
    {Py_tp_getset, images_properties},
    {0, NULL},
};

static PyType_Spec images_spec = {"nnbp.native._engine.Images", sizeof(Images), 0, Py_TPFLAGS_DEFAULT,
                                  images_slots};

/* --- Network -------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    network *net;
    bool busy; /* a call is under way that has released the interpreter */
} Network;

static PyTypeObject *network_type;

static int cost_called(const char *name)
{
    const char *names[] = {"quadratic", "cross-entropy", "log-likelihood"};
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* The sizes as an array to be freed; NULL, with an error, unless a network of these can be built. */
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
    if (sound && floats < (double)MOST_FLOATS && sizes[0] < (size_t)1 << 24) {
        *count = (size_t)length - 1;
        return sizes;
    }
    free(sizes);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "sizes is a tuple of 2 to 1,000 positive integers, batch_size is at "
                                          "least 1, and both together fit into memory");
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
    if (cost < 0 || !cpu) {
        PyErr_SetString(PyExc_ValueError, "no such cost, or no such instruction set");
        return NULL;
    }
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

static bool is_busy(Network *self)
{
    if (self->busy)
        PyErr_SetString(PyExc_RuntimeError, "this network is in use by another thread");
    return self->busy;
}

static void copy_row(float *ours, float *theirs, size_t columns, bool to_python)
{
    memcpy(to_python ? theirs : ours, to_python ? ours : theirs, columns * sizeof(float));
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
    size_t columns;
    for (size_t begin = 0; begin < own->n_out; begin += columns) {
        region part = {own->weights, NULL, 0, own->n_in, own->n_out, own->stride};
        if (l == 0)
            part = first_layer_columns(net, begin, own->n_out);
        columns = part.columns;
        float *place = ours + (part.values - own->weights), *theirs = (float *)view.buf + begin;
        for (size_t i = 0; i < own->n_in; i++)
            copy_row(place + i * part.stride, theirs + i * own->n_out, columns, to_python);
    }
    PyBuffer_Release(&view);
    return true;
}

/* set_layer and get_layer: (layer, weights, biases, velocity of both or None) */
static PyObject *exchange(Network *self, PyObject *args, bool to_python)
{
    Py_ssize_t l;
    PyObject *weights, *biases, *velocity, *bias_velocity;
    if (!PyArg_ParseTuple(args, "nOOOO", &l, &weights, &biases, &velocity, &bias_velocity) || is_busy(self))
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

/* --- A session ------------------------------------------------------------------------------------------ */

/* What a session holds on to. */
typedef struct {
    session session;
    Images *images;
    Py_buffer labels, order, draws, confusion;
} holdings;

static void let_go(holdings *held)
{
    Py_buffer *views[] = {&held->labels, &held->order, &held->draws, &held->confusion};
    for (size_t i = 0; i < 4; i++)
        if (views[i]->obj)
            PyBuffer_Release(views[i]);
    free(held->session.answers);
    free(held->session.costs);
}

static bool take_images(Network *self, PyObject *images, PyObject *labels, PyObject *confusion, holdings *held)
{
    if (!PyObject_TypeCheck(images, images_type)) {
        PyErr_SetString(PyExc_ValueError, "images: expected Images");
        return false;
    }
    network *net = self->net;
    held->images = (Images *)images;
    session *job = &held->session;
    job->net = net;
    job->images = &held->images->set;
    Py_ssize_t classes = (Py_ssize_t)net->layers[net->count - 1].n_out;
    const Py_ssize_t length[] = {(Py_ssize_t)job->images->count}, square[] = {classes, classes};
    if (job->images->pixels != net->pixels) {
        PyErr_SetString(PyExc_ValueError, "images: their pixels are not the network's inputs");
        return false;
    }
    if (!take(labels, "labels", INT32, false, 1, length, &held->labels) ||
        !take(confusion, "confusion", INT64, true, 2, square, &held->confusion))
        return false;
    job->labels = held->labels.buf;
    job->count = job->images->count;
    return true;
}

/* The order, and uniform numbers for all hidden neurons of its examples, or None. */
static bool take_order(PyObject *order, PyObject *draws, holdings *held)
{
    session *job = &held->session;
    const Py_ssize_t any[] = {-1};
    if (!take(order, "order", INT64, false, 1, any, &held->order))
        return false;
    job->order = held->order.buf;
    job->count = (size_t)held->order.shape[0];
    for (size_t i = 0; i < job->count; i++)
        if (job->order[i] < 0 || (size_t)job->order[i] >= job->images->count) {
            PyErr_SetString(PyExc_ValueError, "order: an index is out of range");
            return false;
        }
    if ((draws != Py_None) != job->net->with_dropout) {
        PyErr_SetString(PyExc_ValueError, "draws: expected for dropout, and only then");
        return false;
    }
    size_t neurons = 0;
    for (size_t l = 0; l + 1 < job->net->count; l++)
        neurons += job->net->layers[l].n_out;
    const Py_ssize_t length[] = {(Py_ssize_t)(neurons * job->count)};
    if (draws != Py_None && !take(draws, "draws", FLOATS, false, 1, length, &held->draws))
        return false;
    job->draws = draws == Py_None ? NULL : held->draws.buf;
    return true;
}

static bool check_labels(const session *job)
{
    int32_t classes = (int32_t)job->net->layers[job->net->count - 1].n_out;
    for (size_t i = 0; i < job->count; i++) {
        int32_t label = job->labels[job->order ? job->order[i] : (int64_t)i];
        if (label < 0 || label >= classes) {
            PyErr_SetString(PyExc_ValueError, "labels: one is out of range");
            return false;
        }
    }
    return true;
}

static bool check_rule(const update_rule *rule, const network *net)
{
    bool sound = isfinite(rule->learning_rate) && isfinite(rule->l1) && isfinite(rule->l2) &&
                 rule->momentum >= 0.0 && rule->momentum < 1.0 && rule->dropout >= 0.0 && rule->dropout < 1.0 &&
                 (rule->momentum == 0.0 || net->with_velocity) && (rule->dropout == 0.0 || net->with_dropout);
    if (!sound)
        PyErr_SetString(PyExc_ValueError, "a setting is out of range, or the network was made without it");
    return sound;
}

/* Called by the first thread, without the interpreter: handles signals, as Ctrl-C, and says whether to stop. */
static bool signal_came(void *context)
{
    PyThreadState **saved = context;
    PyEval_RestoreThread(*saved);
    bool came = PyErr_CheckSignals() < 0;
    *saved = PyEval_SaveThread();
    return came;
}

/* Count the answers, and add the costs to `sum`; the first example whose cost is not finite, or -1. */
static Py_ssize_t tally(const session *job, int64_t *confusion, double *sum)
{
    size_t classes = job->net->layers[job->net->count - 1].n_out;
    Py_ssize_t first_bad = -1;
    for (size_t i = 0; i < job->count; i++) {
        size_t label = (size_t)job->labels[job->order ? job->order[i] : (int64_t)i];
        confusion[label * classes + (size_t)job->answers[i]]++;
        *sum += job->costs[i];
        if (first_bad < 0 && !isfinite(job->costs[i]))
            first_bad = (Py_ssize_t)i;
    }
    return first_bad;
}

/* Run a checked session; returns (sum of costs, first example whose cost is not finite or -1). */
static PyObject *run(Network *self, holdings *held, Py_ssize_t threads, double cost_sum,
                     void (*work)(struct team *, size_t, void *))
{
    session *job = &held->session;
    if (threads < 1) {
        PyErr_SetString(PyExc_ValueError, "threads: at least 1");
        return NULL;
    }
    job->answers = malloc((job->count + 1) * sizeof *job->answers);
    job->costs = malloc((job->count + 1) * sizeof *job->costs);
    if (!job->answers || !job->costs)
        return PyErr_NoMemory();
    team team;
    self->busy = true;
    PyThreadState *saved = PyEval_SaveThread();
    bool done = team_run(&team, (size_t)threads, work, job, signal_came, &saved);
    Py_ssize_t first_bad = done ? tally(job, held->confusion.buf, &cost_sum) : -1;
    PyEval_RestoreThread(saved);
    self->busy = false;
    return done ? Py_BuildValue("dn", cost_sum, first_bad) : NULL;
}

static PyObject *network_train(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "dense", "labels", "order", "draws", "learning_rate", "l1", "l2", "momentum",
                            "nesterov", "dropout", "threads", "confusion", "cost_sum", NULL};
    Network *self = (Network *)object;
    holdings held = {0};
    PyObject *images, *labels, *order, *draws, *confusion;
    int dense, nesterov;
    Py_ssize_t threads;
    double cost_sum;
    update_rule *rule = &held.session.rule;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OpOOOddddpdnOd", names, &images, &dense, &labels, &order,
                                     &draws, &rule->learning_rate, &rule->l1, &rule->l2, &rule->momentum,
                                     &nesterov, &rule->dropout, &threads, &confusion, &cost_sum) ||
        is_busy(self))
        return NULL;
    held.session.dense = dense;
    rule->nesterov = nesterov;
    PyObject *result = NULL;
    if (check_rule(rule, self->net) && take_images(self, images, labels, confusion, &held) &&
        take_order(order, draws, &held) && check_labels(&held.session))
        result = run(self, &held, threads, cost_sum, train_thread);
    let_go(&held);
    return result;
}

static PyObject *network_evaluate(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "dense", "labels", "threads", "confusion", NULL};
    Network *self = (Network *)object;
    holdings held = {0};
    PyObject *images, *labels, *confusion;
    int dense;
    Py_ssize_t threads;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OpOnO", names, &images, &dense, &labels, &threads,
                                     &confusion) ||
        is_busy(self))
        return NULL;
    held.session.dense = dense;
    PyObject *result = NULL;
    if (take_images(self, images, labels, confusion, &held) && check_labels(&held.session))
        result = run(self, &held, threads, 0.0, evaluate_thread);
    let_go(&held);
    return result;
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
    {NULL, NULL, 0, NULL},
};

static PyType_Slot network_slots[] = {
    {Py_tp_doc, "Network(sizes, batch_size, cost, velocity, dropout, instructions): a network and room to train it."},
    {Py_tp_new, network_new},
    {Py_tp_dealloc, network_dealloc},
    {Py_tp_methods, network_methods},
    {0, NULL},
};

static PyType_Spec network_spec = {"nnbp.native._engine.Network", sizeof(Network), 0, Py_TPFLAGS_DEFAULT,
                                   network_slots};

/* --- The module ----------------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"instruction_sets", instruction_sets, METH_NOARGS, "The instruction sets that can be used here, best first."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_engine", "Training, compiled.", -1, functions,
                                 NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__engine(void)
{
    PyObject *module = PyModule_Create(&definition);
    images_type = (PyTypeObject *)PyType_FromSpec(&images_spec);
    network_type = (PyTypeObject *)PyType_FromSpec(&network_spec);
    if (!module || !images_type || !network_type ||
        PyModule_AddObjectRef(module, "Images", (PyObject *)images_type) < 0 ||
        PyModule_AddObjectRef(module, "Network", (PyObject *)network_type) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
