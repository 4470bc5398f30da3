// A random norm, its operands and its rows in double.
#pragma once

#ifndef MODULATED
#define MODULATED draw.coin()
#endif

struct NormProblem {
    int B, L, D, R;
    bool hasWeight, hasBias, modulates;
    float eps;
    std::vector<Value> x;
    std::vector<float> weight, bias, shift, scale;
    Doubles normal, inverse; // x' (R, D), 1 / sqrt(mean square + eps) (R)

    NormProblem(Draw& draw, int index) {
        const int most = TEAM * ITEMS; // packs of a row
        B = index == 0 ? 1 : draw.between(1, 4);
        L = index == 0 ? 1 : draw.between(1, 4 * TEAMS + 1);
        D = VECTOR * (index == 0 ? 1 : index == 1 ? most : draw.between(1, most));
        R = B * L;
        hasWeight = draw.coin();
        hasBias = draw.coin();
        modulates = MODULATED;
        eps = index % 3 == 0 ? 1e-2f : 1e-6f;
        // a mean that is not small, so that centring in one pass would lose digits
        x = draw.values((size_t) R * D, 1, CENTRED && !BF16 ? 10 : 0.5f);
        weight = draw.floats(D, 0.5f, 1);
        bias = draw.floats(D, 1);
        shift = draw.floats((size_t) B * D, 1);
        scale = draw.floats((size_t) B * D, 0.5f);
        normal.resize((size_t) R * D);
        inverse.resize(R);
        for (int r = 0; r < R; r++) {
            double mean = 0, square = 0;
            for (int i = 0; i < D; i++) {
                mean += CENTRED ? number(x[(size_t) r * D + i]) / D : 0;
            }
            for (int i = 0; i < D; i++) {
                double c = number(x[(size_t) r * D + i]) - mean;
                square += c * c / D;
            }
            inverse[r] = 1 / std::sqrt(square + eps);
            for (int i = 0; i < D; i++) {
                normal[(size_t) r * D + i] = (number(x[(size_t) r * D + i]) - mean) * inverse[r];
            }
        }
    }

    std::string describe() const {
        return ::describe("B %d L %d D %d weight %d bias %d modulated %d", B, L, D, hasWeight, hasBias, modulates);
    }

    double weightAt(int i) const {
        return hasWeight ? weight[i] : 1;
    }
    double normed(int r, int i) const {
        return normal[(size_t) r * D + i] * weightAt(i) + (hasBias ? bias[i] : 0);
    }
    double factor(int r, int i) const {
        return modulates ? 1.0 + scale[(size_t) (r / L) * D + i] : 0;
    }
};
