/* Vectors of doubles, for outputs, which are computed in float64 and rounded to float32 at the end.

   Operators round every multiplication and addition, on every processor alike. `exactly` fuses them where that is
   faster; since it is used only for products of at most 53 bits, which are exact, it gives the same sums. So unlike
   training, outputs have the same bits on every processor, also without fused multiply-add. */

#ifndef NNBP_WIDE_H
#define NNBP_WIDE_H

#include "vector.h"

#define WIDE_LANES (LANES / 2)

typedef double wide __attribute__((vector_size(4 * LANES)));
typedef int64_t longs __attribute__((vector_size(4 * LANES)));
typedef float half_vec __attribute__((vector_size(2 * LANES)));

INLINE wide wide_load(const double *from)
{
    wide v;
    memcpy(&v, from, sizeof v);
    return v;
}

INLINE void wide_store(double *to, wide v)
{
    memcpy(to, &v, sizeof v);
}

INLINE wide wide_all(double x)
{
    return x - (wide){0};
}

/* GCC makes several instructions of a conversion of vectors this wide. */
INLINE wide widened(const float *from)
{
#if defined(__AVX512F__)
    return (wide)_mm512_cvtps_pd(_mm256_loadu_ps(from));
#elif defined(__AVX2__)
    return (wide)_mm256_cvtps_pd(_mm_loadu_ps(from));
#else
    half_vec v;
    memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, wide);
#endif
}

/* a * b + c, where a * b is exact. */
INLINE wide exactly(wide a, wide b, wide c)
{
#if defined(__AVX512F__)
    return (wide)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__AVX2__) && defined(__FMA__)
    return (wide)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
    return (wide)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
    return a * b + c;
#endif
}

INLINE wide wide_either(longs condition, wide first, wide second)
{
    return (wide)((condition & (longs)first) | (~condition & (longs)second));
}

/* Adding and subtracting 1.5 * 2^52 leaves the nearest whole number; 1.5 * 2^23, the nearest multiple of 2^-29. */
#define WHOLE 6755399441055744.0
#define TO_29_BITS 12582912.0

/* e^x for x from -87 to 87, and beyond that of the nearer bound, to 10^-8. NaN stays NaN. */
INLINE wide wide_exponential(wide x)
{
    x = wide_either(x < wide_all(-87.0), wide_all(-87.0), x);
    x = wide_either(x > wide_all(87.0), wide_all(87.0), x);
    wide shifted = x * wide_all(1.44269504088896341) + wide_all(WHOLE);
    wide r = x - (shifted - wide_all(WHOLE)) * wide_all(0.693147180559945309);
    /* The Taylor series up to r^7, for r from -ln 2/2 to ln 2/2. */
    wide p = wide_all(1.0 / 5040);
    p = p * r + wide_all(1.0 / 720);
    p = p * r + wide_all(1.0 / 120);
    p = p * r + wide_all(1.0 / 24);
    p = p * r + wide_all(1.0 / 6);
    p = p * r + wide_all(0.5);
    p = p * r + wide_all(1.0);
    p = p * r + wide_all(1.0);
    /* The lowest bits of `shifted` hold n; as an exponent it multiplies by 2^n. */
    longs exponent = (((longs)shifted - (longs)wide_all(WHOLE)) + 1023) << 52;
    return p * (wide)exponent;
}

/* 1 / (1 + e^-z), above 0 for any z, since the exponential is bounded. */
INLINE wide wide_sigmoid(wide z)
{
    return wide_all(1.0) / (wide_all(1.0) + wide_exponential(-z));
}

#endif
