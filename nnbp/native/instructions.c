/* The instruction sets that this processor has, of those that the kernels were compiled for. */

#include <string.h>

#include "door.h"

static bool has_v3(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return v3_instructions && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

static bool has_v4(void)
{
#if defined(__x86_64__)
    return v4_instructions && has_v3() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

/* The best first; NULL for those that are missing. */
static const instruction_set *set_number(size_t i)
{
    return i == 0 ? (has_v4() ? v4_instructions : NULL)
           : i == 1 ? (has_v3() ? v3_instructions : NULL)
                    : baseline_instructions;
}

const instruction_set *instructions_called(const char *name)
{
    for (size_t i = 0; i < 3; i++)
        if (set_number(i) && strcmp(set_number(i)->name, name) == 0)
            return set_number(i);
    PyErr_SetString(PyExc_ValueError, "instructions: this processor has no such instruction set");
    return NULL;
}

PyObject *instruction_sets(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names && i < 3; i++) {
        PyObject *name = set_number(i) ? PyUnicode_FromString(set_number(i)->name) : NULL;
        if (set_number(i) && (!name || PyList_Append(names, name) < 0))
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}
