// The forward scan against the recurrence in double: results and the states before each tile.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "scan_forward.cu"
#include "scan_problem.h"

int main() {
    int divided = 0;
    for (int index = 0; index < CASES; index++) {
        Draw draw(100 + index);
        ScanProblem p(draw, index);
        divided += p.segments > 1;
        Doubles y((size_t) p.B * p.L * p.E);
        for (int s = 0; s < p.B; s++) {
            for (int step = 0; step < p.L; step++) {
                size_t t = p.token(s, step);
                for (int e = 0; e < p.E; e++) {
                    double z = p.gateAt(t, e);
                    y[t * p.E + e] = p.sumAt(s, step, e) * (p.hasGate ? z * sigmoid_of(z) : 1);
                }
            }
        }
        bool keeps = index == 1 || draw.coin();
        std::vector<Output> out;
        out.emplace_back("y", true, y, 1);
        if (keeps) {
            out.emplace_back("checkpoints", false, p.checkpoints(), 1);
        }
        const std::vector<float> ends = as_floats(p.endsForward()), deltaSums = as_floats(p.deltaSums(0));
        const unsigned blocks = divide_up(p.E, CHANNELS);
        run(p.describe() + (keeps ? " kept" : ""), {blocks, (unsigned) p.B, (unsigned) p.segments}, THREADS, out, [&] {
            scan_forward(p.rows.data() + p.uOffset, p.deltas.data() + p.deltaOffset,
                    p.hasGate ? p.rows.data() + p.gateOffset : nullptr, p.a.data(), p.selection.data() + p.bOffset,
                    p.selection.data() + p.cOffset, p.hasSkip ? p.skip.data() : nullptr,
                    p.hasBias ? p.bias.data() : nullptr, p.order.data(), ends.data(), deltaSums.data(),
                    out[0].values(), keeps ? out[1].floats() : nullptr, p.uStride, p.deltaStride, p.gateStride,
                    p.bStride, p.cStride, p.L, p.E, p.segmentTiles);
        });
    }
    if (SEGMENTED && divided == 0) {
        report("no case has several segments");
    }
    return finish(CASES);
}
