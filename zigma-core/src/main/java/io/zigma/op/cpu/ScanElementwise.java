package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The passes of the backward scan that go element by element: softplus, gate, D and bias. */
final class ScanElementwise {

    private ScanElementwise() {}

    static void differentiateSoftplus(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                VectorMath.sigmoid(tile.biasedDelta(at, channel))
                        .intoArray(tile.softplusDerivative, at);
            }
        }
    }

    /** Gradients before the gate, and of the gate but for the factor y, which is not known yet. */
    static void differentiateGate(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector z = FloatVector.fromArray(SPECIES, tile.in.gate(), at);
                FloatVector gradient = FloatVector.fromArray(SPECIES, tile.gradients.gatedY, at);
                FloatVector sigmoid = VectorMath.sigmoid(z);
                FloatVector silu = z.mul(sigmoid);
                // silu'(z) = s + z·s·(1 − s)
                gradient.mul(sigmoid.add(silu).sub(silu.mul(sigmoid)))
                        .intoArray(tile.gradients.gateFactor, at);
                gradient.mul(silu).intoArray(tile.gradients.y, at);
            }
        }
    }

    /** From the gradients of delta·u, of delta·A and of y to those of u and delta. */
    static void finish(ScanTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            FloatVector d = FloatVector.fromArray(SPECIES, tile.d, channel);
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                FloatVector dy = FloatVector.fromArray(SPECIES, tile.gradients.y, at);
                FloatVector dx = FloatVector.fromArray(SPECIES, tile.gradients.deltaU, at);
                // aScaled is −A·log2(e), so this sum lacks the factor −ln(2)
                FloatVector dd =
                        FloatVector.fromArray(SPECIES, tile.gradients.power, at)
                                .mul(-VectorMath.LN_2);
                dx.fma(FloatVector.fromArray(SPECIES, tile.in.u(), at), dd)
                        .intoArray(tile.gradients.delta, at);
                dx.fma(FloatVector.fromArray(SPECIES, tile.delta, at), dy.mul(d))
                        .intoArray(tile.gradients.u, at);
            }
        }
    }

    static void finishSoftplus(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector.fromArray(SPECIES, tile.gradients.delta, at)
                        .mul(FloatVector.fromArray(SPECIES, tile.softplusDerivative, at))
                        .intoArray(tile.gradients.deltaRaw, at);
            }
        }
    }

    static void finishGate(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector.fromArray(SPECIES, tile.gradients.gateFactor, at)
                        .mul(FloatVector.fromArray(SPECIES, tile.y, at))
                        .intoArray(tile.gradients.gate, at);
            }
        }
    }

    static void addParameters(ScanTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            FloatVector dSum = FloatVector.fromArray(SPECIES, tile.gradients.d, channel);
            FloatVector biasSum = FloatVector.fromArray(SPECIES, tile.gradients.bias, channel);
            for (int step = steps - 1; step >= 0; step--) {
                int at = step * STRIDE + channel;
                biasSum = biasSum.add(FloatVector.fromArray(SPECIES, tile.gradients.deltaRaw, at));
                dSum =
                        FloatVector.fromArray(SPECIES, tile.gradients.y, at)
                                .fma(FloatVector.fromArray(SPECIES, tile.in.u(), at), dSum);
            }
            dSum.intoArray(tile.gradients.d, channel);
            biasSum.intoArray(tile.gradients.bias, channel);
        }
    }
}
