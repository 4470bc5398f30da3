package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STEPS;
import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;

/**
 * Gradients of one tile of a scan with respect to everything.
 *
 * <p>A chunk should fit into the cache, so a gradient that is no longer needed shares its memory
 * with the one that is computed from it, element by element, under a second name. Where a scan has
 * no gate or no softplus the two are the same numbers.
 */
final class ScanGradients {

    // by step and channel
    final float[] gatedY = rows(STEPS);
    final float[] y = gatedY; // before the gate
    final float[] gateFactor = rows(STEPS); // gatedY·silu'(gate), which y has to multiply
    final float[] gate = gateFactor;
    final float[] deltaU = rows(STEPS); // of the product of delta and u
    final float[] u = deltaU;
    final float[] power = rows(STEPS); // of delta's factor aScaled, summed over the states
    final float[] delta = power;
    final float[] deltaRaw = delta; // before bias and softplus
    // by channel, summed over the steps
    final float[] d = rows(1);
    final float[] bias = rows(1);
    // by state and channel
    final float[] carry; // the gradient of the state from the following step
    final float[] a; // summed over the steps
    // by step and state, a sum for each lane
    final float[] bLanes;
    final float[] cLanes;

    ScanGradients(int states) {
        carry = rows(states);
        a = rows(states);
        bLanes = new float[STEPS * states * LANES];
        cLanes = new float[STEPS * states * LANES];
    }

    private static float[] rows(int count) {
        return new float[count * STRIDE];
    }
}
