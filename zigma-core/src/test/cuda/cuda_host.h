// Runs a CUDA kernel's own source on the host, one block at a time: every CUDA thread is a fibre that gives way
// where the GPU would wait (__syncthreads, __syncwarp, shuffles). In what order fibres run between two waits is
// chosen by the test, so that a missing barrier shows as results that depend on the order.
// Shared memory is filled with NaN before each block; a barrier that only some threads reach is an error.
// It cannot see the memory order within a warp, the special function unit's errors, or speed.
#pragma once
#define HOST_EMULATION 1
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __shared__ static __attribute__((section("block_shared")))

extern "C" char __start_block_shared[] __attribute__((weak));
extern "C" char __stop_block_shared[] __attribute__((weak));

// A sanitizer follows swapcontext; without one, setjmp spares the system calls that swapcontext makes.
#ifdef __SANITIZE_ADDRESS__
#define FIBRES_BY_CONTEXT 1
#define FIBRE_STACK (1 << 18)
#else
#define FIBRES_BY_CONTEXT 0
#define FIBRE_STACK (1 << 16)
#endif

namespace host {

struct Index {
    unsigned x = 0, y = 0, z = 0;
};

enum class Wait { none, block, warp, done };

struct Fibre {
    ucontext_t context;
    jmp_buf jump;
    bool started = false;
    std::vector<char> stack;
    Index thread;
    Wait wait = Wait::none;
    unsigned exchanges = 0;
};

struct Block {
    std::vector<Fibre> fibres;
    std::vector<float> slots[2]; // what lanes offer to each other
    Index block, size, grid;
    ucontext_t scheduler;
    jmp_buf jump;
    Fibre* now = nullptr;
    std::function<void()> body;
};

inline Block& current() {
    static Block block;
    return block;
}

inline void give_way(Wait wait) {
    Block& b = current();
    Fibre* self = b.now;
    self->wait = wait;
#if FIBRES_BY_CONTEXT
    swapcontext(&self->context, &b.scheduler);
#else
    if (_setjmp(self->jump) == 0) {
        _longjmp(b.jump, 1);
    }
#endif
}

inline void resume(Fibre& f) {
    Block& b = current();
    b.now = &f;
#if FIBRES_BY_CONTEXT
    swapcontext(&b.scheduler, &f.context);
#else
    if (_setjmp(b.jump) == 0) {
        if (f.started) {
            _longjmp(f.jump, 1);
        }
        f.started = true;
        setcontext(&f.context);
    }
#endif
}

inline void enter() {
    current().body();
    give_way(Wait::done);
}

[[noreturn]] inline void fail(const char* what) {
    fprintf(stderr, "emulation: %s in block (%u, %u, %u)\n", what, current().block.x, current().block.y,
            current().block.z);
    abort();
}

// apart: one warp after another, each as far as it can go alone, which shows what one may overwrite of the others'
enum class Order { up, down, shuffled, apart };

inline void run_block(unsigned threads, Order order, std::mt19937& random) {
    Block& b = current();
    std::fill(__start_block_shared, __stop_block_shared, (char) 0xff);
    b.fibres.resize(threads);
    for (auto& slots : b.slots) {
        slots.assign(threads, NAN);
    }
    for (unsigned i = 0; i < threads; i++) {
        Fibre& f = b.fibres[i];
        f.stack.resize(FIBRE_STACK);
        f.thread = {i, 0, 0};
        f.wait = Wait::none;
        f.exchanges = 0;
        f.started = false;
        getcontext(&f.context);
        f.context.uc_stack.ss_sp = f.stack.data();
        f.context.uc_stack.ss_size = f.stack.size();
        f.context.uc_link = nullptr;
        makecontext(&f.context, enter, 0);
    }
    std::vector<unsigned> turn(threads);
    for (unsigned i = 0; i < threads; i++) {
        turn[i] = order == Order::down ? threads - 1 - i : i;
    }
    std::vector<unsigned> warps((threads + 31) / 32);
    for (unsigned w = 0; w < warps.size(); w++) {
        warps[w] = w;
    }
    auto run = [&](unsigned i) {
        bool runs = b.fibres[i].wait == Wait::none;
        if (runs) {
            resume(b.fibres[i]);
        }
        return runs;
    };
    // a whole warp that waits for an exchange goes on
    auto release = [&](unsigned w) {
        unsigned end = std::min(32 * w + 32, threads);
        for (unsigned i = 32 * w; i < end; i++) {
            if (b.fibres[i].wait != Wait::warp) {
                return false;
            }
        }
        for (unsigned i = 32 * w; i < end; i++) {
            b.fibres[i].wait = Wait::none;
        }
        return true;
    };
    for (;;) {
        bool ran = false;
        if (order == Order::apart) {
            std::shuffle(warps.begin(), warps.end(), random);
            for (unsigned w : warps) {
                do {
                    for (unsigned i = 32 * w; i < std::min(32 * w + 32, threads); i++) {
                        ran |= run(i);
                    }
                } while (release(w));
            }
        } else {
            if (order == Order::shuffled) {
                std::shuffle(turn.begin(), turn.end(), random);
            }
            for (unsigned i : turn) {
                ran |= run(i);
            }
            for (unsigned w : warps) {
                ran |= release(w);
            }
        }
        if (ran) {
            continue;
        }
        unsigned block = 0, done = 0;
        for (const Fibre& f : b.fibres) {
            block += f.wait == Wait::block;
            done += f.wait == Wait::done;
        }
        if (done == threads) {
            return;
        }
        if (block != threads) {
            fail("only some lanes of a warp reach an exchange, or only some threads a barrier");
        }
        for (Fibre& f : b.fibres) {
            f.wait = Wait::none;
        }
    }
}

inline void launch(Index grid, unsigned threads, Order order, unsigned seed, std::function<void()> body) {
    std::mt19937 random(seed);
    Block& b = current();
    b.grid = grid;
    b.size = {threads, 1, 1};
    b.body = std::move(body);
    for (unsigned z = 0; z < grid.z; z++) {
        for (unsigned y = 0; y < grid.y; y++) {
            for (unsigned x = 0; x < grid.x; x++) {
                b.block = {x, y, z};
                run_block(threads, order, random);
            }
        }
    }
}

} // namespace host

#define threadIdx (host::current().now->thread)
#define blockIdx (host::current().block)
#define blockDim (host::current().size)
#define gridDim (host::current().grid)

inline void __syncthreads() {
    host::give_way(host::Wait::block);
}

inline void __syncwarp(unsigned = 0xffffffffu) {
    host::give_way(host::Wait::warp);
}

inline float __shfl_xor_sync(unsigned mask, float value, int lanes) {
    host::Block& b = host::current();
    host::Fibre* self = b.now;
    if (mask != 0xffffffffu) {
        host::fail("a shuffle without all lanes");
    }
    auto& slots = b.slots[self->exchanges++ & 1];
    slots[self->thread.x] = value;
    unsigned partner = self->thread.x ^ (unsigned) lanes;
    host::give_way(host::Wait::warp);
    return slots[partner];
}

inline unsigned __float_as_uint(float f) {
    unsigned u;
    std::memcpy(&u, &f, 4);
    return u;
}
inline float __uint_as_float(unsigned u) {
    float f;
    std::memcpy(&f, &u, 4);
    return f;
}
inline float exp2_fast(float x) {
    return exp2f(x);
}
inline float log2_fast(float x) {
    return log2f(x);
}
inline float reciprocal_fast(float x) {
    return 1.f / x;
}
