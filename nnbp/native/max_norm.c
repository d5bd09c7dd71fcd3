/* Max-norm: after each step, the weights into a hidden neuron have at most this Euclidean norm (updates.py). */

#include "worker.h"

void limit_norms(const worker *w)
{
    const network *net = w->net;
    double most = w->job->rule.max_norm;
    if (most == 0.0)
        return;
    for (size_t l = 0; l + 1 < net->count; l++) {
        /* All weights into a neuron of the first layer were updated by the thread that owns it; above it, the thread
           of each neuron below has updated some. The step is finished also if the work has to stop. */
        if (l == 1)
            team_wait(w->team);
        size_t begin, columns = own_columns(w, l, &begin);
        net->cpu->limit_norms(columns_of(layer_weights(net, l), begin, columns), most / w->scales[l].next);
        team_poll(w->team, w->thread);
    }
}
