// Gradients of x + gate y (see gated_sum_forward.cu): that of x is the result's own, and
//   dy = gate dresult,  dgate = sum over a sequence's tokens of y dresult
//
// Macros that the caller sets:
//   BF16    1 if y and the gradients of (B, L, D) are bfloat16, else they are float
//   VECTOR  numbers that one access reads or writes, 1, 2, 4 or 8: D must be a multiple of it, the pointers of all
//           (B, L, D) multiples of VECTOR values
//   ROWS    threads of a block that have the same numbers of tokens
//   EACH    tokens of a thread that are read at a time
//   APART   from one sequence's gate to the next's, in numbers; size where they are contiguous
// grid: (ceil(D / (32 * VECTOR)), P', B), block: 32 * ROWS
// parts: P', any number from 1 to L / (ROWS * EACH) rounded up, so many that the device is busy
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

extern "C" __global__ void __launch_bounds__(32 * ROWS) gated_sum_backward(
        const float* __restrict__ gate,             // (B, D)
        const Value* __restrict__ y,                // (B, L, D)
        const Value* __restrict__ resultGradient,   // (B, L, D)
        Value* __restrict__ yGradient,              // (B, L, D)
        float* __restrict__ gateParts,              // (P', B, D)
        int length,                                 // L
        int size) {                                 // D
    __shared__ float shSums[ROWS * VECTOR * 32];

    const int lane = threadIdx.x % 32;
    const int row = threadIdx.x / 32;
    const int at = (blockIdx.x * 32 + lane) * VECTOR;
    const bool inside = at < size;
    const long long here = (long long) blockIdx.z * length * size + at;
    float factor[VECTOR];
    float sum[VECTOR];
    parameters<VECTOR>(gate + (long long) blockIdx.z * (APART) + at, inside, 0.f, factor);
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
        sum[v] = 0.f;
    }
#pragma unroll 1
    for (int start = blockIdx.y * (ROWS * EACH) + row; start < length; start += gridDim.y * (ROWS * EACH)) {
        Pack<Value, VECTOR> ys[EACH];
        Pack<Value, VECTOR> gradients[EACH];
#pragma unroll
        for (int i = 0; i < EACH; i++) {
            int token = start + i * ROWS;
            if (inside && token < length) {
                ys[i] = *(const Pack<Value, VECTOR>*) (y + here + (long long) token * size);
                gradients[i] = *(const Pack<Value, VECTOR>*) (resultGradient + here + (long long) token * size);
            }
        }
#pragma unroll
        for (int i = 0; i < EACH; i++) {
            int token = start + i * ROWS;
            if (inside && token < length) {
                float dy[VECTOR];
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    float g = widen(gradients[i].v[v]);
                    sum[v] += g * widen(ys[i].v[v]);
                    dy[v] = g * factor[v];
                }
                store<VECTOR>(yGradient + here + (long long) token * size, dy);
            }
        }
    }
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
        shSums[(row * 32 + lane) * VECTOR + v] = sum[v];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 32 * VECTOR; i += 32 * ROWS) {
        const int to = blockIdx.x * (32 * VECTOR) + i;
        if (to < size) {
            float all = 0.f;
            for (int r = 0; r < ROWS; r++) {
                all += shSums[r * 32 * VECTOR + i];
            }
            gateParts[((long long) blockIdx.y * gridDim.z + blockIdx.z) * size + to] = all;
        }
    }
}
