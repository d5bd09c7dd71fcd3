/* Vectors of floats, as wide as the instruction set that this file is compiled for.

   Every operation works lane by lane, and a multiplication with an addition is one operation with one rounding
   (`fused`). So results are the same on every processor with fused multiply-add, however wide its vectors are. Only
   the x86-64 baseline, which lacks it, rounds twice. */

#ifndef NNBP_VECTOR_H
#define NNBP_VECTOR_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#define REGISTERS 32
#define INSTRUCTIONS "v4"
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LANES 8
#define REGISTERS 16
#define INSTRUCTIONS "v3"
#elif defined(__aarch64__)
#include <arm_neon.h>
#define LANES 4
#define REGISTERS 32
#define INSTRUCTIONS "neon"
#else
#define LANES 4
#define REGISTERS 16
#define INSTRUCTIONS "baseline"
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ints __attribute__((vector_size(4 * LANES)));

/* Unrolled, so that arrays of vectors become registers. */
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *from)
{
    vec v;
    memcpy(&v, from, sizeof v);
    return v;
}

INLINE void store(float *to, vec v)
{
    memcpy(to, &v, sizeof v);
}

INLINE vec all(float x)
{
    return x - (vec){0};
}

/* a * b + c, rounded once. */
INLINE vec fused(vec a, vec b, vec c)
{
#if defined(__AVX512F__)
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__) && defined(__FMA__)
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return a * b + c;
#endif
}

/* The first where `condition` (all bits set, or none) holds, otherwise the second. */
INLINE vec either(ints condition, vec first, vec second)
{
    return (vec)((condition & (ints)first) | (~condition & (ints)second));
}

INLINE vec larger(vec a, vec b)
{
    return either(a > b, a, b);
}

INLINE vec smaller(vec a, vec b)
{
    return either(a < b, a, b);
}

#endif
