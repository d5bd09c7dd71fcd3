/* e^x, ln x and the sigmoid, lane by lane, the same to the last bit on every processor with fused multiply-add.

   The polynomials and the split of ln 2 are those of expf and logf in Cephes (Stephen Moshier, "Methods and
   Programs for Mathematical Functions", 1989); both err by less than 2 units in the last place. */

#ifndef NNBP_TRANSCENDENTAL_H
#define NNBP_TRANSCENDENTAL_H

#include "vector.h"

/* Adding and subtracting 1.5 * 2^23 leaves the nearest whole number. */
#define ROUNDING 12582912.0f
#define LN_2_HIGH 0.693359375f
#define LN_2_LOW -2.12194440e-4f

/* e^x for x from -87 to 87; beyond, that of the nearer bound, which is finite and not 0. NaN stays NaN. */
INLINE vec exponential(vec x)
{
    x = either(x < all(-87.0f), all(-87.0f), x);
    x = either(x > all(87.0f), all(87.0f), x);
    vec shifted = fused(x, all(1.44269504088896341f), all(ROUNDING));
    vec n = shifted - all(ROUNDING);
    vec r = fused(n, all(-LN_2_HIGH), x);
    r = fused(n, all(-LN_2_LOW), r);
    vec p = all(1.9875691500e-4f);
    p = fused(p, r, all(1.3981999507e-3f));
    p = fused(p, r, all(8.3334519073e-3f));
    p = fused(p, r, all(4.1665795894e-2f));
    p = fused(p, r, all(1.6666665459e-1f));
    p = fused(p, r, all(5.0000001201e-1f));
    p = fused(p, r * r, r) + all(1.0f);
    /* The lowest bits of `shifted` hold n; as an exponent it multiplies by 2^n. */
    ints exponent = (((ints)shifted - (ints)all(ROUNDING)) + 127) << 23;
    return p * (vec)exponent;
}

/* ln x for x from 1 to 2. */
INLINE vec logarithm_of_1_to_2(vec x)
{
    ints upper = x > all(1.41421356237f);
    vec m = either(upper, x * all(0.5f), x) - all(1.0f);
    vec e = either(upper, all(1.0f), all(0.0f));
    vec p = all(7.0376836292e-2f);
    p = fused(p, m, all(-1.1514610310e-1f));
    p = fused(p, m, all(1.1676998740e-1f));
    p = fused(p, m, all(-1.2420140846e-1f));
    p = fused(p, m, all(1.4249322787e-1f));
    p = fused(p, m, all(-1.6668057665e-1f));
    p = fused(p, m, all(2.0000714765e-1f));
    p = fused(p, m, all(-2.4999993993e-1f));
    p = fused(p, m, all(3.3333331174e-1f));
    vec square = m * m;
    vec y = p * m * square;
    y = fused(e, all(LN_2_LOW), y);
    y = fused(square, all(-0.5f), y);
    return fused(e, all(LN_2_HIGH), m + y);
}

/* ln(1 + u) for u from 0 to 1, with a small relative error also for small u: ln(1 + u) is u ln(w)/(w - 1) with w =
   1 + u, rounded (Higham, "Accuracy and Stability", section 1.14.1). */
INLINE vec logarithm_of_1_plus(vec u)
{
    vec w = u + all(1.0f);
    vec rounded = w - all(1.0f);
    ints none = rounded == all(0.0f);
    vec quotient = logarithm_of_1_to_2(w) * (u / either(none, all(1.0f), rounded));
    return either(none, u, quotient);
}

/* 1/x for x from 1 to 1e38, in a quarter of the time of a division: the bits of x, as a whole number, give 1/x to
   an eighth (Jim Blinn, "Floating-Point Tricks", 1997), and each of Newton's steps squares the error. */
INLINE vec reciprocal(vec x)
{
    vec y = (vec)(0x7ef311c7 - (ints)x);
    UNROLLED for (int step = 0; step < 3; step++) y = fused(fused(-x, y, all(1.0f)), y, y);
    return y;
}

/* 1 / (1 + e^-z), above 0 for any z, since the exponential is bounded. */
INLINE vec sigmoid(vec z)
{
    return reciprocal(all(1.0f) + exponential(-z));
}

/* ln(1 + e^z). */
INLINE vec softplus(vec z)
{
    vec magnitude = either(z < all(0.0f), -z, z);
    return larger(z, all(0.0f)) + logarithm_of_1_plus(exponential(-magnitude));
}

#endif
