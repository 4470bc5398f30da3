// All gradients of the scan against a backward scan in double that keeps every state.
#include "cuda_host.h"
#include "common.cuh"
#include "kernel_test.h"
#include "scan_backward.cu"
#include "scan_problem.h"

int main() {
    int divided = 0;
    for (int index = 0; index < CASES; index++) {
        Draw draw(200 + index);
        ScanProblem p(draw, index);
        divided += p.segments > 1;
        const int B = p.B, L = p.L, E = p.E, N = p.N;
        const size_t TE = (size_t) B * L * E, TN = (size_t) B * L * N;
        std::vector<Value> dy = draw.values(TE, 1);
        Doubles du(TE), dd(TE), dz(TE), da((size_t) E * N), db(TN), dc(TN), ds(E), dbias(E);
        for (int s = 0; s < B; s++) {
            for (int e = 0; e < E; e++) {
                Doubles carry(N, 0.);
                for (int step = L - 1; step >= 0; step--) {
                    size_t t = p.token(s, step);
                    double d = p.deltaAt(t, e), u = p.uAt(t, e), z = p.gateAt(t, e), sig = sigmoid_of(z);
                    double g = p.gradientAt(dy, t, e);
                    double drive = 0, decays = 0;
                    for (int n = 0; n < N; n++) {
                        double decay = std::exp(d * p.a[e * N + n]), was = p.state(s, e, step, n);
                        dc[t * N + n] += g * p.state(s, e, step + 1, n);
                        double dh = carry[n] + g * p.cAt(t, n);
                        db[t * N + n] += dh * d * u;
                        drive += dh * p.bAt(t, n);
                        decays += dh * was * decay * p.a[e * N + n];
                        da[e * N + n] += dh * was * decay * d;
                        carry[n] = dh * decay;
                    }
                    du[t * E + e] = drive * d + p.skipAt(e) * g;
                    dd[t * E + e] = (drive * u + decays) * (SOFTPLUS ? sigmoid_of(p.rawAt(t, e)) : 1);
                    dz[t * E + e] = p.sumAt(s, step, e) * number(dy[t * E + e]) * sig * (1 + z * (1 - sig));
                    ds[e] += g * u;
                    dbias[e] += dd[t * E + e];
                }
            }
        }
        const std::vector<float> checkpoints = as_floats(p.checkpoints());
        const std::vector<float> ends = as_floats(p.endsBackward(dy)), deltaSums = as_floats(p.deltaSums(1));
        const unsigned blocks = divide_up(E, CHANNELS);
        std::vector<Output> out;
        out.emplace_back("u's", true, du, 1);
        out.emplace_back("delta's", true, dd, 1);
        out.emplace_back("A's", false, da, B * p.segments);
        out.emplace_back("B's", false, db, blocks);
        out.emplace_back("C's", false, dc, blocks);
        Output* dGate = nullptr;
        Output* dSkip = nullptr;
        Output* dBias = nullptr;
        out.reserve(8);
        if (p.hasGate) {
            out.emplace_back("gate's", true, dz, 1);
            dGate = &out.back();
        }
        if (p.hasSkip) {
            out.emplace_back("D's", false, ds, B * p.segments);
            dSkip = &out.back();
        }
        if (p.hasBias) {
            out.emplace_back("bias'", false, dbias, B * p.segments);
            dBias = &out.back();
        }
        run(p.describe(), {blocks, (unsigned) B, (unsigned) p.segments}, THREADS, out, [&] {
            scan_backward(p.rows.data() + p.uOffset, p.deltas.data() + p.deltaOffset,
                    p.hasGate ? p.rows.data() + p.gateOffset : nullptr, p.a.data(), p.selection.data() + p.bOffset,
                    p.selection.data() + p.cOffset, p.hasSkip ? p.skip.data() : nullptr,
                    p.hasBias ? p.bias.data() : nullptr, p.order.data(), ends.data(), deltaSums.data(),
                    checkpoints.data(), dy.data(),
                    out[0].values(), out[1].values(), dGate ? dGate->values() : nullptr, out[2].floats(),
                    out[3].floats(), out[4].floats(), dSkip ? dSkip->floats() : nullptr,
                    dBias ? dBias->floats() : nullptr, p.uStride, p.deltaStride, p.gateStride, p.bStride, p.cStride,
                    L, E, p.segmentTiles);
        });
    }
    if (SEGMENTED && divided == 0) {
        report("no case has several segments");
    }
    return finish(CASES);
}
