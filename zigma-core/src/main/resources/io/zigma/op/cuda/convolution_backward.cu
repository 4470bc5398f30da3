// Gradients of the causal convolution with SiLU (see convolution_forward.cu) with respect to all its operands. With
// s the sum before SiLU and g = dy silu'(s), which is 0 behind the path's end:
//   dx[order[s], e]  = sum over k of weight[e, k] g[step s + K - 1 - k, e]
//   dweight[e, k]    = sum over steps s of g[s, e] x[order[s - K + 1 + k], e]
//   dbias[e]         = sum over steps of g[s, e]
// Each thread has VECTOR channels and follows the path for STEPS steps and the K - 1 after, whose g it needs too; the
// sums before SiLU are computed anew. A block takes every P-th piece of ROWS * STEPS steps, and adds its sums up.
//
// Macros that the caller sets:
//   WIDTH   taps, K: 1 to 8
//   BF16    1 if x, y and their gradients are bfloat16, else they are float
//   VECTOR  channels that one access reads or writes, 1, 2, 4 or 8: E and xStride must be multiples of it, the
//           pointers of all (B, L, E) multiples of VECTOR values; at most 4 keeps all in registers, 2 for WIDTH > 4
//   STEPS   steps of a thread, a multiple of UNROLL
//   UNROLL  steps read at a time
//   ROWS    threads of a block that have the same channels and steps one after another
// grid: (ceil(E / (32 * VECTOR)), P), block: 32 * ROWS
// parts: P, any number from 1 to B * ceil(L / STEPS) / ROWS rounded up; so many that the device is busy
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
#define SUMS (WIDTH + 1) // of each channel: its taps' and its bias'

extern "C" __global__ void __launch_bounds__(32 * ROWS) convolution_backward(
        const Value* __restrict__ x,            // (B, L, E)
        const float* __restrict__ weight,       // (E, K), the last tap on the token itself
        const float* __restrict__ bias,         // (E) or null
        const int* __restrict__ order,          // (L), the token of each step
        const Value* __restrict__ yGradient,    // (B, L, E)
        Value* __restrict__ xGradient,          // (B, L, E)
        float* __restrict__ weightParts,        // (P, E, K)
        float* __restrict__ biasParts,          // (P, E) or null
        long long xStride,                      // from one token to the next, in elements
        int sequences,                          // B
        int length,
        int channels) {
    __shared__ float shSums[ROWS * VECTOR * SUMS * 32];

    const int lane = threadIdx.x % 32;
    const int row = threadIdx.x / 32;
    const int e = (blockIdx.x * 32 + lane) * VECTOR;
    const bool inside = e < channels;

    float taps[WIDTH][VECTOR];
    float sums[SUMS][VECTOR];
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
#pragma unroll
        for (int k = 0; k < WIDTH; k++) {
            taps[k][v] = inside ? weight[(long long) (e + v) * WIDTH + k] : 0.f;
            sums[k][v] = 0.f;
        }
        sums[WIDTH][v] = 0.f;
    }
    float ownBias[VECTOR];
    parameters<VECTOR>(bias + e, inside && bias, 0.f, ownBias);

    const int pieces = (length + STEPS - 1) / STEPS; // of a sequence
    const long long all = inside ? (long long) sequences * pieces : 0;
    for (long long piece = (long long) blockIdx.y * ROWS + row; piece < all; piece += (long long) gridDim.y * ROWS) {
        const long long token0 = piece / pieces * length;
        const int start = (int) (piece % pieces) * STEPS;
        const int end = start + STEPS < length ? start + STEPS : length;
        const Value* xHere = x + token0 * xStride + e;
        const long long here = token0 * channels + e;

        // inputs of the steps base - EARLIER on, and gradients before SiLU of the same steps
        float window[EARLIER + UNROLL][VECTOR];
        float inner[EARLIER + UNROLL][VECTOR];
        int tokens[EARLIER + UNROLL];
#pragma unroll
        for (int i = 0; i < EARLIER; i++) {
            int step = start - EARLIER + i;
            tokens[i] = 0;
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                window[i][v] = 0.f;
                inner[i][v] = 0.f;
            }
            if (step >= 0) {
                widen<VECTOR>(*(const Pack<Value, VECTOR>*) (xHere + order[step] * xStride), window[i]);
            }
        }
        // one step's g completes the gradient of the input EARLIER steps before
#pragma unroll 1
        for (int base = start; base < end + EARLIER; base += UNROLL) {
            Pack<Value, VECTOR> inputs[UNROLL];
            Pack<Value, VECTOR> gradients[UNROLL];
#pragma unroll
            for (int i = 0; i < UNROLL; i++) {
                // behind the end the last token again, whose gradient counts as 0
                int token = order[base + i < length ? base + i : length - 1];
                tokens[EARLIER + i] = token;
                inputs[i] = *(const Pack<Value, VECTOR>*) (xHere + token * xStride);
                gradients[i] = *(const Pack<Value, VECTOR>*) (yGradient + here + (long long) token * channels);
            }
#pragma unroll
            for (int i = 0; i < UNROLL; i++) {
                widen<VECTOR>(inputs[i], window[EARLIER + i]);
                widen<VECTOR>(gradients[i], inner[EARLIER + i]);
            }
#pragma unroll
            for (int i = 0; i < UNROLL; i++) {
                const bool real = base + i < length;
                const bool own = base + i < end; // its sums are this thread's
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    float sum = ownBias[v];
#pragma unroll
                    for (int k = 0; k < WIDTH; k++) {
                        sum += taps[k][v] * window[i + k][v];
                    }
                    float g = real ? inner[EARLIER + i][v] * silu_slope(sum) : 0.f;
                    inner[EARLIER + i][v] = g;
                    float counted = own ? g : 0.f;
#pragma unroll
                    for (int k = 0; k < WIDTH; k++) {
                        sums[k][v] += counted * window[i + k][v];
                    }
                    sums[WIDTH][v] += counted;
                }
                const int step = base + i - EARLIER;
                if (step >= start && step < end) {
                    float result[VECTOR];
#pragma unroll
                    for (int v = 0; v < VECTOR; v++) {
                        float sum = 0.f;
#pragma unroll
                        for (int k = 0; k < WIDTH; k++) {
                            sum += taps[k][v] * inner[i + EARLIER - k][v];
                        }
                        result[v] = sum;
                    }
                    store<VECTOR>(xGradient + here + (long long) tokens[i] * channels, result);
                }
            }
#pragma unroll
            for (int i = 0; i < EARLIER; i++) {
                tokens[i] = tokens[UNROLL + i];
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    window[i][v] = window[UNROLL + i][v];
                    inner[i][v] = inner[UNROLL + i][v];
                }
            }
        }
    }

#pragma unroll
    for (int k = 0; k < SUMS; k++) {
#pragma unroll
        for (int v = 0; v < VECTOR; v++) {
            shSums[((row * VECTOR + v) * SUMS + k) * 32 + lane] = sums[k][v];
        }
    }
    __syncthreads();
    // i counts the block's channels and within them their sums, as the parts lie in memory
    for (int i = threadIdx.x; i < 32 * VECTOR * SUMS; i += 32 * ROWS) {
        const int channel = i / SUMS;
        const int k = i % SUMS;
        const long long at = blockIdx.x * 32 * VECTOR + channel;
        if (at < channels) {
            float sum = 0.f;
            for (int r = 0; r < ROWS; r++) {
                sum += shSums[((r * VECTOR + channel % VECTOR) * SUMS + k) * 32 + channel / VECTOR];
            }
            if (k < WIDTH) {
                weightParts[((long long) blockIdx.y * channels + at) * WIDTH + k] = sum;
            } else if (biasParts) {
                biasParts[(long long) blockIdx.y * channels + at] = sum;
            }
        }
    }
}
