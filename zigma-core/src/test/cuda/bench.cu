// Times one kernel on a device, for one set of macros:
//   nvcc -std=c++17 -O2 -arch=native -I ../../main/resources/io/zigma/op/cuda -DKERNEL=scan_forward -DLANES=4 … \
//        -o bench bench.cu
//   ./bench B L E [repeats]      (E is D for norms and gated sums)
// SEGMENTED=n times both passes of a scan whose sequences are divided into n segments.
// prints the median time and how many GB a second that is of what must be read and written once.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "common.cuh"

#define STRING_OF(x) #x
#define STRING(x) STRING_OF(x)
#define TEXT_OF(kernel) STRING(kernel.cu)

#ifndef SEGMENTED
#define SEGMENTED 0
#endif
#if SEGMENTED
namespace first_pass {
#define BACKWARD (SCAN == 2)
#include "scan_segment.cu"
#undef OWN
#undef ALL_PIECES
}
#endif
#include TEXT_OF(KERNEL)

static void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) {
        printf("%s: %s\n", what, cudaGetErrorString(error));
        exit(1);
    }
}

template <typename T>
static T* array(size_t size, float mean, float scale) {
    static std::mt19937 random(1);
    std::vector<float> some(1 << 16);
    std::normal_distribution<float> normal(mean, scale);
    for (float& x : some) {
        x = normal(random);
    }
    std::vector<T> host(size);
    for (size_t i = 0; i < size; i++) {
        float x = some[(i * 40503u) & 0xffff];
        if constexpr (sizeof(T) == 2) {
            unsigned bits;
            memcpy(&bits, &x, 4);
            host[i] = (T) (bits >> 16);
        } else {
            host[i] = (T) x;
        }
    }
    T* device;
    check(cudaMalloc(&device, size * sizeof(T)), "memory");
    check(cudaMemcpy(device, host.data(), size * sizeof(T), cudaMemcpyHostToDevice), "copy");
    return device;
}

static unsigned up(size_t a, size_t b) {
    return (unsigned) ((a + b - 1) / b);
}

int main(int count, char** words) {
    const int B = count > 1 ? atoi(words[1]) : 32, L = count > 2 ? atoi(words[2]) : 1024;
    const int E = count > 3 ? atoi(words[3]) : 1536, repeats = count > 4 ? atoi(words[4]) : 20;
    const size_t tokens = (size_t) B * L, all = tokens * E, value = sizeof(Value);
    std::vector<int> path(L);
    std::iota(path.begin(), path.end(), 0);
    std::shuffle(path.begin(), path.end(), std::mt19937(2));
    int* order;
    check(cudaMalloc(&order, L * 4), "memory");
    check(cudaMemcpy(order, path.data(), L * 4, cudaMemcpyHostToDevice), "copy");
    std::function<void()> launch;
    double bytes = 0;
    const void* kernel = (const void*) KERNEL;
    int threads = 0;

#if defined(SCAN)
    const int N = STATES, tiles = up(L, STEPS);
    Value *u = array<Value>(all, 0, 1), *delta = array<Value>(all, -3, 1), *gate = array<Value>(all, 0, 1);
    float *a = array<float>((size_t) E * N, -5, 1), *b = array<float>(tokens * N, 0, 1), *c = array<float>(tokens * N, 0, 1);
    float *skip = array<float>(E, 1, 0), *bias = array<float>(E, 0, 1);
    const int segmentTiles = up(tiles, std::max(1, SEGMENTED)), segments = up(tiles, segmentTiles);
    const dim3 grid(up(E, CHANNELS), B, segments);
    float *ends = nullptr, *sums = nullptr;
    threads = THREADS;
#if SEGMENTED
    ends = array<float>((size_t) segments * B * E * N, 0, 0);
    sums = array<float>((size_t) segments * B * E, 0, 0);
    const dim3 inner(grid.x, B, std::max(1, segments - 1));
#endif
#if SCAN == 1
    Value* y = array<Value>(all, 0, 0);
    float* checkpoints = getenv("KEEP_STATES") ? array<float>((size_t) B * tiles * E * N, 0, 0) : nullptr;
    launch = [=] {
#if SEGMENTED
        first_pass::scan_segment<<<inner, THREADS>>>(u, delta, nullptr, a, b, bias, order, ends, sums, E, E, E, N, L, E, segmentTiles);
#endif
        scan_forward<<<grid, THREADS>>>(u, delta, gate, a, b, c, skip, bias, order, ends, sums, y, checkpoints, E, E, E, N, N,
                L, E, segmentTiles);
    };
    bytes = 4. * all * value + 8. * tokens * N + (checkpoints ? 4. * B * tiles * E * N : 0);
#else
    float* checkpoints = array<float>((size_t) B * tiles * E * N, 0, 1);
    Value *dy = array<Value>(all, 0, 1), *du = array<Value>(all, 0, 0), *dd = array<Value>(all, 0, 0), *dz = array<Value>(all, 0, 0);
    float *da = array<float>((size_t) segments * B * E * N, 0, 0), *db = array<float>(grid.x * tokens * N, 0, 0);
    float *dc = array<float>(grid.x * tokens * N, 0, 0), *ds = array<float>((size_t) segments * B * E, 0, 0);
    float* dbias = array<float>((size_t) segments * B * E, 0, 0);
    launch = [=] {
#if SEGMENTED
        first_pass::scan_segment<<<inner, THREADS>>>(dy, delta, gate, a, c, bias, order, ends, sums, E, E, E, N, L, E, segmentTiles);
#endif
        scan_backward<<<grid, THREADS>>>(u, delta, gate, a, b, c, skip, bias, order, ends, sums, checkpoints, dy, du, dd, dz,
                da, db, dc, ds, dbias, E, E, E, N, N, L, E, segmentTiles);
    };
    bytes = 7. * all * value + 4. * B * tiles * E * N + 16. * tokens * N;
#endif
#elif defined(CONVOLUTION)
    Value *x = array<Value>(all, 0, 1), *y = array<Value>(all, 0, 1);
    float *weight = array<float>((size_t) E * WIDTH, 0, 1), *bias = array<float>(E, 0, 1);
    threads = 32 * ROWS;
#if CONVOLUTION == 1
    const dim3 grid(up(E, 32 * VECTOR), up(L, STEPS * ROWS), B);
    launch = [=] { convolution_forward<<<grid, 32 * ROWS>>>(x, weight, bias, order, y, E, L, E); };
    bytes = 2. * all * value;
#else
    const int most = up((size_t) B * up(L, STEPS), ROWS);
    const int parts = std::min(most, getenv("PARTS") ? atoi(getenv("PARTS")) : std::max(1, (int) (1056 / up(E, 32 * VECTOR))));
    const dim3 grid(up(E, 32 * VECTOR), parts);
    Value* dx = array<Value>(all, 0, 0);
    float *dw = array<float>((size_t) parts * E * WIDTH, 0, 0), *db = array<float>((size_t) parts * E, 0, 0);
    launch = [=] { convolution_backward<<<grid, 32 * ROWS>>>(x, weight, bias, order, y, dx, dw, db, E, B, L, E); };
    bytes = 3. * all * value;
#endif
#elif defined(NORM)
    Value *x = array<Value>(all, 0, 1), *y = array<Value>(all, 0, 1), *z = array<Value>(all, 0, 1);
    float *weight = array<float>(E, 1, 0), *shift = array<float>((size_t) B * E, 0, 1), *scale = array<float>((size_t) B * E, 0, 1);
    threads = TEAM * TEAMS;
    if (TEAM * ITEMS * VECTOR < E) {
        printf("ITEMS is too small\n");
        return 1;
    }
#if NORM == 1
    launch = [=] {
        norm_forward<<<up(tokens, TEAMS), TEAM * TEAMS>>>(x, weight, nullptr, shift, scale, y, z, 1e-5f, B * L, L, E);
    };
    bytes = 3. * all * value;
#else
    const int parts = std::min((int) up(L, TEAMS), getenv("PARTS") ? atoi(getenv("PARTS")) : std::max(1, 1056 / B));
    Value* dx = array<Value>(all, 0, 0);
    float *dw = array<float>((size_t) parts * B * E, 0, 0), *dShift = array<float>((size_t) parts * B * E, 0, 0);
    float* dScale = array<float>((size_t) parts * B * E, 0, 0);
    const dim3 grid(parts, B);
    launch = [=] {
        norm_backward<<<grid, TEAM * TEAMS>>>(x, weight, nullptr, scale, y, z, dx, dw, nullptr, dShift, dScale, 1e-5f, B * L, L, E);
    };
    bytes = 4. * all * value;
#endif
#elif defined(GATED_SUM)
    Value *x = array<Value>(all, 0, 1), *y = array<Value>(all, 0, 1), *z = array<Value>(all, 0, 1);
    float* gate = array<float>((size_t) B * E, 0, 1);
    threads = 32 * ROWS;
    bytes = 3. * all * value;
#if GATED_SUM == 1
    const dim3 grid(up(E, 32 * VECTOR), up(L, ROWS * EACH), B);
    launch = [=] { gated_sum_forward<<<grid, 32 * ROWS>>>(x, gate, y, z, L, E); };
#else
    const int parts = std::min((int) up(L, ROWS * EACH), std::max(1, (int) (1056 / B / up(E, 32 * VECTOR))));
    float* dGate = array<float>((size_t) parts * B * E, 0, 0);
    const dim3 grid(up(E, 32 * VECTOR), parts, B);
    launch = [=] { gated_sum_backward<<<grid, 32 * ROWS>>>(gate, y, x, z, dGate, L, E); };
#endif
#endif

    std::vector<float> times;
    cudaEvent_t start, stop;
    cudaEventCreate(&start);
    cudaEventCreate(&stop);
    for (int i = 0; i < repeats + 3; i++) {
        cudaEventRecord(start);
        launch();
        cudaEventRecord(stop);
        check(cudaEventSynchronize(stop), "kernel");
        float ms;
        cudaEventElapsedTime(&ms, start, stop);
        if (i >= 3) {
            times.push_back(ms);
        }
    }
    check(cudaGetLastError(), "launch");
    std::sort(times.begin(), times.end());
    cudaFuncAttributes attributes;
    int resident = 0;
    cudaFuncGetAttributes(&attributes, kernel);
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, kernel, threads, 0);
    const float ms = times[times.size() / 2];
    printf("%s %s B %d L %d E %d: %.1f us, fastest %.1f, %.0f GB/s, %d registers, %d blocks resident\n", STRING(KERNEL),
            BF16 ? "bf16" : "float", B, L, E, 1000 * ms, 1000 * times[0], bytes / ms / 1e6, attributes.numRegs, resident);
    return 0;
}
