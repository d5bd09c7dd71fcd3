/* The calls that train and evaluate: checked, run without the interpreter's lock, and their answers counted. */

#include <math.h>
#include <stdlib.h>

#include "door.h"
#include "door_rule.h"

/* The buffers that a session keeps. */
typedef struct {
    session session;
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
    free(held->session.rule.layer_rates);
}

static bool take_examples(Network *self, PyObject *images, PyObject *labels, PyObject *confusion, holdings *held)
{
    session *job = &held->session;
    if (!take_images(self, images, job))
        return false;
    Py_ssize_t classes = (Py_ssize_t)job->net->layers[job->net->count - 1].n_out;
    const Py_ssize_t length[] = {(Py_ssize_t)job->images->count}, square[] = {classes, classes};
    if (!take(labels, "labels", INT32, false, 1, length, &held->labels) ||
        !take(confusion, "confusion", INT64, true, 2, square, &held->confusion))
        return false;
    job->labels = held->labels.buf;
    return true;
}

/* The order of the examples, and uniform numbers for all their pixels and hidden neurons that may be dropped,
   or None. */
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
    if ((draws != Py_None) != (job->net->with_dropout || job->rule.input_dropout > 0.0)) {
        PyErr_SetString(PyExc_ValueError, "draws: expected for dropout, and only then");
        return false;
    }
    const Py_ssize_t length[] = {(Py_ssize_t)(draws_per_example(job) * job->count)};
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

/* Count the answers and add the costs to `sum`; returns the first example whose cost is not finite, or -1. */
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
    job->answers = malloc((job->count + 1) * sizeof *job->answers);
    job->costs = malloc((job->count + 1) * sizeof *job->costs);
    if (!job->answers || !job->costs)
        return PyErr_NoMemory();
    if (!run_session(self, job, threads, work))
        return NULL;
    Py_ssize_t first_bad = tally(job, held->confusion.buf, &cost_sum);
    return Py_BuildValue("dn", cost_sum, first_bad);
}

PyObject *network_train(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "dense", "labels", "order", "draws", "learning_rate", "layer_rates", "l1", "l2",
                            "momentum", "nesterov", "dropout", "input_dropout", "max_norm", "threads",
                            "confusion", "cost_sum", NULL};
    Network *self = (Network *)object;
    holdings held = {0};
    PyObject *images, *labels, *order, *draws, *layer_rates, *confusion;
    int dense, nesterov;
    Py_ssize_t threads;
    double cost_sum;
    update_rule *rule = &held.session.rule;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OpOOOdOdddpdddnOd", names, &images, &dense, &labels, &order,
                                     &draws, &rule->learning_rate, &layer_rates, &rule->l1, &rule->l2,
                                     &rule->momentum, &nesterov, &rule->dropout, &rule->input_dropout,
                                     &rule->max_norm, &threads, &confusion, &cost_sum) ||
        !is_free(self))
        return NULL;
    held.session.dense = dense;
    rule->nesterov = nesterov;
    /* L1 is a separate step, which the scale would shrink. */
    if (rule->l1 != 0.0)
        settle(self->net);
    PyObject *result = NULL;
    if (take_layer_rates(layer_rates, self->net, rule) && check_rule(rule, self->net) &&
        take_examples(self, images, labels, confusion, &held) && take_order(order, draws, &held) &&
        check_labels(&held.session))
        result = run(self, &held, threads, cost_sum, train_thread);
    let_go(&held);
    return result;
}

PyObject *network_evaluate(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"images", "dense", "labels", "threads", "confusion", NULL};
    Network *self = (Network *)object;
    holdings held = {0};
    PyObject *images, *labels, *confusion;
    int dense;
    Py_ssize_t threads;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OpOnO", names, &images, &dense, &labels, &threads,
                                     &confusion) ||
        !is_free(self))
        return NULL;
    held.session.dense = dense;
    PyObject *result = NULL;
    if (take_examples(self, images, labels, confusion, &held) && check_labels(&held.session))
        result = run(self, &held, threads, 0.0, evaluate_thread);
    let_go(&held);
    return result;
}
