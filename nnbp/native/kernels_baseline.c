/* The loops for every processor of the target architecture; on ARM64 that includes vectors. */

#include "kernels.inc"

const instruction_set *const baseline_instructions = &this_instruction_set;
