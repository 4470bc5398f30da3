// All gradients of the convolution with SiLU against the sums in double, for any number of parts.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "convolution_backward.cu"
#include "convolution_problem.h"

int main() {
    for (int index = 0; index < CASES; index++) {
        Draw draw(400 + index);
        ConvolutionProblem p(draw, index);
        std::vector<Value> dy = draw.values((size_t) p.B * p.L * p.E, 1);
        Doubles dx(dy.size()), dWeight((size_t) p.E * WIDTH), dBias(p.E);
        for (int s = 0; s < p.B; s++) {
            for (int step = 0; step < p.L; step++) {
                for (int e = 0; e < p.E; e++) {
                    double sum = p.sum(s, step, e), sig = sigmoid_of(sum);
                    double g = number(dy[p.token(s, step) * p.E + e]) * sig * (1 + sum * (1 - sig));
                    dBias[e] += g;
                    for (int k = 0; k < WIDTH; k++) {
                        int from = step - WIDTH + 1 + k;
                        dWeight[e * WIDTH + k] += g * p.x(s, from, e);
                        if (from >= 0) {
                            dx[p.token(s, from) * p.E + e] += g * p.weight[e * WIDTH + k];
                        }
                    }
                }
            }
        }
        const int parts = index == 2 ? 1 : draw.between(1, divide_up(p.B * divide_up(p.L, STEPS), ROWS));
        std::vector<Output> out;
        out.emplace_back("x's", true, dx, 1);
        out.emplace_back("weight's", false, dWeight, parts);
        if (p.hasBias) {
            out.emplace_back("bias'", false, dBias, parts);
        }
        host::Index grid = {(unsigned) divide_up(p.E, 32 * VECTOR), (unsigned) parts, 1};
        run(p.describe() + describe(" parts %d", parts), grid, 32 * ROWS, out, [&] {
            convolution_backward(p.rows.data() + p.xOffset, p.weight.data(), p.hasBias ? p.bias.data() : nullptr,
                    p.order.data(), dy.data(), out[0].values(), out[1].floats(),
                    p.hasBias ? out[2].floats() : nullptr, p.xStride, p.B, p.L, p.E);
        });
    }
    return finish(CASES);
}
