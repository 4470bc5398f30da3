// Depthwise causal convolution along a scan path with SiLU, forward (Gu and Dao 2023, figure 3):
//   y[order[s], e] = silu(bias[e] + sum over k of weight[e, k] x[order[s - K + 1 + k], e]),  x before the path is 0
// Each thread has VECTOR channels and follows the path for STEPS steps, with the K - 1 inputs before in registers;
// UNROLL inputs are on their way at a time.
//
// Macros that the caller sets:
//   WIDTH   taps, K: 1 to 8
//   BF16    1 if x and y are bfloat16, else they are float
//   VECTOR  channels that one access reads or writes, 1, 2, 4 or 8: E and xStride must be multiples of it, the
//           pointers of x and y multiples of VECTOR values
//   STEPS   steps of a thread, a multiple of UNROLL
//   UNROLL  steps read at a time
//   ROWS    threads of a block that have the same channels and steps one after another
// grid: (ceil(E / (32 * VECTOR)), ceil(L / (STEPS * ROWS)), B), block: 32 * ROWS
#ifndef WIDTH
#define WIDTH 4
#endif
#ifndef VECTOR
#define VECTOR 4
#endif
#ifndef STEPS
#define STEPS 32
#endif
#ifndef UNROLL
#define UNROLL 4
#endif
#ifndef ROWS
#define ROWS 4
#endif
#define EARLIER (WIDTH - 1)

extern "C" __global__ void __launch_bounds__(32 * ROWS) convolution_forward(
        const Value* __restrict__ x,        // (B, L, E)
        const float* __restrict__ weight,   // (E, K), the last tap on the token itself
        const float* __restrict__ bias,     // (E) or null
        const int* __restrict__ order,      // (L), the token of each step
        Value* __restrict__ y,              // (B, L, E)
        long long xStride,                  // from one token to the next, in elements
        int length,
        int channels) {
    const int e = (blockIdx.x * 32 + threadIdx.x % 32) * VECTOR;
    const int start = (blockIdx.y * ROWS + threadIdx.x / 32) * STEPS;
    if (e >= channels || start >= length) {
        return;
    }
    const long long token0 = (long long) blockIdx.z * length;
    const Value* xHere = x + token0 * xStride + e;
    Value* yHere = y + token0 * channels + e;

    float taps[WIDTH][VECTOR];
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
#pragma unroll
        for (int k = 0; k < WIDTH; k++) {
            taps[k][v] = weight[(long long) (e + v) * WIDTH + k];
        }
    }
    float ownBias[VECTOR];
    parameters<VECTOR>(bias + e, bias != nullptr, 0.f, ownBias);

    // the inputs of the steps start + base - EARLIER on
    float window[EARLIER + UNROLL][VECTOR];
#pragma unroll
    for (int i = 0; i < EARLIER; i++) {
        int step = start - EARLIER + i;
        if (step >= 0) {
            widen<VECTOR>(*(const Pack<Value, VECTOR>*) (xHere + order[step] * xStride), window[i]);
        } else {
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                window[i][v] = 0.f;
            }
        }
    }
#pragma unroll 1
    for (int base = start; base < start + STEPS && base < length; base += UNROLL) {
        int tokens[UNROLL];
        Pack<Value, VECTOR> inputs[UNROLL];
#pragma unroll
        for (int i = 0; i < UNROLL; i++) {
            // behind the end the last token again, whose result is not written
            tokens[i] = order[base + i < length ? base + i : length - 1];
            inputs[i] = *(const Pack<Value, VECTOR>*) (xHere + tokens[i] * xStride);
        }
#pragma unroll
        for (int i = 0; i < UNROLL; i++) {
            widen<VECTOR>(inputs[i], window[EARLIER + i]);
        }
#pragma unroll
        for (int i = 0; i < UNROLL; i++) {
            float result[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                float sum = ownBias[v];
#pragma unroll
                for (int k = 0; k < WIDTH; k++) {
                    sum += taps[k][v] * window[i + k][v];
                }
                result[v] = silu(sum);
            }
            if (base + i < length) {
                store<VECTOR>(yHere + (long long) tokens[i] * channels, result);
            }
        }
#pragma unroll
        for (int i = 0; i < EARLIER; i++) {
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                window[i][v] = window[UNROLL + i][v];
            }
        }
    }
}
