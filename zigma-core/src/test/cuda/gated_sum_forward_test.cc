// x + gate y against double.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "gated_sum_forward.cu"

int main() {
    for (int index = 0; index < CASES; index++) {
        Draw draw(700 + index);
        const int B = index == 0 ? 1 : draw.between(1, 4), L = index == 0 ? 1 : draw.between(1, 3 * ROWS * EACH);
        const int D = VECTOR * (index == 0 ? 1 : draw.between(1, 70));
        std::vector<Value> x = draw.values((size_t) B * L * D, 1), y = draw.values((size_t) B * L * D, 1);
        std::vector<float> gate = draw.floats((size_t) B * D, 1);
        Doubles expected;
        for (size_t i = 0; i < x.size(); i++) {
            expected.push_back(number(x[i]) + gate[i / ((size_t) L * D) * D + i % D] * number(y[i]));
        }
        std::vector<Output> out;
        out.emplace_back("sum", true, expected, 1);
        host::Index grid = {(unsigned) divide_up(D, 32 * VECTOR), (unsigned) divide_up(L, ROWS * EACH), (unsigned) B};
        run(describe("B %d L %d D %d", B, L, D), grid, 32 * ROWS, out, [&] {
            gated_sum_forward(x.data(), gate.data(), y.data(), out[0].values(), L, D);
        });
    }
    return finish(CASES);
}
