#include "door_rule.h"

#include <math.h>
#include <stdlib.h>

bool take_layer_rates(PyObject *object, const network *net, update_rule *rule)
{
    bool sound = PyTuple_Check(object) && (size_t)PyTuple_Size(object) == net->count;
    double *rates = rule->layer_rates = calloc(net->count, sizeof *rates);
    if (!rates) {
        PyErr_NoMemory();
        return false;
    }
    for (size_t l = 0; sound && l < net->count; l++) {
        rates[l] = PyFloat_AsDouble(PyTuple_GetItem(object, (Py_ssize_t)l));
        sound = !PyErr_Occurred() && rates[l] > 0.0 && isfinite(rates[l]);
    }
    if (!sound && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "layer_rates: expected a tuple of a number above 0 for each layer");
    return sound;
}

bool check_rule(const update_rule *rule, const network *net)
{
    bool sound = isfinite(rule->learning_rate) && isfinite(rule->l1) && isfinite(rule->l2) &&
                 rule->momentum >= 0.0 && rule->momentum < 1.0 && rule->dropout >= 0.0 && rule->dropout < 1.0 &&
                 rule->input_dropout >= 0.0 && rule->input_dropout < 1.0 &&
                 rule->max_norm >= 0.0 && isfinite(rule->max_norm) &&
                 (rule->momentum == 0.0 || net->with_velocity) && (rule->dropout == 0.0 || net->with_dropout);
    if (!sound)
        PyErr_SetString(PyExc_ValueError, "a setting is out of range, or the network was made without it");
    return sound;
}
