// Gradients of x + gate y against double, for any number of parts.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "gated_sum_backward.cu"

int main() {
    for (int index = 0; index < CASES; index++) {
        Draw draw(800 + index);
        const int B = index == 0 ? 1 : draw.between(1, 4), L = index == 0 ? 1 : draw.between(1, 3 * ROWS * EACH);
        const int D = VECTOR * (index == 0 ? 1 : draw.between(1, 70));
        const int parts = index == 2 ? 1 : draw.between(1, divide_up(L, ROWS * EACH));
        std::vector<Value> g = draw.values((size_t) B * L * D, 1), y = draw.values((size_t) B * L * D, 1);
        std::vector<float> gate = draw.floats((size_t) B * D, 1);
        Doubles dy, dGate((size_t) B * D);
        for (size_t i = 0; i < g.size(); i++) {
            size_t of = i / ((size_t) L * D) * D + i % D;
            dy.push_back(gate[of] * number(g[i]));
            dGate[of] += number(y[i]) * number(g[i]);
        }
        std::vector<Output> out;
        out.emplace_back("y's", true, dy, 1);
        out.emplace_back("gate's", false, dGate, parts);
        host::Index grid = {(unsigned) divide_up(D, 32 * VECTOR), (unsigned) parts, (unsigned) B};
        run(describe("B %d L %d D %d parts %d", B, L, D, parts), grid, 32 * ROWS, out, [&] {
            gated_sum_backward(gate.data(), y.data(), g.data(), out[0].values(), out[1].floats(), L, D);
        });
    }
    return finish(CASES);
}
