/* The update rule of a training, as it comes from Python. */

#ifndef NNBP_DOOR_RULE_H
#define NNBP_DOOR_RULE_H

#include "door.h"

/* The factors of the learning rate, a tuple of one number above 0 for each layer, as an array of the rule that the
   caller frees, also after an error; false, with an exception, for anything else. */
bool take_layer_rates(PyObject *object, const network *net, update_rule *rule);

/* Whether all settings are in range, and the network has what they need; otherwise false, with ValueError. */
bool check_rule(const update_rule *rule, const network *net);

#endif
