package io.zigma.op;

/**
 * The polynomial a·s + b·s³ + c·s⁵, which is applied to a matrix's singular values s without
 * knowing them: a·X + (b·G + c·G²)·X with G = X·Xᵀ has the singular vectors of X.
 *
 * @param a coefficient of s
 * @param b coefficient of s³
 * @param c coefficient of s⁵
 */
public record OddPolynomial(float a, float b, float c) {}
