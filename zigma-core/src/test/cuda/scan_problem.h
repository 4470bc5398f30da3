// A random selective scan, and the recurrence in double with every state kept.
// SEGMENTED: 1 if its sequences are divided into segments, else 0
#pragma once
#ifndef SEGMENTED
#define SEGMENTED 0
#endif

struct ScanProblem {
    int B, L, E, N = STATES;
    bool hasGate, hasSkip, hasBias;
    int uStride, deltaStride, gateStride, bStride, cStride, uOffset, gateOffset, bOffset, cOffset, deltaOffset;
    std::vector<Value> rows, deltas; // u and gate lie in rows of one array, as a projection leaves them
    std::vector<float> a, selection, skip, bias;
    std::vector<int> order;
    Doubles h; // (B, E, L + 1, N)
    int segmentTiles, segments;

    explicit ScanProblem(Draw& draw, int index) {
        // the first cases are the smallest, then any
        B = index == 0 ? 1 : draw.between(1, 3);
        const bool divided = SEGMENTED && index == 3;
        L = index == 0 ? 1 : index == 1 ? STEPS : draw.between(divided ? STEPS + 1 : 2, 3 * STEPS + 3);
        E = VECTOR * (index == 0 ? 1 : draw.between(1, CHANNELS / VECTOR * 2 + 1));
        hasGate = index == 2 || draw.coin();
        hasSkip = draw.coin();
        hasBias = draw.coin();
        bool apart = draw.coin();
        uOffset = apart ? VECTOR : 0;
        gateOffset = apart ? E + 2 * VECTOR : 0;
        uStride = gateStride = apart ? 2 * E + 3 * VECTOR : E;
        deltaOffset = apart ? VECTOR : 0;
        deltaStride = apart ? E + 2 * VECTOR : E;
        bOffset = apart ? VECTOR_BC : 0;
        cOffset = N + bOffset;
        bStride = cStride = 2 * N + (apart ? 3 * VECTOR_BC : 0);
        rows = draw.values((size_t) B * L * uStride, 1);
        deltas = draw.values((size_t) B * L * deltaStride, SOFTPLUS ? 2 : 0.3f, SOFTPLUS ? 0 : 1);
        selection = draw.floats((size_t) B * L * bStride, 1);
        a = draw.floats((size_t) E * N, 1);
        for (float& v : a) {
            v = -std::fabs(v) - 0.1f;
        }
        skip = draw.floats(E, 1);
        bias = draw.floats(E, SOFTPLUS ? 1 : 0.1f);
        order = draw.order(L);
        const int tiles = divide_up(L, STEPS);
        segmentTiles = SEGMENTED ? draw.between(1, divided ? 1 : tiles) : tiles;
        segments = divide_up(tiles, segmentTiles);
        scan();
    }

    std::string describe() const {
        return ::describe("B %d L %d E %d N %d gate %d D %d bias %d stride %d segments %d", B, L, E, N, hasGate,
                hasSkip, hasBias, uStride, segments);
    }

    size_t token(int sequence, int step) const {
        return (size_t) sequence * L + order[step];
    }
    double uAt(size_t t, int e) const {
        return number(rows[t * uStride + uOffset + e]);
    }
    double gateAt(size_t t, int e) const {
        return number(rows[t * gateStride + gateOffset + e]);
    }
    double rawAt(size_t t, int e) const {
        return number(deltas[t * deltaStride + deltaOffset + e]) + (hasBias ? bias[e] : 0);
    }
    double deltaAt(size_t t, int e) const {
        return SOFTPLUS ? std::log1p(std::exp(rawAt(t, e))) : rawAt(t, e);
    }
    double bAt(size_t t, int n) const {
        return selection[t * bStride + bOffset + n];
    }
    double cAt(size_t t, int n) const {
        return selection[t * cStride + cOffset + n];
    }
    double skipAt(int e) const {
        return hasSkip ? skip[e] : 0;
    }
    const double& state(int s, int e, int step, int n) const {
        return h[(((size_t) s * E + e) * (L + 1) + step) * N + n];
    }

    void scan() {
        h.assign((size_t) B * E * (L + 1) * N, 0.);
        for (int s = 0; s < B; s++) {
            for (int e = 0; e < E; e++) {
                for (int step = 0; step < L; step++) {
                    size_t t = token(s, step);
                    double d = deltaAt(t, e), u = uAt(t, e);
                    for (int n = 0; n < N; n++) {
                        const_cast<double&>(state(s, e, step + 1, n)) =
                                std::exp(d * a[e * N + n]) * state(s, e, step, n) + d * u * bAt(t, n);
                    }
                }
            }
        }
    }

    // The states before each tile (B, tiles, E, N).
    Doubles checkpoints() const {
        Doubles saved;
        for (int s = 0; s < B; s++) {
            for (int step = 0; step < L; step += STEPS) {
                for (int e = 0; e < E; e++) {
                    for (int n = 0; n < N; n++) {
                        saved.push_back(state(s, e, step, n));
                    }
                }
            }
        }
        return saved;
    }

    int begin(int segment) const {
        return segment * segmentTiles * STEPS;
    }
    int end(int segment) const {
        return std::min(L, begin(segment + 1));
    }

    // The states after all segments but the last, if nothing was before them (segments - 1, B, E, N).
    Doubles endsForward() const {
        Doubles ends;
        for (int z = 0; z + 1 < segments; z++) {
            each([&](int s, int e, int n) {
                double state = 0;
                for (int step = begin(z); step < end(z); step++) {
                    size_t t = token(s, step);
                    double d = deltaAt(t, e);
                    state = std::exp(d * a[e * N + n]) * state + d * uAt(t, e) * bAt(t, n);
                }
                ends.push_back(state);
            });
        }
        return ends;
    }

    // What all segments but the first give to the one before, if none was behind them (segments - 1, B, E, N).
    Doubles endsBackward(const std::vector<Value>& yGradient) const {
        Doubles ends;
        for (int z = 1; z < segments; z++) {
            each([&](int s, int e, int n) {
                double carry = 0;
                for (int step = end(z) - 1; step >= begin(z); step--) {
                    size_t t = token(s, step);
                    carry = std::exp(deltaAt(t, e) * a[e * N + n]) * (carry + gradientAt(yGradient, t, e) * cAt(t, n));
                }
                ends.push_back(carry);
            });
        }
        return ends;
    }

    // The sums of Delta over the segments from one on, all but one of them (segments - 1, B, E).
    Doubles deltaSums(int from) const {
        Doubles sums;
        for (int z = from; z < from + segments - 1; z++) {
            for (int s = 0; s < B; s++) {
                for (int e = 0; e < E; e++) {
                    double sum = 0;
                    for (int step = begin(z); step < end(z); step++) {
                        sum += deltaAt(token(s, step), e);
                    }
                    sums.push_back(sum);
                }
            }
        }
        return sums;
    }

    template <typename Use>
    void each(Use use) const {
        for (int s = 0; s < B; s++) {
            for (int e = 0; e < E; e++) {
                for (int n = 0; n < N; n++) {
                    use(s, e, n);
                }
            }
        }
    }

    // The gradient of y before the gate.
    double gradientAt(const std::vector<Value>& yGradient, size_t t, int e) const {
        double z = gateAt(t, e);
        return number(yGradient[t * E + e]) * (hasGate ? z * sigmoid_of(z) : 1);
    }

    // The sum over states, with D's term.
    double sumAt(int s, int step, int e) const {
        size_t t = token(s, step);
        double y = skipAt(e) * uAt(t, e);
        for (int n = 0; n < N; n++) {
            y += state(s, e, step + 1, n) * cAt(t, n);
        }
        return y;
    }
};

inline std::vector<float> as_floats(const Doubles& numbers) {
    return std::vector<float>(numbers.begin(), numbers.end());
}
