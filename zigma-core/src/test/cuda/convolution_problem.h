// A random convolution along a path, its operands and its sums before SiLU in double.
#pragma once

struct ConvolutionProblem {
    int B, L, E, xStride, xOffset;
    bool hasBias;
    std::vector<Value> rows;
    std::vector<float> weight, bias;
    std::vector<int> order;

    ConvolutionProblem(Draw& draw, int index) {
        B = index == 0 ? 1 : draw.between(1, 3);
        L = index == 0 ? 1 : index == 1 ? STEPS * ROWS : draw.between(2, 2 * STEPS * ROWS);
        E = VECTOR * (index == 0 ? 1 : draw.between(1, 70));
        hasBias = draw.coin();
        bool apart = draw.coin();
        xOffset = apart ? VECTOR : 0;
        xStride = apart ? 2 * E + 2 * VECTOR : E;
        rows = draw.values((size_t) B * L * xStride, 1);
        weight = draw.floats((size_t) E * WIDTH, 0.7f);
        bias = draw.floats(E, 1);
        order = draw.order(L);
    }

    std::string describe() const {
        return ::describe("B %d L %d E %d bias %d stride %d", B, L, E, hasBias, xStride);
    }

    size_t token(int s, int step) const {
        return (size_t) s * L + order[step];
    }
    double x(int s, int step, int e) const {
        return step < 0 ? 0 : number(rows[token(s, step) * xStride + xOffset + e]);
    }
    double sum(int s, int step, int e) const {
        double sum = hasBias ? bias[e] : 0;
        for (int k = 0; k < WIDTH; k++) {
            sum += (double) weight[e * WIDTH + k] * x(s, step - WIDTH + 1 + k, e);
        }
        return sum;
    }
};
