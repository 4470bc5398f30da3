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
//   STATES     states of a channel, N: 1 to 32
//   SOFTPLUS   1 if softplus is applied to delta + bias, else 0
//   BF16       1 if u, delta, gate, y and their gradients are bfloat16, else they are float
//   LANES      lanes that share one channel's states: 1, 2, 4, 8 or 16; each has a power of two of states
//   CHANNELS   channels of a block, a power of two
//   STEPS      steps of a tile, the same as in the forward scan; a multiple of LANES * VECTOR
//   VECTOR     channels that one access reads or writes, 1, 2, 4 or 8: E and the strides of u, delta and gate must be
//              multiples of it, the pointers of all (B, L, E) multiples of VECTOR values
//   VECTOR_BC  likewise for B and C, 1, 2 or 4: divides STATES and their strides; the parts of B and C must be aligned
//              to 16 bytes
//   KEEP       1 if exp(Delta A) stays in registers until the recurrence runs backwards, 0 if it is computed anew
//   RESIDENT   blocks of a multiprocessor that registers should suffice for
//   SEGMENTED  not 0 if a block scans one of several segments of a sequence, of which scan_segment.cu has found the
//              ends; Delta A over a segment must be less than 128
// grid: (P = ceil(E / CHANNELS), B, S), S the number of segments
// block: CHANNELS * LANES, a multiple of 32 and at most 1024
// parts: P for B and C, S B (segments and sequences) for A, D and the bias; the caller sums them over their first axis
// Strides are less than 2^31 bytes, and L is at least 1.
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
#ifndef KEEP
#define KEEP 1
#endif
#ifndef SEGMENTED
#define SEGMENTED 0
#endif
#ifndef RESIDENT
#define RESIDENT 1
#endif
#define OWN power_of_two((STATES + LANES - 1) / LANES)
#define PADDED (OWN * LANES) // states with those that fill up, whose B and C are 0
#define THREADS (CHANNELS * LANES)
#define WARPS (THREADS / 32)
#define TOGETHER (32 / LANES) // channels of a warp
#define GROUP (LANES * OWN)   // values of a lane for LANES steps: OWN states each
#define LEFT (GROUP / TOGETHER > 1 ? GROUP / TOGETHER : 1) // of them when they are summed over a warp's channels
#define SIDE (LEFT < OWN ? LEFT : OWN)                     // of those that lie side by side
#define ITEMS (STEPS / LANES / VECTOR)
#define ROWS (LANES * VECTOR) // steps that a block reads at a time
#define PIECES (STATES / VECTOR_BC)
#define ALL_PIECES (2 * STEPS * PIECES)
#define BC_ITEMS ((ALL_PIECES + THREADS - 1) / THREADS)
#define BC_SIZE (2 * STEPS * PADDED)
#define PITCH_Y (CHANNELS + TOGETHER) // steps that a warp writes together fall on different banks

// The channels that neighbouring threads write at a time are VECTOR apart: they lie side by side, and blocks of them
// are shifted so that a warp's neighbouring channels fall on different banks when they are read.
#define PITCH_STEP (CHANNELS / VECTOR + (TOGETHER >= VECTOR ? TOGETHER / VECTOR : 1))
#define AT_STEP(row, channel) (((row) * VECTOR + (channel) % VECTOR) * PITCH_STEP + (channel) / VECTOR)

struct __align__(16) Step {
    float delta;
    float drive; // delta * u
    float g;     // gradient of y before the gate
    float u;
};

// Sums Count values over a warp's channels, of which Half and their neighbours are still apart: each lane is left LEFT
// of them, from the one returned on.
template <int Half, int Count>
__device__ __forceinline__ int sum_channels(float* v, int channel) {
    if constexpr (Half > 0) {
        if constexpr (Count > 1) {
            bool upper = (channel & Half) != 0;
            exchange<Count / 2>(v, upper, Half * LANES);
            return (upper ? Count / 2 : 0) + sum_channels<Half / 2, Count / 2>(v, channel);
        } else {
            v[0] += __shfl_xor_sync(ALL_LANES, v[0], Half * LANES);
            return sum_channels<Half / 2, 1>(v, channel);
        }
    }
    return 0;
}

// Sums a lane's values for LANES steps over a warp's channels, and writes them to where the lane's first state of the
// first of the steps lies.
__device__ __forceinline__ void save_sums(float* v, int inWarp, bool writer, float* to) {
    const int from = sum_channels<TOGETHER / 2, GROUP>(v, inWarp);
    if (writer) {
        float* first = to + from / OWN * PADDED + from % OWN;
#pragma unroll
        for (int j = 0; j < LEFT; j += SIDE) {
            Pack<float, SIDE> pack;
#pragma unroll
            for (int i = 0; i < SIDE; i++) {
                pack.v[i] = v[j + i];
            }
            *(Pack<float, SIDE>*) (first + j / OWN * PADDED) = pack;
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT) scan_backward(
        const Value* __restrict__ u,             // (B, L, E)
        const Value* __restrict__ delta,         // (B, L, E)
        const Value* __restrict__ gate,          // (B, L, E) or null
        const float* __restrict__ a,             // (E, N)
        const float* __restrict__ b,             // (B, L, N)
        const float* __restrict__ c,             // (B, L, N)
        const float* __restrict__ skip,          // (E) or null
        const float* __restrict__ bias,          // (E) or null
        const int* __restrict__ order,           // (L), the token of each step
        const float* __restrict__ ends,          // (S - 1, B, E, N), what each segment but the first gives to the one
                                                 // before, or null if there is one segment
        const float* __restrict__ deltaSums,     // (S - 1, B, E), or null
        const float* __restrict__ checkpoints,   // (B, ceil(L / STEPS), E, N), of the forward scan
        const Value* __restrict__ yGradient,     // (B, L, E)
        Value* __restrict__ uGradient,           // (B, L, E)
        Value* __restrict__ deltaGradient,       // (B, L, E)
        Value* __restrict__ gateGradient,        // (B, L, E), or null without a gate
        float* __restrict__ aParts,              // (S B, E, N)
        float* __restrict__ bParts,              // (P, B, L, N)
        float* __restrict__ cParts,              // (P, B, L, N)
        float* __restrict__ skipParts,           // (S B, E) or null
        float* __restrict__ biasParts,           // (S B, E) or null
        long long uStride,                       // from one token to the next, in elements
        long long deltaStride,
        long long gateStride,
        long long bStride,
        long long cStride,
        int length,
        int channels,
        int segmentTiles) {                      // tiles of a segment
    __shared__ __align__(16) Step shStep[STEPS * VECTOR * PITCH_STEP];
    __shared__ __align__(16) float shY[STEPS * PITCH_Y];        // C h
    __shared__ __align__(16) float shDriveSum[STEPS * PITCH_Y]; // gradient of delta * u
    __shared__ __align__(16) float shDecaySum[STEPS * PITCH_Y]; // gradient of delta through the decays
    __shared__ __align__(16) float shBC[BC_SIZE];
    __shared__ __align__(16) float parts[WARPS * BC_SIZE];      // each warp's gradients of B and C
    __shared__ __align__(16) float shBias[CHANNELS];            // read anew for each tile, which spares registers
    __shared__ __align__(16) float shSkip[CHANNELS];

    const int thread = threadIdx.x;
    const int first = blockIdx.x * CHANNELS;
    const long long token0 = (long long) blockIdx.y * length;
    const int last = length - 1;
    const int tiles = (length + STEPS - 1) / STEPS;

    // for the recurrence: OWN states of one channel
    const int part = thread % LANES;
    const int mine = thread / LANES;
    const bool owner = first + mine < channels;
    const int inWarp = mine % TOGETHER;
    // where lanes are left the same sum, one of them writes it
    const bool writer = GROUP >= TOGETHER || inWarp % (TOGETHER / (GROUP < TOGETHER ? GROUP : TOGETHER)) == 0;
    float* partsHere = parts + thread / 32 * BC_SIZE + part * OWN;
    const Step* stepsHere = shStep + AT_STEP(0, mine);
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
    const int begin = SEGMENTED ? (int) blockIdx.z * segmentTiles : 0; // tiles from here
    const int end = SEGMENTED && tiles - begin > segmentTiles ? begin + segmentTiles : tiles;
    const long long segment = SEGMENTED ? (long long) blockIdx.z * gridDim.y + blockIdx.y : blockIdx.y;
    if (SEGMENTED && owner) {
#pragma unroll 4
        for (int s = (int) gridDim.z - 2; s >= (int) blockIdx.z; s--) { // of segment s + 1
            const long long at = ((long long) s * gridDim.y + blockIdx.y) * channels + first + mine;
            add_segment<OWN, STATES>(carry, rate, part * OWN, ends, deltaSums, at, s == (int) gridDim.z - 2);
        }
    }
    const float* saved = checkpoints
            + (((long long) blockIdx.y * tiles + end - 1) * channels + (owner ? first + mine : 0)) * STATES
            + part * OWN;

    // for what is done element by element: VECTOR channels of ITEMS steps
    const int column = thread % (CHANNELS / VECTOR) * VECTOR;
    const int row0 = thread / (CHANNELS / VECTOR);
    const bool inside = first + column < channels;
    const int e = inside ? first + column : channels - VECTOR;
    const Value* uHere = u + token0 * uStride + e;
    const Value* deltaHere = delta + token0 * deltaStride + e;
    const Value* gateHere = gate + token0 * gateStride + e;
    const long long here = token0 * channels + e;
    const int uBytes = (int) uStride * (int) sizeof(Value);
    const int deltaBytes = (int) deltaStride * (int) sizeof(Value);
    const int gateBytes = (int) gateStride * (int) sizeof(Value);
    const int yBytes = channels * (int) sizeof(Value);
    float skipSum[VECTOR];
    float biasSum[VECTOR];
#pragma unroll
    for (int v = 0; v < VECTOR; v++) {
        skipSum[v] = 0.f;
        biasSum[v] = 0.f;
    }

    // for B and C: pieces of VECTOR_BC numbers, first all of B
    const float* bcHere[BC_ITEMS];
    float* bcPartsHere[BC_ITEMS];
    int bcRow[BC_ITEMS];
    int bcBytes[BC_ITEMS];
    int bcTo[BC_ITEMS];
#pragma unroll
    for (int i = 0; i < BC_ITEMS; i++) {
        int at = thread + i * THREADS;
        if (ALL_PIECES % THREADS != 0 && at >= ALL_PIECES) {
            at = ALL_PIECES - 1; // the same number to the same place
        }
        bool isC = at >= STEPS * PIECES;
        int n = at % PIECES * VECTOR_BC;
        bcRow[i] = at / PIECES - (isC ? STEPS : 0);
        bcHere[i] = (isC ? c + token0 * cStride : b + token0 * bStride) + n;
        bcPartsHere[i] = (isC ? cParts : bParts)
                + ((long long) blockIdx.x * gridDim.y + blockIdx.y) * length * STATES + n;
        bcBytes[i] = (int) (isC ? cStride : bStride) * (int) sizeof(float);
        bcTo[i] = at / PIECES * PADDED + n;
    }
    if (PADDED > STATES) {
        for (int i = thread; i < BC_SIZE; i += THREADS) {
            shBC[i] = 0.f;
        }
    }
    for (int i = thread; i < CHANNELS; i += THREADS) {
        shBias[i] = bias && first + i < channels ? bias[first + i] : 0.f;
        shSkip[i] = skip && first + i < channels ? skip[first + i] : 0.f;
    }
    __syncthreads();

    int tokens[ITEMS];
    float slopes[ITEMS][VECTOR]; // of softplus
    float toGate[ITEMS][VECTOR]; // the gradient of the gate's SiLU is y before the gate times this
    int bcTokens[BC_ITEMS];

#pragma unroll 1
    for (int start = (end - 1) * STEPS; start >= begin * STEPS; start -= STEPS) {
        Pack<Value, VECTOR> us[ITEMS];
        Pack<Value, VECTOR> raws[ITEMS];
        Pack<Value, VECTOR> gates[ITEMS];
        Pack<Value, VECTOR> gradients[ITEMS];
        Pack<float, VECTOR_BC> bcs[BC_ITEMS];
        float h[OWN];
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            int step = start + row0 + i * ROWS;
            tokens[i] = order[step < last ? step : last];
            us[i] = load<VECTOR>(uHere, tokens[i], uBytes);
            raws[i] = load<VECTOR>(deltaHere, tokens[i], deltaBytes);
            gradients[i] = load<VECTOR>(yGradient + here, tokens[i], yBytes);
            if (gate) {
                gates[i] = load<VECTOR>(gateHere, tokens[i], gateBytes);
            }
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            int step = start + bcRow[i];
            bcTokens[i] = order[step < last ? step : last];
            bcs[i] = load<VECTOR_BC>(bcHere[i], bcTokens[i], bcBytes[i]);
        }
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            h[k] = owner && part * OWN + k < STATES ? saved[k] : 0.f;
        }
        saved -= (long long) channels * STATES;
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            // without a gradient, what lies behind the ends adds nothing to any other
            const bool real = inside && start + row0 + i * ROWS < length;
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                Step step;
                float raw = widen(raws[i].v[v]) + shBias[column + v];
                float d = SOFTPLUS ? softplus(raw) : raw;
                float dy = widen(gradients[i].v[v]);
                float g = dy;
                if (SOFTPLUS) {
                    slopes[i][v] = sigmoid(raw);
                }
                if (gate) {
                    float z = widen(gates[i].v[v]);
                    float s = sigmoid(z);
                    g = dy * z * s;
                    toGate[i][v] = dy * s * (1.f + z * (1.f - s));
                }
                step.u = widen(us[i].v[v]);
                step.delta = d;
                step.drive = d * step.u;
                step.g = real ? g : 0.f;
                shStep[AT_STEP(row0 + i * ROWS, column + v)] = step;
            }
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            *(Pack<float, VECTOR_BC>*) (shBC + bcTo[i]) = bcs[i];
        }
        __syncthreads();

        float before[STEPS * OWN];
        float decay[KEEP ? STEPS * OWN : 1];
#pragma unroll
        for (int group = 0; group < STEPS; group += LANES) {
            float y[LANES];
            float toC[GROUP];
#pragma unroll
            for (int j = 0; j < LANES; j++) {
                const int t = group + j;
                Step now = stepsHere[t * VECTOR * PITCH_STEP];
                float s = 0.f;
#pragma unroll
                for (int k = 0; k < OWN; k++) {
                    int n = part * OWN + k;
                    float kept = exp2_fast(now.delta * rate[k]);
                    if (KEEP) {
                        decay[t * OWN + k] = kept;
                    }
                    before[t * OWN + k] = h[k];
                    h[k] = kept * h[k] + now.drive * shBC[t * PADDED + n];
                    s += shBC[(STEPS + t) * PADDED + n] * h[k];
                    toC[j * OWN + k] = now.g * h[k];
                }
                y[j] = s;
            }
            sum_lanes<LANES / 2>(y, part);
            shY[(group + part) * PITCH_Y + mine] = y[0];
            save_sums(toC, inWarp, writer, partsHere + (STEPS + group) * PADDED);
        }
        __syncwarp(); // so that steps, B and C are read anew, and do not fill registers until now
#pragma unroll
        for (int group = STEPS - LANES; group >= 0; group -= LANES) {
            float toDrive[LANES];
            float toDelta[LANES];
            float toB[GROUP];
#pragma unroll
            for (int j = LANES - 1; j >= 0; j--) {
                const int t = group + j;
                Step now = stepsHere[t * VECTOR * PITCH_STEP];
                float s = 0.f;
                float r = 0.f;
#pragma unroll
                for (int k = 0; k < OWN; k++) {
                    int n = part * OWN + k;
                    float dh = carry[k] + now.g * shBC[(STEPS + t) * PADDED + n];
                    carry[k] = dh * (KEEP ? decay[KEEP ? t * OWN + k : 0] : exp2_fast(now.delta * rate[k]));
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
            save_sums(toB, inWarp, writer, partsHere + group * PADDED);
        }
        __syncthreads();

#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            const int row = row0 + i * ROWS;
            const int at = row * PITCH_Y + column;
            const bool real = inside && start + row < length;
            float du[VECTOR];
            float dDelta[VECTOR];
            float dGate[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                Step step = shStep[AT_STEP(row, column + v)];
                float toDelta = shDriveSum[at + v] * step.u + shDecaySum[at + v];
                du[v] = shDriveSum[at + v] * step.delta + shSkip[column + v] * step.g;
                dDelta[v] = SOFTPLUS ? toDelta * slopes[i][v] : toDelta;
                if (gate) {
                    float y = shY[at + v] + shSkip[column + v] * step.u;
                    dGate[v] = y * toGate[i][v];
                }
                skipSum[v] += step.g * step.u;
                biasSum[v] += dDelta[v];
            }
            if (real) {
                store<VECTOR>(place(uGradient + here, tokens[i], yBytes), du);
                store<VECTOR>(place(deltaGradient + here, tokens[i], yBytes), dDelta);
                if (gate) {
                    store<VECTOR>(place(gateGradient + here, tokens[i], yBytes), dGate);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            Pack<float, VECTOR_BC> sum = *(const Pack<float, VECTOR_BC>*) (parts + bcTo[i]);
#pragma unroll
            for (int w = 1; w < WARPS; w++) {
                Pack<float, VECTOR_BC> more = *(const Pack<float, VECTOR_BC>*) (parts + w * BC_SIZE + bcTo[i]);
#pragma unroll
                for (int v = 0; v < VECTOR_BC; v++) {
                    sum.v[v] += more.v[v];
                }
            }
            if (start + bcRow[i] < length) {
                *(Pack<float, VECTOR_BC>*) (bcPartsHere[i] + (long long) bcTokens[i] * STATES) = sum;
            }
        }
        // no barrier: what the next tile writes before the next one is read by the same thread only, or no more
    }

    if (owner) {
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            int n = part * OWN + k;
            if (n < STATES) {
                aParts[(segment * channels + first + mine) * STATES + n] = aSum[k];
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
            long long at = segment * channels + first + i;
            if (skipParts) {
                skipParts[at] = s;
            }
            if (biasParts) {
                biasParts[at] = t;
            }
        }
    }
}
