package io.zigma.eval.feature;

/**
 * Feature maps (B, C, H, W) in plain Java and float64: the definitions that fast code is compared
 * with.
 */
record PlainMap(int b, int c, int h, int w, double[] values) {

    static PlainMap of(int b, int c, int h, int w, float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return new PlainMap(b, c, h, w, wide);
    }

    private boolean inside(int y, int x) {
        return y >= 0 && y < h && x >= 0 && x < w;
    }

    double at(int i, int j, int y, int x) {
        return inside(y, x) ? values[((i * c + j) * h + y) * w + x] : 0;
    }

    /** Convolves with kernels (outputs, C, high, wide), zeros around. */
    PlainMap convolved(float[] kernels, int high, int wide, int stride, int padY, int padX) {
        int taps = c * high * wide;
        int outputs = kernels.length / taps;
        int newH = (h + 2 * padY - high) / stride + 1;
        int newW = (w + 2 * padX - wide) / stride + 1;
        double[] out = new double[b * outputs * newH * newW];
        for (int place = 0; place < out.length; place++) {
            int x = place % newW * stride - padX;
            int y = place / newW % newH * stride - padY;
            int o = place / (newW * newH) % outputs;
            int i = place / (newW * newH * outputs);
            for (int tap = 0; tap < taps; tap++) {
                out[place] +=
                        kernels[o * taps + tap]
                                * at(i, tap / (high * wide), y + tap / wide % high, x + tap % wide);
            }
        }
        return new PlainMap(b, outputs, newH, newW, out);
    }

    /** Mean and variance, divided by all, of each channel over batch and places. */
    double[][] statistics() {
        double[][] result = new double[c][2];
        int plane = h * w;
        double count = (double) b * plane;
        for (int i = 0; i < values.length; i++) {
            result[i / plane % c][0] += values[i] / count;
        }
        for (int i = 0; i < values.length; i++) {
            double[] channel = result[i / plane % c];
            channel[1] += Math.pow(values[i] - channel[0], 2) / count;
        }
        return result;
    }

    PlainMap normalised(double[][] statistics, float[] scale, float[] shift, double epsilon) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            int channel = i / (h * w) % c;
            out[i] =
                    (values[i] - statistics[channel][0])
                                    / Math.sqrt(statistics[channel][1] + epsilon)
                                    * scale[channel]
                            + shift[channel];
        }
        return new PlainMap(b, c, h, w, out);
    }

    PlainMap relu() {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.max(0, values[i]);
        }
        return new PlainMap(b, c, h, w, out);
    }

    PlainMap plus(PlainMap other) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i] + other.values[i];
        }
        return new PlainMap(b, c, h, w, out);
    }

    /** Largest or mean of 3 × 3 neighbours that are inside. */
    PlainMap pooled(boolean largest, int stride, int padding) {
        int newH = (h + 2 * padding - 3) / stride + 1;
        int newW = (w + 2 * padding - 3) / stride + 1;
        double[] out = new double[b * c * newH * newW];
        for (int place = 0; place < out.length; place++) {
            int x = place % newW * stride - padding;
            int y = place / newW % newH * stride - padding;
            int plane = place / (newW * newH);
            double sum = 0;
            double most = Double.NEGATIVE_INFINITY;
            int count = 0;
            for (int tap = 0; tap < 9; tap++) {
                if (inside(y + tap / 3, x + tap % 3)) {
                    double value = at(plane / c, plane % c, y + tap / 3, x + tap % 3);
                    sum += value;
                    most = Math.max(most, value);
                    count++;
                }
            }
            out[place] = largest ? most : sum / count;
        }
        return new PlainMap(b, c, newH, newW, out);
    }

    /** Puts another's channels behind this one's. */
    PlainMap beside(PlainMap other) {
        double[] out = new double[values.length + other.values.length];
        int own = c * h * w;
        int others = other.c * h * w;
        for (int i = 0; i < b; i++) {
            System.arraycopy(values, i * own, out, i * (own + others), own);
            System.arraycopy(other.values, i * others, out, i * (own + others) + own, others);
        }
        return new PlainMap(b, c + other.c, h, w, out);
    }

    /** Mean over all places: (B, C, 1, 1). */
    PlainMap mean() {
        double[] out = new double[b * c];
        for (int i = 0; i < values.length; i++) {
            out[i / (h * w)] += values[i] / (h * w);
        }
        return new PlainMap(b, c, 1, 1, out);
    }

    /** Rows of C values times a matrix (outputs, C), plus a bias. */
    double[] linear(float[] matrix, float[] bias) {
        double[] out = new double[b * bias.length];
        for (int i = 0; i < out.length; i++) {
            int row = i / bias.length;
            int output = i % bias.length;
            out[i] = bias[output];
            for (int j = 0; j < c; j++) {
                out[i] += matrix[output * c + j] * values[row * c + j];
            }
        }
        return out;
    }
}
