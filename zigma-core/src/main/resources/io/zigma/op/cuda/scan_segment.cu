// Selective scan of few long sequences, first of two passes: each sequence is divided into segments, all of which are
// scanned at the same time as if nothing was before them. The recurrence is linear in the state, so that what really was
// before a segment only adds itself, decayed over the segment: the product of its decays is exp(A times the sum of its
// Delta). With both, scan_forward and scan_backward find the state that their segment begins with.
//
// Forward, of segments 0 to S - 2, along the path (see scan_forward.cu):
//   h[e, n] <- exp(Delta[e] A[e, n]) h[e, n] + Delta[e] B[n] u[e],  from 0; the state after the segment
// Backward, of segments 1 to S - 1, against it (see scan_backward.cu):
//   carry[e, n] <- exp(Delta[e] A[e, n]) (carry[e, n] + C[n] g[e]),  from 0; what goes to the step before the segment
//
// Macros that the caller sets: those of scan_forward.cu that have the same names, and
//   BACKWARD  1 for the backward scan's, 0 for the forward scan's
// grid: (ceil(E / CHANNELS), B, S - 1), block: CHANNELS * LANES, a multiple of 32 and at most 1024
#ifndef STATES
#define STATES 16
#endif
#ifndef SOFTPLUS
#define SOFTPLUS 1
#endif
#ifndef BACKWARD
#define BACKWARD 0
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
#define PADDED (OWN * LANES) // states with those that fill up, whose B or C is 0
#define THREADS (CHANNELS * LANES)
#define ITEMS (STEPS / LANES / VECTOR)
#define ROWS (LANES * VECTOR) // steps that a block reads at a time
#define PIECES (STATES / VECTOR_BC)
#define ALL_PIECES (STEPS * PIECES)
#define BC_ITEMS ((ALL_PIECES + THREADS - 1) / THREADS)

struct __align__(8) Step {
    float delta;
    float drive; // forward delta * u, backward the gradient of y before the gate
};

extern "C" __global__ void __launch_bounds__(THREADS) scan_segment(
        const Value* __restrict__ driver,   // (B, L, E), forward u, backward y's gradient
        const Value* __restrict__ delta,    // (B, L, E)
        const Value* __restrict__ gate,     // (B, L, E) or null, backward only
        const float* __restrict__ a,        // (E, N)
        const float* __restrict__ selector, // (B, L, N), forward B, backward C
        const float* __restrict__ bias,     // (E) or null
        const int* __restrict__ order,      // (L), the token of each step
        float* __restrict__ ends,           // (S - 1, B, E, N)
        float* __restrict__ deltaSums,      // (S - 1, B, E), of softplus(delta + bias) over the segment
        long long driverStride,             // from one token to the next, in elements
        long long deltaStride,
        long long gateStride,
        long long selectorStride,
        int length,
        int channels,
        int segmentTiles) { // tiles of a segment
    __shared__ __align__(16) Step shStep[STEPS * CHANNELS];
    __shared__ __align__(16) float shSelector[STEPS * PADDED];
    __shared__ __align__(16) float shBias[CHANNELS];

    const int thread = threadIdx.x;
    const int first = blockIdx.x * CHANNELS;
    const long long token0 = (long long) blockIdx.y * length;
    const int last = length - 1;
    const int begin = ((int) blockIdx.z + BACKWARD) * segmentTiles * STEPS;

    // for the recurrence: OWN states of one channel
    const int part = thread % LANES;
    const int mine = thread / LANES;
    const bool owner = first + mine < channels;
    float rate[OWN];
    float h[OWN];
    float deltaSum = 0.f;
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        int n = part * OWN + k;
        rate[k] = owner && n < STATES ? a[(long long) (first + mine) * STATES + n] * LOG2E : 0.f;
        h[k] = 0.f;
    }

    // for what is done element by element: VECTOR channels of ITEMS steps
    const int column = thread % (CHANNELS / VECTOR) * VECTOR;
    const int row0 = thread / (CHANNELS / VECTOR);
    const int e = first + column < channels ? first + column : channels - VECTOR;
    const Value* driverHere = driver + token0 * driverStride + e;
    const Value* deltaHere = delta + token0 * deltaStride + e;
    const Value* gateHere = gate + token0 * gateStride + e;
    const int driverBytes = (int) driverStride * (int) sizeof(Value);
    const int deltaBytes = (int) deltaStride * (int) sizeof(Value);
    const int gateBytes = (int) gateStride * (int) sizeof(Value);

    // for B or C: pieces of VECTOR_BC numbers
    const float* selectorHere = selector + token0 * selectorStride;
    const int selectorBytes = (int) selectorStride * (int) sizeof(float);
    if (PADDED > STATES) {
        for (int i = thread; i < STEPS * PADDED; i += THREADS) {
            shSelector[i] = 0.f;
        }
    }
    for (int i = thread; i < CHANNELS; i += THREADS) {
        shBias[i] = bias && first + i < channels ? bias[first + i] : 0.f;
    }
    __syncthreads();

    Pack<Value, VECTOR> driverNext[ITEMS];
    Pack<Value, VECTOR> deltaNext[ITEMS];
    Pack<Value, VECTOR> gateNext[ITEMS];
    Pack<float, VECTOR_BC> selectorNext[BC_ITEMS];
    auto read = [&](int start) {
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            int step = start + row0 + i * ROWS;
            int token = order[step < last ? step : last];
            driverNext[i] = load<VECTOR>(driverHere, token, driverBytes);
            deltaNext[i] = load<VECTOR>(deltaHere, token, deltaBytes);
            if (BACKWARD && gate) {
                gateNext[i] = load<VECTOR>(gateHere, token, gateBytes);
            }
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            int at = thread + i * THREADS < ALL_PIECES ? thread + i * THREADS : ALL_PIECES - 1;
            int step = start + at / PIECES;
            selectorNext[i] = load<VECTOR_BC>(
                    selectorHere + at % PIECES * VECTOR_BC, order[step < last ? step : last], selectorBytes);
        }
    };
    const int turn = BACKWARD ? -STEPS : STEPS;
    int start = BACKWARD ? begin + (segmentTiles - 1) * STEPS : begin;
    read(start);

#pragma unroll 1
    for (int tile = 0; tile < segmentTiles; tile++) {
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            // what lies behind the end changes nothing: it neither decays nor adds
            const bool real = start + row0 + i * ROWS < length;
            Step steps[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                float raw = widen(deltaNext[i].v[v]) + shBias[column + v];
                float d = SOFTPLUS ? softplus(raw) : raw;
                float drive = widen(driverNext[i].v[v]);
                if (!BACKWARD) {
                    drive *= d;
                } else if (gate) {
                    drive *= silu(widen(gateNext[i].v[v]));
                }
                steps[v] = Step{real ? d : 0.f, real ? drive : 0.f};
            }
            put<VECTOR>(shStep + (row0 + i * ROWS) * CHANNELS + column, steps);
        }
#pragma unroll
        for (int i = 0; i < BC_ITEMS; i++) {
            int at = thread + i * THREADS < ALL_PIECES ? thread + i * THREADS : ALL_PIECES - 1;
            *(Pack<float, VECTOR_BC>*) (shSelector + at / PIECES * PADDED + at % PIECES * VECTOR_BC) = selectorNext[i];
        }
        __syncthreads();

        // what the next tile reads is on its way while this one is worked on; behind the last one it is not used
        start += turn;
        read(start > 0 ? start : 0);
#pragma unroll
        for (int i = 0; i < STEPS; i++) {
            const int t = BACKWARD ? STEPS - 1 - i : i;
            Step now = shStep[t * CHANNELS + mine];
            deltaSum += now.delta;
#pragma unroll
            for (int k = 0; k < OWN; k++) {
                float decay = exp2_fast(now.delta * rate[k]);
                float drive = now.drive * shSelector[t * PADDED + part * OWN + k];
                h[k] = BACKWARD ? decay * (h[k] + drive) : decay * h[k] + drive;
            }
        }
        __syncthreads();
    }

    if (owner) {
        const long long at = ((long long) blockIdx.z * gridDim.y + blockIdx.y) * channels + first + mine;
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            int n = part * OWN + k;
            if (n < STATES) {
                ends[at * STATES + n] = h[k];
            }
        }
        if (part == 0) {
            deltaSums[at] = deltaSum;
        }
    }
}
