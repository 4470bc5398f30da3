// result = x + gate y, with one gate for all tokens of a sequence (DiT 2023, figure 3).
//
// Macros that the caller sets:
//   BF16    1 if x, y and the result are bfloat16, else they are float
//   VECTOR  numbers that one access reads or writes, 1, 2, 4 or 8: D must be a multiple of it, the pointers of all
//           (B, L, D) multiples of VECTOR values
//   ROWS    threads of a block that have the same numbers of tokens
//   EACH    tokens of a thread
//   APART   from one sequence's gate to the next's, in numbers; size where they are contiguous
// grid: (ceil(D / (32 * VECTOR)), ceil(L / (ROWS * EACH)), B), block: 32 * ROWS
#ifndef VECTOR
#define VECTOR 4
#endif
#ifndef ROWS
#define ROWS 8
#endif
#ifndef EACH
#define EACH 4
#endif
#ifndef APART
#define APART size
#endif

extern "C" __global__ void __launch_bounds__(32 * ROWS) gated_sum_forward(
        const Value* __restrict__ x,        // (B, L, D)
        const float* __restrict__ gate,     // (B, D)
        const Value* __restrict__ y,        // (B, L, D)
        Value* __restrict__ result,         // (B, L, D)
        int length,                         // L
        int size) {                         // D
    const int at = (blockIdx.x * 32 + threadIdx.x % 32) * VECTOR;
    if (at >= size) {
        return;
    }
    const int start = blockIdx.y * (ROWS * EACH) + threadIdx.x / 32;
    const long long here = (long long) blockIdx.z * length * size + at;
    float factor[VECTOR];
    parameters<VECTOR>(gate + (long long) blockIdx.z * (APART) + at, true, 0.f, factor);
    Pack<Value, VECTOR> xs[EACH];
    Pack<Value, VECTOR> ys[EACH];
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int token = start + i * ROWS;
        if (token < length) {
            xs[i] = *(const Pack<Value, VECTOR>*) (x + here + (long long) token * size);
            ys[i] = *(const Pack<Value, VECTOR>*) (y + here + (long long) token * size);
        }
    }
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int token = start + i * ROWS;
        if (token < length) {
            float sum[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                sum[v] = widen(xs[i].v[v]) + factor[v] * widen(ys[i].v[v]);
            }
            store<VECTOR>(result + here + (long long) token * size, sum);
        }
    }
}
