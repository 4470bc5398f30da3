// Gradients of the norm and its modulation (see norm_forward.cu) with respect to all operands, from those of both
// results. With n the norm, x' = (x - mean) / sqrt(mean square + eps) computed anew, and the gradient of n in all
// dn = normedGradient + modulatedGradient (1 + scale):
//   g      = dn weight,  dx = (g - x' mean(g x')) / sqrt(mean square + eps), centred: less the mean of all that
//   dweight = sum over rows of dn x',  dbias = sum over rows of dn
//   dshift  = sum over a sequence's rows of modulatedGradient,  dscale = likewise of modulatedGradient n
// TEAM threads have a row in registers, and the sums over the rows that they have one after another.
//
// Macros that the caller sets:
//   CENTRED    1 if the mean is taken out first, else 0
//   AFFINE     1 if weight or bias have gradients, else 0
//   MODULATED  1 if the norm is modulated, else 0
//   BF16       1 if x and the gradients of (R, D) are bfloat16, else they are float
//   VECTOR     numbers that one access reads or writes, 1, 2, 4 or 8: D must be a multiple of it, the pointers of all
//              (R, D) multiples of VECTOR values
//   TEAM       threads of a row: 32, 64, 128, 256, 512 or 1024
//   ITEMS      accesses of a thread: TEAM * ITEMS * VECTOR >= D; ITEMS * VECTOR at most 16 keeps all in registers
//   TEAMS      rows of a block at a time, TEAM * TEAMS at most 1024
//   APART      from one sequence's scale to the next's, in numbers; size where they are contiguous
// grid: (P', B), block: TEAM * TEAMS; where nothing is modulated, B may be 1 and all rows one sequence's
// parts: P' for shift and scale, P = P' * B for weight and bias; P' any number from 1 to R / B / TEAMS rounded up,
// so many that the device is busy
#ifndef CENTRED
#define CENTRED 0
#endif
#ifndef AFFINE
#define AFFINE 1
#endif
#ifndef MODULATED
#define MODULATED 1
#endif
#ifndef VECTOR
#define VECTOR 4
#endif
#ifndef TEAM
#define TEAM 64
#endif
#ifndef ITEMS
#define ITEMS 3
#endif
#ifndef TEAMS
#define TEAMS 2
#endif
#ifndef APART
#define APART size
#endif
#define SUMS (2 * (AFFINE + MODULATED))
#define SLOTS (TEAM * TEAMS / 32)
#define BY_NORM 0                     // the sums of normedGradient x' and normedGradient
#define BY_MODULATION (2 * AFFINE)    // those of modulatedGradient x' and modulatedGradient

extern "C" __global__ void __launch_bounds__(TEAM * TEAMS) norm_backward(
        const Value* __restrict__ x,                    // (R, D)
        const float* __restrict__ weight,               // (D) or null for ones
        const float* __restrict__ bias,                 // (D) or null for zeros
        const float* __restrict__ scale,                // (B, D), or null where nothing is modulated
        const Value* __restrict__ normedGradient,       // (R, D), or null if nothing used the norm
        const Value* __restrict__ modulatedGradient,    // (R, D), or null if nothing used the modulated norm
        Value* __restrict__ xGradient,                  // (R, D)
        float* __restrict__ weightParts,                // (P, D) or null
        float* __restrict__ biasParts,                  // (P, D) or null
        float* __restrict__ shiftParts,                 // (P', B, D) or null
        float* __restrict__ scaleParts,                 // (P', B, D) or null
        float eps,
        int rows,                                       // R
        int rowsOfSequence,                             // R / B
        int size) {                                     // D
    __shared__ float shTotals[2 * 2 * SLOTS];
    __shared__ float shSums[TEAMS > 1 && SUMS > 0 ? TEAMS * TEAM * VECTOR : 1];

    const int lane = threadIdx.x % TEAM;
    const int team = threadIdx.x / TEAM;
    const long long sequence = (long long) blockIdx.y * (APART);
    const long long row0 = (long long) blockIdx.y * rowsOfSequence;
    const float share = 1.f / size;

    float sums[SUMS > 0 ? SUMS : 1][ITEMS][VECTOR];
#pragma unroll
    for (int s = 0; s < SUMS; s++) {
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                sums[s][i][v] = 0.f;
            }
        }
    }

#pragma unroll 1
    for (int first = blockIdx.x * TEAMS; first < rowsOfSequence; first += gridDim.x * TEAMS) {
        const int row = first + team;
        const bool real = row < rowsOfSequence && row0 + row < rows;
        const long long here = (row0 + (real ? row : 0)) * size;

        Pack<Value, VECTOR> xs[ITEMS];
        Pack<Value, VECTOR> ns[ITEMS];
        Pack<Value, VECTOR> ms[ITEMS];
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            int at = (i * TEAM + lane) * VECTOR;
            if (at < size) {
                xs[i] = *(const Pack<Value, VECTOR>*) (x + here + at);
                if (normedGradient) {
                    ns[i] = *(const Pack<Value, VECTOR>*) (normedGradient + here + at);
                }
                if (MODULATED && modulatedGradient) {
                    ms[i] = *(const Pack<Value, VECTOR>*) (modulatedGradient + here + at);
                }
            }
        }

        // values: x, later x'; gradients: that of n times weight
        float values[ITEMS][VECTOR];
        float gradients[ITEMS][VECTOR];
        float totals[2] = {0.f, 0.f};
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            int at = (i * TEAM + lane) * VECTOR;
            float w[VECTOR];
            float factor[VECTOR];
            parameters<VECTOR>(weight + at, weight && at < size, 1.f, w);
            parameters<VECTOR>(scale + sequence + at, MODULATED && scale && at < size, 0.f, factor);
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                float n = normedGradient && at < size ? widen(ns[i].v[v]) : 0.f;
                float m = MODULATED && modulatedGradient && at < size ? widen(ms[i].v[v]) : 0.f;
                float value = at < size ? widen(xs[i].v[v]) : 0.f;
                float g = (n + m * (1.f + factor[v])) * w[v];
                values[i][v] = value;
                gradients[i][v] = g;
                totals[0] += CENTRED ? value : value * value;
                totals[1] += CENTRED ? g : g * value;
            }
        }
        sum_team<TEAM, 2>(totals, shTotals);
        float meanOfGradients = 0.f;
        if (CENTRED) {
            const float mean = totals[0] * share;
            meanOfGradients = totals[1] * share;
            totals[0] = 0.f;
            totals[1] = 0.f;
#pragma unroll
            for (int i = 0; i < ITEMS; i++) {
                bool inside = (i * TEAM + lane) * VECTOR < size;
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    values[i][v] = inside ? values[i][v] - mean : 0.f;
                    totals[0] += values[i][v] * values[i][v];
                    totals[1] += gradients[i][v] * values[i][v];
                }
            }
            sum_team<TEAM, 2>(totals, shTotals + 2 * SLOTS);
        } else if (TEAM > 32) {
            __syncthreads(); // the next row's totals take the place of these
        }
        const float inverse = 1.f / sqrtf(totals[0] * share + eps);
        const float along = totals[1] * share * inverse; // mean(g x')

        if (real) {
#pragma unroll
            for (int i = 0; i < ITEMS; i++) {
                int at = (i * TEAM + lane) * VECTOR;
                if (at < size) {
                    float result[VECTOR];
#pragma unroll
                    for (int v = 0; v < VECTOR; v++) {
                        float normal = values[i][v] * inverse;
                        // as x' has no mean where x is centred, that of all is that of g
                        result[v] = (gradients[i][v] - meanOfGradients - normal * along) * inverse;
                        if (AFFINE && normedGradient) {
                            float n = widen(ns[i].v[v]);
                            sums[BY_NORM][i][v] += n * normal;
                            sums[BY_NORM + AFFINE][i][v] += n;
                        }
                        if (MODULATED && modulatedGradient) {
                            float m = widen(ms[i].v[v]);
                            sums[BY_MODULATION][i][v] += m * normal;
                            sums[BY_MODULATION + MODULATED][i][v] += m;
                        }
                    }
                    store<VECTOR>(xGradient + here + at, result);
                }
            }
        }
    }

    const long long to = ((long long) blockIdx.x * gridDim.y + blockIdx.y) * size;
#pragma unroll
    for (int i = 0; i < ITEMS; i++) {
        int at = (i * TEAM + lane) * VECTOR;
        if (TEAMS > 1) {
            // the first team has the sums of all
#pragma unroll
            for (int s = 0; s < SUMS; s++) {
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    shSums[(team * VECTOR + v) * TEAM + lane] = sums[s][i][v];
                }
                __syncthreads();
                if (team == 0) {
#pragma unroll
                    for (int v = 0; v < VECTOR; v++) {
                        for (int t = 1; t < TEAMS; t++) {
                            sums[s][i][v] += shSums[(t * VECTOR + v) * TEAM + lane];
                        }
                    }
                }
                __syncthreads();
            }
        }
        if (team == 0 && at < size) {
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                float factor = MODULATED && scale ? 1.f + scale[sequence + at + v] : 1.f;
                float byNormal = AFFINE ? sums[BY_NORM][i][v] : 0.f;
                float by = AFFINE ? sums[BY_NORM + AFFINE][i][v] : 0.f;
                if (MODULATED) {
                    float modulatedNormal = sums[BY_MODULATION][i][v];
                    float modulated = sums[BY_MODULATION + MODULATED][i][v];
                    byNormal += factor * modulatedNormal;
                    by += factor * modulated;
                    if (shiftParts) {
                        shiftParts[to + at + v] = modulated;
                    }
                    if (scaleParts) {
                        float w = weight ? weight[at + v] : 1.f;
                        float add = bias ? bias[at + v] : 0.f;
                        scaleParts[to + at + v] = w * modulatedNormal + add * modulated;
                    }
                }
                if (AFFINE && weightParts) {
                    weightParts[to + at + v] = byNormal;
                }
                if (AFFINE && biasParts) {
                    biasParts[to + at + v] = by;
                }
            }
        }
    }
}
