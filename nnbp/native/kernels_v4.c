/* The loops for x86-64-v4, in a file of its own so that only these are compiled for it (setup.py). */

#if defined(__AVX512F__)
#include "kernels.inc"

const instruction_set *const v4_instructions = &this_instruction_set;
#else
#include "kernels.h"
const instruction_set *const v4_instructions = 0;
#endif
