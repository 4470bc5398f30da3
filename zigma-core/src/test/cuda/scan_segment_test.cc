// The first pass of a scan in segments, forward or backward, against the recurrence in double.
#define SEGMENTED 1
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "scan_segment.cu"
#include "scan_problem.h"

int main() {
    int divided = 0;
    for (int index = 0; index < CASES; index++) {
        Draw draw(700 + index);
        ScanProblem p(draw, index);
        std::vector<Value> dy = draw.values((size_t) p.B * p.L * p.E, 1);
        if (p.segments == 1) {
            continue;
        }
        divided++;
        std::vector<Output> out;
        out.emplace_back("ends", false, BACKWARD ? p.endsBackward(dy) : p.endsForward(), 1);
        out.emplace_back("sums of delta", false, p.deltaSums(BACKWARD), 1);
        const Value* u = p.rows.data() + p.uOffset;
        const Value* gate = BACKWARD && p.hasGate ? p.rows.data() + p.gateOffset : nullptr;
        run(p.describe(), {(unsigned) divide_up(p.E, CHANNELS), (unsigned) p.B, (unsigned) p.segments - 1}, THREADS, out, [&] {
            scan_segment(BACKWARD ? dy.data() : u, p.deltas.data() + p.deltaOffset, gate, p.a.data(),
                    p.selection.data() + (BACKWARD ? p.cOffset : p.bOffset), p.hasBias ? p.bias.data() : nullptr,
                    p.order.data(), out[0].floats(), out[1].floats(), BACKWARD ? p.E : p.uStride, p.deltaStride,
                    p.gateStride, BACKWARD ? p.cStride : p.bStride, p.L, p.E, p.segmentTiles);
        });
    }
    if (divided == 0) {
        report("no case has several segments");
    }
    return finish(CASES);
}
