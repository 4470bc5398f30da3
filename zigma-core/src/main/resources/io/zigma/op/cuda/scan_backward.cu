// Gradients of the selective scan (see scan_forward.cu) with respect to all its operands. Tiles of STEPS are visited
// from the last to the first; a tile's states are computed anew from the state that the forward scan left before it,
// then the recurrence runs backwards:
//   dh[e, n]    = C[n] g[e] + (exp(Delta A) dh)[e, n] of the next step,  g the gradient of y before the gate
//   dB[n]       = sum over e of dh[e, n] Delta[e] u[e],  dC[n] = sum over e of g[e] h[e, n]
//   dDelta[e]   = sum over n of dh[e, n] (B[n] u[e] + A[e, n] exp(Delta A) h before[e, n])
//   du[e]       = Delta[e] sum over n of dh[e, n] B[n] + D[e] g[e]
//   dA[e, n]    = sum over steps of dh[e, n] Delta[e] exp(Delta A) h before[e, n]
//
// Macros that the caller sets:
//   STATES    states of a channel, N: 1 to 32
//   SOFTPLUS  1 if softplus is applied to delta + bias, else 0
//   BF16      1 if u, delta, gate, y and their gradients are bfloat16, else they are float
//   LANES     lanes that share one channel's states: 1, 2, 4, 8 or 16; each has a power of two of states
//   CHANNELS  channels of a block, a power of two
//   STEPS     steps of a tile, the same as in the forward scan; a multiple of LANES * VECTOR
//   VECTOR    channels that one access reads or writes, 1, 2, 4 or 8: E and the strides of u, delta and gate must be
//             multiples of it, the pointers of all (B, L, E) multiples of VECTOR values
//   VECTOR_BC likewise for B and C, 1, 2 or 4: divides STATES and their strides
// grid: (P = ceil(E / CHANNELS), B), block: CHANNELS * LANES, a multiple of 32 and at most 1024
// parts: P for B and C, B (sequences) for A, D and the bias; the caller sums them over their first axis
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
#define OWN power_of_two((STATES + LANES - 1) / LANES)
#define PADDED (OWN * LANES) // states with those that fill up, whose B and C are 0
#define THREADS (CHANNELS * LANES)
#define WARPS (THREADS / 32)
#define TOGETHER (32 / LANES) // channels of a warp
#define GROUP (LANES * OWN)   // values of a lane for LANES steps: OWN states each
#define LEFT (GROUP / TOGETHER > 1 ? GROUP / TOGETHER : 1) // of them when they are summed over a warp's channels
#define ITEMS (STEPS / LANES / VECTOR)
#define ROWS (LANES * VECTOR) // steps that a block reads at a time
#define PIECES (STATES / VECTOR_BC)
#define PITCH_Y (CHANNELS + TOGETHER) // steps that a warp writes together fall on different banks

// The channels that neighbouring threads write at a time are VECTOR apart: they lie side by side, and blocks of them
// are shifted so that a warp's neighbouring channels fall on different banks when they are read.
#define PITCH_STEP (CHANNELS / VECTOR + (TOGETHER >= VECTOR ? TOGETHER / VECTOR : 1))
#define AT_STEP(row, channel) (((row) * VECTOR + (channel) % VECTOR) * PITCH_STEP + (channel) / VECTOR)

struct __align__(16) Step {
    float delta;
    float drive; // delta * u
    float g;     // gradient of y before the gate
    float filler;
};

// Sums COUNT values over a warp's channels, of which HALF and their neighbours are still apart: each lane is left LEFT
// of them, from the one returned on.
template <int HALF, int COUNT>
__device__ __forceinline__ int sum_channels(float* v, int channel) {
    if constexpr (HALF > 0) {
        if constexpr (COUNT > 1) {
            bool upper = (channel & HALF) != 0;
            exchange<COUNT / 2>(v, upper, HALF * LANES);
            return (upper ? COUNT / 2 : 0) + sum_channels<HALF / 2, COUNT / 2>(v, channel);
        } else {
            v[0] += __shfl_xor_sync(ALL_LANES, v[0], HALF * LANES);
            return sum_channels<HALF / 2, 1>(v, channel);
        }
    }
    return 0;
}

extern "C" __global__ void __launch_bounds__(THREADS) scan_backward(
        const Value* __restrict__ u,             // (B, L, E)
        const Value* __restrict__ delta,         // (B, L, E)
        const Value* __restrict__ gate,          // (B, L, E) or null
        const float* __restrict__ a,             // (E, N)
        const float* __restrict__ b,             // (B, L, N)
        const float* __restrict__ c,             // (B, L, N)
        const float* __restrict__ skip,          // (E) or null
        const float* __restrict__ bias,          // (E) or null
        const int* __restrict__ order,           // (L), the token of each step
        const float* __restrict__ checkpoints,   // (B, ceil(L / STEPS), E, N), of the forward scan
        const Value* __restrict__ yGradient,     // (B, L, E)
        Value* __restrict__ uGradient,           // (B, L, E)
        Value* __restrict__ deltaGradient,       // (B, L, E)
        Value* __restrict__ gateGradient,        // (B, L, E), or null without a gate
        float* __restrict__ aParts,              // (B, E, N)
        float* __restrict__ bParts,              // (P, B, L, N)
        float* __restrict__ cParts,              // (P, B, L, N)
        float* __restrict__ skipParts,           // (B, E) or null
        float* __restrict__ biasParts,           // (B, E) or null
        long long uStride,                       // from one token to the next, in elements
        long long deltaStride,
        long long gateStride,
        long long bStride,
        long long cStride,
        int length,
        int channels) {
    __shared__ __align__(16) Step shStep[STEPS * VECTOR * PITCH_STEP];
    __shared__ __align__(16) float shY[STEPS * PITCH_Y];        // C·h
    __shared__ __align__(16) float shDriveSum[STEPS * PITCH_Y]; // gradient of delta * u
    __shared__ __align__(16) float shDecaySum[STEPS * PITCH_Y]; // gradient of delta through the decays
    __shared__ __align__(16) float shBC[2 * STEPS * PADDED];
    __shared__ __align__(16) float partB[WARPS * STEPS * PADDED];
    __shared__ __align__(16) float partC[WARPS * STEPS * PADDED];

    const int thread = threadIdx.x;
    const int first = blockIdx.x * CHANNELS;
    const long long token0 = (long long) blockIdx.y * length;
    const int tiles = (length + STEPS - 1) / STEPS;

    // for the recurrence: OWN states of one channel
    const int part = thread % LANES;
    const int mine = thread / LANES;
    const int warp = thread / 32;
    const bool owner = first + mine < channels;
    const int inWarp = mine % TOGETHER;
    // where lanes are left the same sum, one of them writes it
    const bool writer = GROUP >= TOGETHER || inWarp % (TOGETHER / (GROUP < TOGETHER ? GROUP : TOGETHER)) == 0;
    float rate[OWN];
    float carry[OWN];
    float aSum[OWN];
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        int n = part * OWN + k;
        rate[k] = owner && n < STATES ? a[(long long) (first + mine) * STATES + n] * LOG2E : 0.f;
        carry[k] = 0.f;
        aSum[k] = 0.f;
    }

    // for what is done element by element: VECTOR channels of ITEMS steps
    const int column = thread % (CHANNELS / VECTOR) * VECTOR;
    const int row0 = thread / (CHANNELS / VECTOR);
    const int e = first + column;
    const bool inside = e < channels;
    const Value* uHere = u + token0 * uStride + e;
    const Value* deltaHere = delta + token0 * deltaStride + e;
    const Value* gateHere = gate + token0 * gateStride + e;
    const long long here = token0 * channels + e;
    float ownBias[VECTOR];
    float ownSkip[VECTOR];
    float skipSum[VECTOR];
    float biasSum[VECTOR];
    parameters<VECTOR>(bias + e, inside && bias, 0.f, ownBias);
    parameters<VECTOR>(skip + e, inside && skip, 0.f, ownSkip);
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
        skipSum[v] = 0.f;
        biasSum[v] = 0.f;
    }

    if (PADDED > STATES) {
        for (int i = thread; i < 2 * STEPS * PADDED; i += THREADS) {
            shBC[i] = 0.f;
        }
        __syncthreads();
    }

    for (int tile = tiles - 1; tile >= 0; tile--) {
        const int start = tile * STEPS;
        int tokens[ITEMS];
        Pack<Value, VECTOR> us[ITEMS];
        Pack<Value, VECTOR> raws[ITEMS];
        Pack<Value, VECTOR> gates[ITEMS];
        Pack<Value, VECTOR> gradients[ITEMS];
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            int step = start + row0 + i * ROWS;
            tokens[i] = -1;
            if (step < length && inside) {
                int token = order[step];
                tokens[i] = token;
                us[i] = *(const Pack<Value, VECTOR>*) (uHere + token * (int) uStride);
                raws[i] = *(const Pack<Value, VECTOR>*) (deltaHere + token * (int) deltaStride);
                gradients[i] = *(const Pack<Value, VECTOR>*) (yGradient + here + token * channels);
                if (gate) {
                    gates[i] = *(const Pack<Value, VECTOR>*) (gateHere + token * (int) gateStride);
                }
            }
        }
        for (int i = thread; i < 2 * STEPS * PIECES; i += THREADS) {
            bool isC = i >= STEPS * PIECES;
            int row = i / PIECES;
            int step = start + (isC ? row - STEPS : row);
            Pack<float, VECTOR_BC> piece;
#pragma unroll
            for (int v = 0; v < VECTOR_BC; v++) {
                piece.v[v] = 0.f;
            }
            if (step < length) {
                const float* from = isC ? c + (token0 + order[step]) * cStride : b + (token0 + order[step]) * bStride;
                piece = *(const Pack<float, VECTOR_BC>*) (from + i % PIECES * VECTOR_BC);
            }
            *(Pack<float, VECTOR_BC>*) (shBC + row * PADDED + i % PIECES * VECTOR_BC) = piece;
        }
        float h[OWN];
        long long saved = (((long long) blockIdx.y * tiles + tile) * channels + first + mine) * STATES + part * OWN;
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            h[k] = owner && part * OWN + k < STATES ? checkpoints[saved + k] : 0.f;
        }
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                Step step = {0.f, 0.f, 0.f, 0.f};
                if (tokens[i] >= 0) {
                    float raw = widen(raws[i].v[v]) + ownBias[v];
                    float dy = widen(gradients[i].v[v]);
                    step.delta = SOFTPLUS ? softplus(raw) : raw;
                    step.drive = step.delta * widen(us[i].v[v]);
                    step.g = gate ? dy * silu(widen(gates[i].v[v])) : dy;
                }
                shStep[AT_STEP(row0 + i * ROWS, column + v)] = step;
            }
        }
        __syncthreads();

        float before[STEPS * OWN];
        float decay[STEPS * OWN];
#pragma unroll
        for (int group = 0; group < STEPS; group += LANES) {
            float y[LANES];
            float toC[GROUP];
#pragma unroll
            for (int j = 0; j < LANES; j++) {
                const int t = group + j;
                Step now = shStep[AT_STEP(t, mine)];
                float s = 0.f;
#pragma unroll
                for (int k = 0; k < OWN; k++) {
                    int n = part * OWN + k;
                    before[t * OWN + k] = h[k];
                    decay[t * OWN + k] = exp2_fast(now.delta * rate[k]);
                    h[k] = decay[t * OWN + k] * h[k] + now.drive * shBC[t * PADDED + n];
                    s += shBC[(STEPS + t) * PADDED + n] * h[k];
                    toC[j * OWN + k] = now.g * h[k];
                }
                y[j] = s;
            }
            sum_lanes<LANES / 2>(y, part);
            shY[(group + part) * PITCH_Y + mine] = y[0];
            int from = sum_channels<TOGETHER / 2, GROUP>(toC, inWarp);
#pragma unroll
            for (int j = 0; j < LEFT; j++) {
                int value = from + j;
                if (writer) {
                    partC[(warp * STEPS + group + value / OWN) * PADDED + part * OWN + value % OWN] = toC[j];
                }
            }
        }
#pragma unroll
        for (int group = STEPS - LANES; group >= 0; group -= LANES) {
            float toDrive[LANES];
            float toDelta[LANES];
            float toB[GROUP];
#pragma unroll
            for (int j = LANES - 1; j >= 0; j--) {
                const int t = group + j;
                Step now = shStep[AT_STEP(t, mine)];
                float s = 0.f;
                float r = 0.f;
#pragma unroll
                for (int k = 0; k < OWN; k++) {
                    int n = part * OWN + k;
                    float dh = carry[k] + now.g * shBC[(STEPS + t) * PADDED + n];
                    carry[k] = dh * decay[t * OWN + k];
                    float through = carry[k] * before[t * OWN + k];
                    s += dh * shBC[t * PADDED + n];
                    r += through * rate[k];
                    aSum[k] += through * now.delta;
                    toB[j * OWN + k] = dh * now.drive;
                }
                toDrive[j] = s;
                toDelta[j] = r;
            }
            sum_lanes<LANES / 2>(toDrive, part);
            sum_lanes<LANES / 2>(toDelta, part);
            shDriveSum[(group + part) * PITCH_Y + mine] = toDrive[0];
            shDecaySum[(group + part) * PITCH_Y + mine] = toDelta[0] * LN2;
            int from = sum_channels<TOGETHER / 2, GROUP>(toB, inWarp);
#pragma unroll
            for (int j = 0; j < LEFT; j++) {
                int value = from + j;
                if (writer) {
                    partB[(warp * STEPS + group + value / OWN) * PADDED + part * OWN + value % OWN] = toB[j];
                }
            }
        }
        __syncthreads();

#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            if (tokens[i] >= 0) {
                const int row = row0 + i * ROWS;
                float du[VECTOR];
                float dDelta[VECTOR];
                float dGate[VECTOR];
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    Step step = shStep[AT_STEP(row, column + v)];
                    float uNow = widen(us[i].v[v]);
                    float raw = widen(raws[i].v[v]) + ownBias[v];
                    float drive = shDriveSum[row * PITCH_Y + column + v];
                    float toDelta = drive * uNow + shDecaySum[row * PITCH_Y + column + v];
                    du[v] = drive * step.delta + ownSkip[v] * step.g;
                    dDelta[v] = SOFTPLUS ? toDelta * sigmoid(raw) : toDelta;
                    dGate[v] = gate ? (shY[row * PITCH_Y + column + v] + ownSkip[v] * uNow) * widen(gradients[i].v[v])
                                    * silu_slope(widen(gates[i].v[v]))
                                    : 0.f;
                    skipSum[v] += step.g * uNow;
                    biasSum[v] += dDelta[v];
                }
                store<VECTOR>(uGradient + here + tokens[i] * channels, du);
                store<VECTOR>(deltaGradient + here + tokens[i] * channels, dDelta);
                if (gate) {
                    store<VECTOR>(gateGradient + here + tokens[i] * channels, dGate);
                }
            }
        }
        for (int i = thread; i < STEPS * STATES; i += THREADS) {
            int row = i / STATES;
            if (start + row < length) {
                float sumB = 0.f;
                float sumC = 0.f;
                for (int w = 0; w < WARPS; w++) {
                    sumB += partB[(w * STEPS + row) * PADDED + i % STATES];
                    sumC += partC[(w * STEPS + row) * PADDED + i % STATES];
                }
                long long token = ((long long) blockIdx.x * gridDim.y + blockIdx.y) * length + order[start + row];
                bParts[token * STATES + i % STATES] = sumB;
                cParts[token * STATES + i % STATES] = sumC;
            }
        }
        // no barrier: what the next tile writes before the next one is read by the same thread only, or no more
    }

    if (owner) {
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            int n = part * OWN + k;
            if (n < STATES) {
                aParts[((long long) blockIdx.y * channels + first + mine) * STATES + n] = aSum[k];
            }
        }
    }
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
        shStep[AT_STEP(row0, column + v)] = Step{skipSum[v], biasSum[v], 0.f, 0.f};
    }
    __syncthreads();
    for (int i = thread; i < CHANNELS; i += THREADS) {
        if (first + i < channels) {
            float s = 0.f;
            float t = 0.f;
            for (int row = 0; row < ROWS; row++) {
                s += shStep[AT_STEP(row, i)].delta;
                t += shStep[AT_STEP(row, i)].drive;
            }
            long long at = (long long) blockIdx.y * channels + first + i;
            if (skipParts) {
                skipParts[at] = s;
            }
            if (biasParts) {
                biasParts[at] = t;
            }
        }
    }
}
