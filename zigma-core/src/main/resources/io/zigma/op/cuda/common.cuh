// What all kernels share. It is put before a kernel's text, so that NVRTC gets one source without includes, and g++
// gets the same source after the host emulation's header. Names in capitals are the kernels' macros: none is used here
// for anything else.
//
// Macro that the caller sets:
//   BF16  1 if Value is bfloat16, else it is float
#ifndef BF16
#define BF16 0
#endif

#define LOG2E 1.4426950408889634f
#define LN2 0.6931471805599453f
#define ALL_LANES 0xffffffffu

// The special function unit's own: relative errors of about 2^-22, denormals are zero.
#ifndef HOST_EMULATION
__device__ __forceinline__ float exp2_fast(float x) {
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}
__device__ __forceinline__ float log2_fast(float x) {
    float r;
    asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}
__device__ __forceinline__ float reciprocal_fast(float x) {
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}
#endif

// 2^x without the special function unit, which is busy with others: to the nearest whole number n, and a polynomial of
// what is left, in [-1/2, 1/2], with a relative error of 2e-7.
__device__ __forceinline__ float exp2_polynomial(float x) {
    const float shift = 12582912.f; // 1.5 * 2^23: adding it leaves n in the lowest bits
    x = fminf(fmaxf(x, -126.f), 127.f);
    float shifted = x + shift;
    float f = x - (shifted - shift);
    float p = 0.0013264727f;
    p = p * f + 0.009671513f;
    p = p * f + 0.055507336f;
    p = p * f + 0.24022242f;
    p = p * f + 0.693147f;
    p = p * f + 1.f;
    return __uint_as_float(__float_as_uint(p) + (__float_as_uint(shifted) << 23));
}

#if BF16
typedef unsigned short Value; // the upper half of a float

__device__ __forceinline__ float widen(Value v) {
    return __uint_as_float(((unsigned) v) << 16);
}

// The nearest bfloat16, ties to even; a NaN stays one.
__device__ __forceinline__ Value narrow(float f) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    Value v;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(v) : "f"(f));
    return v;
#else
    unsigned bits = __float_as_uint(f);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (Value) ((bits >> 16) | 0x40u);
    }
    return (Value) ((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
#endif
}
#else
typedef float Value;

__device__ __forceinline__ float widen(Value v) {
    return v;
}

__device__ __forceinline__ Value narrow(float f) {
    return f;
}
#endif

// Neighbouring numbers that one access reads or writes; the address must be a multiple of its size.
template <typename T, int Count>
struct alignas(Count * sizeof(T)) Pack {
    T v[Count];
};

// The floats of Count neighbouring values.
template <int Count>
__device__ __forceinline__ void widen(const Pack<Value, Count>& pack, float* f) {
#pragma unroll
    for (int i = 0; i < Count; i++) {
        f[i] = widen(pack.v[i]);
    }
}

// Writes Count neighbouring numbers of 8 bytes or more to shared memory, 16 bytes at a time.
template <int Count, typename T>
__device__ __forceinline__ void put(T* to, const T* from) {
    constexpr int Together = Count > 1 && sizeof(T) < 16 ? 16 / sizeof(T) : 1;
#pragma unroll
    for (int i = 0; i < Count; i += Together) {
        Pack<T, Together> pack;
#pragma unroll
        for (int j = 0; j < Together; j++) {
            pack.v[j] = from[i + j];
        }
        *(Pack<T, Together>*) (to + i) = pack;
    }
}

// Count neighbouring values of a token; `bytes` from one token to the next. One multiplication of 32 bits gives the
// address.
template <int Count, typename T>
__device__ __forceinline__ Pack<T, Count> load(const T* first, int token, int bytes) {
    return *(const Pack<T, Count>*) ((const char*) first + (long long) token * bytes);
}

// The same for writing.
__device__ __forceinline__ Value* place(Value* first, int token, int bytes) {
    return (Value*) ((char*) first + (long long) token * bytes);
}

// Writes Count neighbouring floats as values.
template <int Count>
__device__ __forceinline__ void store(Value* to, const float* f) {
    Pack<Value, Count> pack;
#pragma unroll
    for (int i = 0; i < Count; i++) {
        pack.v[i] = narrow(f[i]);
    }
    *(Pack<Value, Count>*) to = pack;
}

// Reads Count floats of a parameter that may be absent; it need not be aligned to more than a float.
template <int Count>
__device__ __forceinline__ void parameters(const float* from, bool present, float otherwise, float* f) {
#pragma unroll
    for (int i = 0; i < Count; i++) {
        f[i] = present ? from[i] : otherwise;
    }
}

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|): for a small exponential the series, as 1 + e would lose it
__device__ __forceinline__ float softplus(float x) {
    float e = exp2_fast(-fabsf(x) * LOG2E);
    float series = e * (1.f - e * (0.5f - e * (0.33333333f - 0.25f * e)));
    float log1p = e < 0.0078125f ? series : LN2 * log2_fast(1.f + e);
    return fmaxf(x, 0.f) + log1p;
}

__device__ __forceinline__ float sigmoid(float x) {
    return reciprocal_fast(1.f + exp2_fast(-x * LOG2E));
}

__device__ __forceinline__ float silu(float x) {
    return x * sigmoid(x);
}

// d silu(x) / dx
__device__ __forceinline__ float silu_slope(float x) {
    float s = sigmoid(x);
    return s * (1.f + x * (1.f - s));
}

// What a scan leaves after one more of the segments that scan_segment.cu has scanned from nothing: `state` holds what was
// before it, and is not read where that is `nothing`. Of Own of the States states, from `first` on.
template <int Own, int States>
__device__ __forceinline__ void add_segment(float* state, const float* rate, int first, const float* ends,
        const float* deltaSums, long long at, bool nothing) {
    const float deltaSum = deltaSums[at];
#pragma unroll
    for (int k = 0; k < Own; k++) {
        if (first + k < States) {
            float end = ends[at * States + first + k];
            state[k] = nothing ? end : end + exp2_fast(deltaSum * rate[k]) * state[k];
        }
    }
}

// The least power of two that is at least n.
__host__ __device__ constexpr int power_of_two(int n) {
    int p = 1;
    while (p < n) {
        p *= 2;
    }
    return p;
}

// One half of a reduction: of 2 * Count values each lane keeps Count, summed with those of the lane `distance` away.
template <int Count>
__device__ __forceinline__ void exchange(float* v, bool upper, int distance) {
#pragma unroll
    for (int j = 0; j < Count; j++) {
        float give = upper ? v[j] : v[j + Count];
        float keep = upper ? v[j + Count] : v[j];
        v[j] = keep + __shfl_xor_sync(ALL_LANES, give, distance);
    }
}

// Leaves lane `part` of 2 * Count neighbouring lanes the sum of value `part` over them.
template <int Count>
__device__ __forceinline__ void sum_lanes(float* v, int part) {
    if constexpr (Count > 0) {
        exchange<Count>(v, (part & Count) != 0, Count);
        sum_lanes<Count / 2>(v, part);
    }
}

// The sums of Count numbers over a team of Team threads, in all of them. Every thread of the block must come here;
// `shared` has room for Count numbers of each warp, and may be used again after the next barrier.
template <int Team, int Count>
__device__ __forceinline__ void sum_team(float* v, float* shared) {
#pragma unroll
    for (int distance = (Team < 32 ? Team : 32) / 2; distance > 0; distance /= 2) {
#pragma unroll
        for (int j = 0; j < Count; j++) {
            v[j] += __shfl_xor_sync(ALL_LANES, v[j], distance);
        }
    }
    if constexpr (Team > 32) {
        const int warp = threadIdx.x / 32;
        if (threadIdx.x % 32 == 0) {
#pragma unroll
            for (int j = 0; j < Count; j++) {
                shared[warp * Count + j] = v[j];
            }
        }
        __syncthreads();
        const int first = warp / (Team / 32) * (Team / 32);
#pragma unroll
        for (int j = 0; j < Count; j++) {
            v[j] = 0.f;
#pragma unroll
            for (int w = 0; w < Team / 32; w++) {
                v[j] += shared[(first + w) * Count + j];
            }
        }
    }
}
