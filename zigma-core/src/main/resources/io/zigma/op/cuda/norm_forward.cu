// Norm over the last axis, forward: n = x / sqrt(mean(x^2) + eps) weight + bias (Zhang and Sennrich 2019, equation 4),
// centred: of x - mean(x) (Ba et al. 2016); and, where it is wanted, its modulation n (1 + scale) + shift (DiT 2023,
// figure 3). TEAM threads have a row in registers.
//
// Macros that the caller sets:
//   CENTRED  1 if the mean is taken out first, else 0
//   BF16     1 if x and the results are bfloat16, else they are float
//   VECTOR   numbers that one access reads or writes, 1, 2, 4 or 8: D must be a multiple of it, the pointers of all
//            (R, D) multiples of VECTOR values
//   TEAM     threads of a row: 32, 64, 128, 256, 512 or 1024
//   ITEMS    accesses of a thread: TEAM * ITEMS * VECTOR >= D; ITEMS * VECTOR up to 32 is quick, up to 64 possible
//   TEAMS    rows of a block, TEAM * TEAMS at most 1024
//   APART    from one sequence's shift and scale to the next's, in numbers; size where they are contiguous
// grid: ceil(R / TEAMS), block: TEAM * TEAMS
#ifndef CENTRED
#define CENTRED 0
#endif
#ifndef VECTOR
#define VECTOR 4
#endif
#ifndef TEAM
#define TEAM 32
#endif
#ifndef ITEMS
#define ITEMS 6
#endif
#ifndef TEAMS
#define TEAMS 4
#endif
#ifndef APART
#define APART size
#endif

extern "C" __global__ void __launch_bounds__(TEAM * TEAMS) norm_forward(
        const Value* __restrict__ x,        // (R, D)
        const float* __restrict__ weight,   // (D) or null for ones
        const float* __restrict__ bias,     // (D) or null for zeros
        const float* __restrict__ shift,    // (B, D), or null where nothing is modulated
        const float* __restrict__ scale,    // (B, D), or null where nothing is modulated
        Value* __restrict__ normed,         // (R, D)
        Value* __restrict__ modulated,      // (R, D), or null where nothing is modulated
        float eps,
        int rows,                           // R
        int rowsOfSequence,                 // R / B
        int size) {                         // D
    __shared__ float shSums[2 * TEAM * TEAMS / 32];

    const int lane = threadIdx.x % TEAM;
    const int row = blockIdx.x * TEAMS + threadIdx.x / TEAM;
    // a team without a row takes part in the sums with another's
    const long long here = (long long) (row < rows ? row : rows - 1) * size;

    Pack<Value, VECTOR> packs[ITEMS];
    float values[ITEMS][VECTOR];
#pragma unroll
    for (int i = 0; i < ITEMS; i++) {
        int at = (i * TEAM + lane) * VECTOR;
        if (at < size) {
            packs[i] = *(const Pack<Value, VECTOR>*) (x + here + at);
        }
    }
    float total[1] = {0.f};
#pragma unroll
    for (int i = 0; i < ITEMS; i++) {
        bool real = (i * TEAM + lane) * VECTOR < size;
#pragma unroll
        for (int v = 0; v < VECTOR; v++) {
            values[i][v] = real ? widen(packs[i].v[v]) : 0.f;
            total[0] += CENTRED ? values[i][v] : values[i][v] * values[i][v];
        }
    }
    sum_team<TEAM, 1>(total, shSums);
    if (CENTRED) {
        const float mean = total[0] / size;
        total[0] = 0.f;
#pragma unroll
        for (int i = 0; i < ITEMS; i++) {
            bool real = (i * TEAM + lane) * VECTOR < size;
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                values[i][v] = real ? values[i][v] - mean : 0.f;
                total[0] += values[i][v] * values[i][v];
            }
        }
        sum_team<TEAM, 1>(total, shSums + TEAM * TEAMS / 32);
    }
    const float inverse = 1.f / sqrtf(total[0] / size + eps);

    if (row >= rows) {
        return;
    }
    const long long sequence = (long long) (row / rowsOfSequence) * (APART);
#pragma unroll
    for (int i = 0; i < ITEMS; i++) {
        int at = (i * TEAM + lane) * VECTOR;
        if (at < size) {
            float w[VECTOR];
            float add[VECTOR];
            parameters<VECTOR>(weight + at, weight != nullptr, 1.f, w);
            parameters<VECTOR>(bias + at, bias != nullptr, 0.f, add);
            float n[VECTOR];
#pragma unroll
            for (int v = 0; v < VECTOR; v++) {
                n[v] = values[i][v] * inverse * w[v] + add[v];
            }
            store<VECTOR>(normed + here + at, n);
            if (modulated) {
                parameters<VECTOR>(scale + sequence + at, true, 0.f, w);
                parameters<VECTOR>(shift + sequence + at, true, 0.f, add);
#pragma unroll
                for (int v = 0; v < VECTOR; v++) {
                    n[v] = n[v] * (1.f + w[v]) + add[v];
                }
                store<VECTOR>(modulated + here + at, n);
            }
        }
    }
}
