/* The loops for every processor of the kind that nnbp is compiled for; on ARM64 that includes its vectors. */

#include "kernels.inc"

const instruction_set *const baseline_instructions = &this_instruction_set;
