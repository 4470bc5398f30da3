// Selective scan, forward (Gu and Dao 2023, algorithm 2) along a scan path (ZigMa 2024, equation 1). For each channel
// e and state n, step by step along the path, with Delta = softplus(delta + bias) or delta + bias:
//   h[e, n] <- exp(Delta[e] A[e, n]) h[e, n] + Delta[e] B[n] u[e]
//   y[e]     = (sum over n of C[n] h[e, n] + D[e] u[e]) silu(gate[e])
// The states of one channel are spread over LANES lanes; tokens follow one another in tiles of STEPS; the next tile is
// read while one is worked on.
//
// Macros that the caller sets:
//   STATES    states of a channel, N: 1 to 32
//   SOFTPLUS  1 if softplus is applied to delta + bias, else 0
//   BF16      1 if u, delta, gate and y are bfloat16, else they are float
//   LANES     lanes that share one channel's states: 1, 2, 4, 8 or 16; states are filled up to a multiple of it
//   CHANNELS  channels of a block, a power of two
//   STEPS     steps of a tile, a multiple of LANES * VECTOR
//   VECTOR    channels that one access reads or writes, 1, 2, 4 or 8: E and the strides of u, delta and gate must be
//             multiples of it, their pointers and y multiples of VECTOR values
//   VECTOR_BC likewise for B and C, 1, 2 or 4: divides STATES and their strides
// grid: (ceil(E / CHANNELS), B), block: CHANNELS * LANES, a multiple of 32 and at most 1024
// A sequence's offsets must fit into an int: L times each stride is less than 2^31.
#ifndef STATES
#define STATES 16
#endif
#ifndef SOFTPLUS
#define SOFTPLUS 1
#endif
#ifndef LANES
#define LANES 4
#endif
#ifndef CHANNELS
#define CHANNELS 32
#endif
#ifndef STEPS
#define STEPS 16
#endif
#ifndef VECTOR
#define VECTOR (STEPS / LANES < 4 ? STEPS / LANES : 4)
#endif
#ifndef VECTOR_BC
#define VECTOR_BC (STATES % 4 == 0 ? 4 : STATES % 2 == 0 ? 2 : 1)
#endif
#define OWN ((STATES + LANES - 1) / LANES)
#define PADDED (OWN * LANES) // states with those that fill up, whose B and C are 0
#define THREADS (CHANNELS * LANES)
#define TOGETHER (32 / LANES) // channels of a warp
#define ITEMS (STEPS / LANES / VECTOR)
#define PIECES (STATES / VECTOR_BC)
#define BC_ITEMS ((2 * STEPS * PIECES + THREADS - 1) / THREADS)
#define PITCH_Y (CHANNELS + TOGETHER) // steps that a warp writes together fall on different banks

struct __align__(8) Step {
    float delta;
    float drive; // delta * u
};

extern "C" __global__ void __launch_bounds__(THREADS) scan_forward(
        const Value* __restrict__ u,        // (B, L, E)
        const Value* __restrict__ delta,    // (B, L, E)
        const Value* __restrict__ gate,     // (B, L, E) or null
        const float* __restrict__ a,        // (E, N)
        const float* __restrict__ b,        // (B, L, N)
        const float* __restrict__ c,        // (B, L, N)
        const float* __restrict__ skip,     // (E) or null
        const float* __restrict__ bias,     // (E) or null
        const int* __restrict__ order,      // (L), the token of each step
        Value* __restrict__ y,              // (B, L, E)
        float* __restrict__ checkpoints,    // (B, ceil(L / STEPS), E, N), states before each tile, or null
        long long uStride,                  // from one token to the next, in elements
        long long deltaStride,
        long long gateStride,
        long long bStride,
        long long cStride,
        int length,
        int channels) {
    __shared__ __align__(16) Step shStep[STEPS * CHANNELS];
    __shared__ __align__(16) float shY[STEPS * PITCH_Y];
    __shared__ __align__(16) float shBC[2 * STEPS * PADDED];

    const int thread = threadIdx.x;
    const int first = blockIdx.x * CHANNELS;
    const long long token0 = (long long) blockIdx.y * length;
    const int tiles = (length + STEPS - 1) / STEPS;

    // for the recurrence: OWN states of one channel
    const int part = thread % LANES;
    const int mine = thread / LANES;
    float rate[OWN];
    float h[OWN];
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        int n = part * OWN + k;
        bool real = first + mine < channels && n < STATES;
        rate[k] = real ? a[(long long) (first + mine) * STATES + n] * LOG2E : 0.f;
        h[k] = 0.f;
    }

    // for what is done element by element: VECTOR channels of ITEMS steps
    const int column = thread % (CHANNELS / VECTOR) * VECTOR;
    const int row0 = thread / (CHANNELS / VECTOR);
    const int e = first + column;
    const bool inside = e < channels;
    const Value* uHere = u + token0 * uStride + e;
    const Value* deltaHere = delta + token0 * deltaStride + e;
    const Value* gateHere = gate + token0 * gateStride + e;
    Value* yHere = y + token0 * channels + e;
    float ownBias[VECTOR];
    float ownSkip[VECTOR];
    parameters<VECTOR>(bias + e, inside && bias, 0.f, ownBias);
    parameters<VECTOR>(skip + e, inside && skip, 0.f, ownSkip);

    if (PADDED > STATES) {
        for (int i = thread; i < 2 * STEPS * PADDED; i += THREADS) {
            shBC[i] = 0.f;
        }
        __syncthreads();
    }

    Pack<Value, VECTOR> uNext[ITEMS];
    Pack<Value, VECTOR> deltaNext[ITEMS];
    Pack<Value, VECTOR> gateNext[ITEMS];
    int tokenNext[ITEMS];
    Pack<float, VECTOR_BC> bcNext[BC_ITEMS];

    for (int tile = -1; tile < tiles; tile++) {
        Pack<Value, VECTOR> uNow[ITEMS];
        Pack<Value, VECTOR> gateNow[ITEMS];
        int tokenNow[ITEMS];
        if (tile >= 0) {
#pragma unroll
            for (int i = 0; i < ITEMS; i++) {
                uNow[i] = uNext[i];
                gateNow[i] = gateNext[i];
                tokenNow[i] = tokenNext[i];
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    // a step behind the end leaves the state as it is
                    float raw = widen(deltaNext[i].v[v]) + ownBias[v];
                    float d = tokenNow[i] < 0 ? 0.f : SOFTPLUS ? softplus(raw) : raw;
                    float x = tokenNow[i] < 0 ? 0.f : d * widen(uNow[i].v[v]);
                    shStep[(row0 + i * (LANES * VECTOR)) * CHANNELS + column + v] = Step{d, x};
                }
            }
#pragma unroll
            for (int i = 0; i < BC_ITEMS; i++) {
                int at = thread + i * THREADS;
                if (2 * STEPS * PIECES % THREADS == 0 || at < 2 * STEPS * PIECES) {
                    *(Pack<float, VECTOR_BC>*) (shBC + at / PIECES * PADDED + at % PIECES * VECTOR_BC) = bcNext[i];
                }
            }
            if (checkpoints && first + mine < channels) {
                long long at = (((long long) blockIdx.y * tiles + tile) * channels + first + mine) * STATES
                        + part * OWN;
#pragma unroll
                for (int k = 0; k < OWN; k++) {
                    if (part * OWN + k < STATES) {
                        checkpoints[at + k] = h[k];
                    }
                }
            }
            __syncthreads();
        }

        // what the next tile reads is on its way while this one is worked on
        if (tile + 1 < tiles) {
            const int start = (tile + 1) * STEPS;
#pragma unroll
            for (int i = 0; i < ITEMS; i++) {
                int step = start + row0 + i * (LANES * VECTOR);
                tokenNext[i] = -1;
                if (step < length && inside) {
                    int token = order[step];
                    tokenNext[i] = token;
                    uNext[i] = *(const Pack<Value, VECTOR>*) (uHere + token * (int) uStride);
                    deltaNext[i] = *(const Pack<Value, VECTOR>*) (deltaHere + token * (int) deltaStride);
                    if (gate) {
                        gateNext[i] = *(const Pack<Value, VECTOR>*) (gateHere + token * (int) gateStride);
                    }
                }
            }
#pragma unroll
            for (int i = 0; i < BC_ITEMS; i++) {
                int at = thread + i * THREADS;
                bool isC = at >= STEPS * PIECES;
                int within = isC ? at - STEPS * PIECES : at;
                int step = start + within / PIECES;
#pragma unroll
                for (int v = 0; v < VECTOR_BC; v++) {
                    bcNext[i].v[v] = 0.f;
                }
                if (at < 2 * STEPS * PIECES && step < length) {
                    const float* from = isC ? c + (token0 + order[step]) * cStride : b + (token0 + order[step]) * bStride;
                    bcNext[i] = *(const Pack<float, VECTOR_BC>*) (from + within % PIECES * VECTOR_BC);
                }
            }
        }

        if (tile >= 0) {
            // LANES steps at a time, then one exchange that leaves each lane one step's sum
#pragma unroll
            for (int group = 0; group < STEPS; group += LANES) {
                float sum[LANES];
#pragma unroll
                for (int j = 0; j < LANES; j++) {
                    const int t = group + j;
                    Step now = shStep[t * CHANNELS + mine];
                    float s = 0.f;
#pragma unroll
                    for (int k = 0; k < OWN; k++) {
                        const int n = part * OWN + k;
                        h[k] = exp2_fast(now.delta * rate[k]) * h[k] + now.drive * shBC[t * PADDED + n];
                        s += shBC[(STEPS + t) * PADDED + n] * h[k];
                    }
                    sum[j] = s;
                }
                sum_lanes<LANES / 2>(sum, part);
                shY[(group + part) * PITCH_Y + mine] = sum[0];
            }
            __syncthreads();
#pragma unroll
            for (int i = 0; i < ITEMS; i++) {
                if (tokenNow[i] >= 0) {
                    float result[VECTOR];
#pragma unroll
                    for (int v = 0; v < VECTOR; v++) {
                        float value = shY[(row0 + i * (LANES * VECTOR)) * PITCH_Y + column + v]
                                + ownSkip[v] * widen(uNow[i].v[v]);
                        result[v] = gate ? value * silu(widen(gateNow[i].v[v])) : value;
                    }
                    store<VECTOR>(yHere + tokenNow[i] * channels, result);
                }
            }
        }
    }
}
