// All gradients of norm and modulation against the formulas in double, for any number of parts.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "norm_backward.cu"
#include "norm_problem.h"

int main() {
    for (int index = 0; index < CASES; index++) {
        Draw draw(600 + index);
        NormProblem p(draw, index);
        const bool usesModulated = p.modulates && (index == 2 || draw.between(0, 3) > 0);
        const bool usesNormed = !usesModulated || draw.coin();
        const bool wantsWeight = AFFINE && p.hasWeight, wantsBias = AFFINE && p.hasBias;
        std::vector<Value> dn = draw.values(p.x.size(), 1), dm = draw.values(p.x.size(), 1);
        Doubles dx(p.x.size()), dWeight(p.D), dBias(p.D), dShift((size_t) p.B * p.D), dScale((size_t) p.B * p.D);
        for (int r = 0; r < p.R; r++) {
            Doubles g(p.D);
            double mean = 0, along = 0;
            for (int i = 0; i < p.D; i++) {
                size_t at = (size_t) r * p.D + i, of = (size_t) (r / p.L) * p.D + i;
                double m = usesModulated ? number(dm[at]) : 0;
                double n = (usesNormed ? number(dn[at]) : 0) + m * p.factor(r, i);
                g[i] = n * p.weightAt(i);
                mean += CENTRED ? g[i] / p.D : 0;
                along += g[i] * p.normal[at] / p.D;
                dWeight[i] += n * p.normal[at];
                dBias[i] += n;
                dShift[of] += m;
                dScale[of] += m * p.normed(r, i);
            }
            for (int i = 0; i < p.D; i++) {
                size_t at = (size_t) r * p.D + i;
                dx[at] = (g[i] - mean - along * p.normal[at]) * p.inverse[r];
            }
        }
        // where nothing is modulated, all rows may be one sequence
        const int sequences = p.modulates || draw.coin() ? p.B : 1;
        const int parts = index == 3 ? 1 : draw.between(1, divide_up(p.R / sequences, TEAMS));
        std::vector<Output> out;
        // a row of few numbers is x' to the last digits: dx is what is left of numbers that cancel
        out.emplace_back("x's", true, dx, 1, 2e-5);
        auto add = [&](const char* name, const Doubles& expected, bool wanted, int count) {
            out.emplace_back(name, false, expected, wanted ? count : 0);
            if (!wanted) {
                out.back().expected.clear();
            }
        };
        add("weight's", dWeight, wantsWeight, parts * sequences);
        add("bias'", dBias, wantsBias, parts * sequences);
        add("shift's", dShift, p.modulates, parts);
        add("scale's", dScale, p.modulates, parts);
        run(p.describe() + describe(" from %d%d parts %d", usesNormed, usesModulated, parts),
                {(unsigned) parts, (unsigned) sequences, 1}, TEAM * TEAMS, out, [&] {
            norm_backward(p.x.data(), p.hasWeight ? p.weight.data() : nullptr, p.hasBias ? p.bias.data() : nullptr,
                    p.modulates ? p.scale.data() : nullptr, usesNormed ? dn.data() : nullptr,
                    usesModulated ? dm.data() : nullptr, out[0].values(), wantsWeight ? out[1].floats() : nullptr,
                    wantsBias ? out[2].floats() : nullptr, p.modulates ? out[3].floats() : nullptr,
                    p.modulates ? out[4].floats() : nullptr, p.eps, p.R, p.R / sequences, p.D);
        });
    }
    return finish(CASES);
}
