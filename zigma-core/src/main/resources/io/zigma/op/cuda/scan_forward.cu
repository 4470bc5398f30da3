// Selective scan, forward (Gu and Dao 2023, algorithm 2) along a scan path (ZigMa 2024, equation 1). For each channel
// e and state n, step by step along the path, with Delta = softplus(delta + bias) or delta + bias:
//   h[e, n] <- exp(Delta[e] A[e, n]) h[e, n] + Delta[e] B[n] u[e]
//   y[e]     = (sum over n of C[n] h[e, n] + D[e] u[e]) silu(gate[e])
// The states of one channel are spread over LANES lanes; tokens follow one another in tiles of STEPS; the next tile is
// read while one is worked on. What lies behind the ends of L and E reads the last token and channel again, and is not
// written: nothing that is written depends on it.
//
// Macros that the caller sets:
//   STATES       states of a channel, N: 1 to 32
//   SOFTPLUS     1 if softplus is applied to delta + bias, else 0
//   BF16         1 if u, delta, gate and y are bfloat16, else they are float
//   LANES        lanes that share one channel's states: 1, 2, 4, 8 or 16; states are filled up to a multiple of it
//   CHANNELS     channels of a block, a power of two
//   STEPS        steps of a tile, a multiple of LANES * VECTOR
//   VECTOR       channels that one access reads or writes, 1, 2, 4 or 8: E and the strides of u, delta and gate must be
//                multiples of it, their pointers and y multiples of VECTOR values
//   VECTOR_BC    likewise for B and C, 1, 2 or 4: divides STATES and their strides; A and the checkpoints must be
//                aligned to 16 bytes
//   RESIDENT     blocks of a multiprocessor that registers should suffice for
//   SEGMENTED    not 0 if a block scans one of several segments of a sequence, of which scan_segment.cu has found the
//                ends; Delta A over a segment must be less than 128
//   POLYNOMIALS  how many of 16 exponentials are polynomials, as the special function unit is the narrowest place
// grid: (ceil(E / CHANNELS), B, S), S the number of segments, block: CHANNELS * LANES, a multiple of 32 and at most 1024
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
#ifndef RESIDENT
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
#define RESIDENT (((OWN > 8 ? 256 : OWN > 4 ? 512 : 640) + THREADS - 1) / THREADS)
#else
#define RESIDENT (((OWN > 8 ? 256 : OWN > 4 ? 512 : 768) + THREADS - 1) / THREADS)
#endif
#endif
#ifndef SEGMENTED
#define SEGMENTED 0
#endif
#ifndef POLYNOMIALS
#define POLYNOMIALS 0
#endif
#define OWN ((STATES + LANES - 1) / LANES)
#define PADDED (OWN * LANES) // states with those that fill up, whose B and C are 0
#define THREADS (CHANNELS * LANES)
#define TOGETHER (32 / LANES) // channels of a warp
#define ITEMS (STEPS / LANES / VECTOR)
#define ROWS (LANES * VECTOR) // steps that a block reads at a time
#define PIECES (STATES / VECTOR_BC)
#define ALL_PIECES (2 * STEPS * PIECES)
#define BC_ITEMS ((ALL_PIECES + THREADS - 1) / THREADS)
// states that one access saves: 16 bytes where they are aligned
#define SAVED (STATES % OWN == 0 && OWN % 4 == 0 ? 4 : STATES % OWN == 0 && OWN % 2 == 0 ? 2 : 1)
#define PITCH_Y (CHANNELS + TOGETHER) // steps that a warp writes together fall on different banks

struct __align__(8) Step {
    float delta;
    float drive; // delta * u
};

// exp(delta A) of the number-th state of a tile's states and steps.
__device__ __forceinline__ float decay(int number, float exponent) {
    return (number + 1) * POLYNOMIALS / 16 > number * POLYNOMIALS / 16 ? exp2_polynomial(exponent) : exp2_fast(exponent);
}

extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT) scan_forward(
        const Value* __restrict__ u,        // (B, L, E)
        const Value* __restrict__ delta,    // (B, L, E)
        const Value* __restrict__ gate,     // (B, L, E) or null
        const float* __restrict__ a,        // (E, N)
        const float* __restrict__ b,        // (B, L, N)
        const float* __restrict__ c,        // (B, L, N)
        const float* __restrict__ skip,     // (E) or null
        const float* __restrict__ bias,     // (E) or null
        const int* __restrict__ order,      // (L), the token of each step
        const float* __restrict__ ends,     // (S - 1, B, E, N), states after the segments, or null if there is one
        const float* __restrict__ deltaSums, // (S - 1, B, E), or null
        Value* __restrict__ y,              // (B, L, E)
        float* __restrict__ checkpoints,    // (B, ceil(L / STEPS), E, N), states before each tile, or null
        long long uStride,                  // from one token to the next, in elements
        long long deltaStride,
        long long gateStride,
        long long bStride,
        long long cStride,
        int length,
        int channels,
        int segmentTiles) { // tiles of a segment
    __shared__ __align__(16) Step shStep[STEPS * CHANNELS];
    __shared__ __align__(16) float shY[STEPS * PITCH_Y];
    __shared__ __align__(16) float shBC[2 * STEPS * PADDED];
    __shared__ __align__(16) float shBias[CHANNELS]; // read anew for each tile, which spares registers
    __shared__ __align__(16) float shSkip[CHANNELS];

    const int thread = threadIdx.x;
    const int first = blockIdx.x * CHANNELS;
    const long long token0 = (long long) blockIdx.y * length;
    const int last = length - 1;

    // for the recurrence: OWN states of one channel
    const int part = thread % LANES;
    const int mine = thread / LANES;
    const bool owner = first + mine < channels;
    float rate[OWN];
    float h[OWN];
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        int n = part * OWN + k;
        rate[k] = owner && n < STATES ? a[(long long) (first + mine) * STATES + n] * LOG2E : 0.f;
        h[k] = 0.f;
    }
    const int begin = SEGMENTED ? (int) blockIdx.z * segmentTiles * STEPS : 0;
    const int end = SEGMENTED && length - begin > segmentTiles * STEPS ? begin + segmentTiles * STEPS : length;
    if (SEGMENTED && owner) {
#pragma unroll 4
        for (int s = 0; s < (int) blockIdx.z; s++) {
            const long long at = ((long long) s * gridDim.y + blockIdx.y) * channels + first + mine;
            add_segment<OWN, STATES>(h, rate, part * OWN, ends, deltaSums, at, s == 0);
        }
    }
    float* saved = checkpoints;
    if (checkpoints) {
        const int tiles = (length + STEPS - 1) / STEPS;
        saved += (((long long) blockIdx.y * tiles + begin / STEPS) * channels + first + mine) * STATES + part * OWN;
    }

    // for what is done element by element: VECTOR channels of ITEMS steps
    const int column = thread % (CHANNELS / VECTOR) * VECTOR;
    const int row0 = thread / (CHANNELS / VECTOR);
    const bool inside = first + column < channels;
    const int e = inside ? first + column : channels - VECTOR;
    const Value* uHere = u + token0 * uStride + e;
    const Value* deltaHere = delta + token0 * deltaStride + e;
    const Value* gateHere = gate + token0 * gateStride + e;
    Value* yHere = y + token0 * channels + e;
    const int uBytes = (int) uStride * (int) sizeof(Value);
    const int deltaBytes = (int) deltaStride * (int) sizeof(Value);
    const int gateBytes = (int) gateStride * (int) sizeof(Value);
    const int yBytes = channels * (int) sizeof(Value);

    // for B and C: pieces of VECTOR_BC numbers, first all of B
    const float* bcHere[BC_ITEMS];
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
        bcRow[i] = at / PIECES - (isC ? STEPS : 0);
        bcHere[i] = (isC ? c + token0 * cStride : b + token0 * bStride) + at % PIECES * VECTOR_BC;
        bcBytes[i] = (int) (isC ? cStride : bStride) * (int) sizeof(float);
        bcTo[i] = at / PIECES * PADDED + at % PIECES * VECTOR_BC;
    }
    if (PADDED > STATES) {
        for (int i = thread; i < 2 * STEPS * PADDED; i += THREADS) {
            shBC[i] = 0.f;
        }
    }
    for (int i = thread; i < CHANNELS; i += THREADS) {
        shBias[i] = bias && first + i < channels ? bias[first + i] : 0.f;
        shSkip[i] = skip && first + i < channels ? skip[first + i] : 0.f;
    }
    __syncthreads();

    Pack<Value, VECTOR> uNext[ITEMS];
    Pack<Value, VECTOR> deltaNext[ITEMS];
    Pack<Value, VECTOR> gates[ITEMS];
    int tokenNext[ITEMS];
    Pack<float, VECTOR_BC> bcNext[BC_ITEMS];
    auto read = [&](int start) {
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            int step = start + row0 + i * ROWS;
            tokenNext[i] = order[step < last ? step : last];
            uNext[i] = load<VECTOR>(uHere, tokenNext[i], uBytes);
            deltaNext[i] = load<VECTOR>(deltaHere, tokenNext[i], deltaBytes);
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            int step = start + bcRow[i];
            bcNext[i] = load<VECTOR_BC>(bcHere[i], order[step < last ? step : last], bcBytes[i]);
        }
    };
    read(begin);

#pragma unroll 1
    for (int start = begin; start < end; start += STEPS) {
        int token[ITEMS];
        float bySkip[ITEMS][VECTOR];
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            token[i] = tokenNext[i];
            Step steps[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                float raw = widen(deltaNext[i].v[v]) + shBias[column + v];
                float uNow = widen(uNext[i].v[v]);
                float d = SOFTPLUS ? softplus(raw) : raw;
                steps[v] = Step{d, d * uNow};
                bySkip[i][v] = shSkip[column + v] * uNow;
            }
            put<VECTOR>(shStep + (row0 + i * ROWS) * CHANNELS + column, steps);
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            *(Pack<float, VECTOR_BC>*) (shBC + bcTo[i]) = bcNext[i];
        }
        if (checkpoints) {
            if (owner) {
#pragma unroll
                for (int k = 0; k < OWN; k += SAVED) {
                    if (part * OWN + k < STATES) {
                        Pack<float, SAVED> states;
#pragma unroll
                        for (int i = 0; i < SAVED; i++) {
                            states.v[i] = h[k + i];
                        }
                        *(Pack<float, SAVED>*) (saved + k) = states;
                    }
                }
            }
            saved += (long long) channels * STATES;
        }
        __syncthreads();

        // this tile's gates and what the next tile reads are on their way while this one is worked on
        if (gate) {
#pragma unroll
            for (int i = 0; i < ITEMS; i++) {
                gates[i] = load<VECTOR>(gateHere, token[i], gateBytes);
            }
        }
        read(start + STEPS);

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
                    h[k] = decay(t * OWN + k, now.delta * rate[k]) * h[k] + now.drive * shBC[t * PADDED + n];
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
            float result[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                float value = shY[(row0 + i * ROWS) * PITCH_Y + column + v] + bySkip[i][v];
                result[v] = gate ? value * silu(widen(gates[i].v[v])) : value;
            }
            if (inside && start + row0 + i * ROWS < length) {
                store<VECTOR>(place(yHere, token[i], yBytes), result);
            }
        }
    }
}
