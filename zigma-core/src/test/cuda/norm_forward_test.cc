// Norm and modulated norm against the formula in double.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "norm_forward.cu"
#include "norm_problem.h"

int main() {
    for (int index = 0; index < CASES; index++) {
        Draw draw(500 + index);
        NormProblem p(draw, index);
        Doubles normed, modulated;
        for (int r = 0; r < p.R; r++) {
            for (int i = 0; i < p.D; i++) {
                normed.push_back(p.normed(r, i));
                modulated.push_back(p.normed(r, i) * p.factor(r, i) + p.shift[(size_t) (r / p.L) * p.D + i]);
            }
        }
        std::vector<Output> out;
        out.emplace_back("norm", true, normed, 1);
        if (p.modulates) {
            out.emplace_back("modulated norm", true, modulated, 1);
        }
        run(p.describe(), {(unsigned) divide_up(p.R, TEAMS), 1, 1}, TEAM * TEAMS, out, [&] {
            norm_forward(p.x.data(), p.hasWeight ? p.weight.data() : nullptr, p.hasBias ? p.bias.data() : nullptr,
                    p.modulates ? p.shift.data() : nullptr, p.modulates ? p.scale.data() : nullptr, out[0].values(),
                    p.modulates ? out[1].values() : nullptr, p.eps, p.R, p.modulates ? p.L : p.R, p.D);
        });
    }
    return finish(CASES);
}
