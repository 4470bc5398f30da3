// The convolution with SiLU against the sum in double.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "convolution_forward.cu"
#include "convolution_problem.h"

int main() {
    for (int index = 0; index < CASES; index++) {
        Draw draw(300 + index);
        ConvolutionProblem p(draw, index);
        Doubles y((size_t) p.B * p.L * p.E);
        for (int s = 0; s < p.B; s++) {
            for (int step = 0; step < p.L; step++) {
                for (int e = 0; e < p.E; e++) {
                    double sum = p.sum(s, step, e);
                    y[p.token(s, step) * p.E + e] = sum * sigmoid_of(sum);
                }
            }
        }
        std::vector<Output> out;
        out.emplace_back("y", true, y, 1);
        host::Index grid = {(unsigned) divide_up(p.E, 32 * VECTOR), (unsigned) divide_up(p.L, STEPS * ROWS),
                (unsigned) p.B};
        run(p.describe(), grid, 32 * ROWS, out, [&] {
            convolution_forward(p.rows.data() + p.xOffset, p.weight.data(), p.hasBias ? p.bias.data() : nullptr,
                    p.order.data(), out[0].values(), p.xStride, p.L, p.E);
        });
    }
    return finish(CASES);
}
