package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/**
 * Standard normal numbers of many seeds, computed on a device: SplitMix64 (Steele, Lea and Flood
 * 2014) and the Box–Muller transform in double precision, as {@code io.zigma.sampler.SeededNoise}
 * computes them one by one. They differ from its numbers where logarithm, sine and cosine of the
 * device round differently in the last of 53 bits, of which float32 has 24.
 */
public final class NormalNumbers {

    /** Positions in a stream are counted in float32 by the engine. */
    private static final int MOST = 1 << 24;

    private NormalNumbers() {}

    /** Compiled when it is first needed. */
    private static final class Functions {
        static final ScriptFunction NORMAL =
                ScriptFunction.ofStatements(
                        List.of("states", "positions"),
                        // the state of each position, which SplitMix64 reaches by addition
                        "z0 = torch.add(states, torch.mul(positions, -7046029254386353131))",
                        // its finaliser; shifts of int64 draw the sign in, which is masked out
                        "s0 = torch.bitwise_and(torch.bitwise_right_shift(z0, 30), 17179869183)",
                        "z1 = torch.mul(torch.bitwise_xor(z0, s0), -4658895280553007687)",
                        "s1 = torch.bitwise_and(torch.bitwise_right_shift(z1, 27), 137438953471)",
                        "z2 = torch.mul(torch.bitwise_xor(z1, s1), -7723592293110705685)",
                        "s2 = torch.bitwise_and(torch.bitwise_right_shift(z2, 31), 8589934591)",
                        "z3 = torch.bitwise_xor(z2, s2)",
                        "b = torch.bitwise_and(torch.bitwise_right_shift(z3, 11), 9007199254740991)",
                        "u = torch.mul(torch.to(torch.add(b, 1), 7), 1.1102230246251565e-16)",
                        "first = torch.slice(u, 1, 0, 9223372036854775807, 2)",
                        "second = torch.slice(u, 1, 1, 9223372036854775807, 2)",
                        "radius = torch.sqrt(torch.mul(torch.log(first), -2))",
                        "angle = torch.mul(second, 6.283185307179586)",
                        "x = torch.mul(radius, torch.cos(angle))",
                        "y = torch.mul(radius, torch.sin(angle))",
                        "return torch.to(torch.flatten(torch.stack([x, y], 2), 1), 6)");
    }

    /**
     * Returns whether {@link #of} makes so many numbers of a stream.
     *
     * @param count numbers
     * @return true for even counts up to 16 million
     */
    public static boolean makes(int count) {
        return count > 0 && count % 2 == 0 && count < MOST;
    }

    /**
     * Returns the first numbers of some streams.
     *
     * @param states SplitMix64's state before the first number (B) as int64
     * @param count of each stream, one that {@link #makes} says
     * @return standard normal numbers (B, count) in float32, in the manager of the states
     */
    public static NDArray of(NDArray states, int count) {
        if (!makes(count)) {
            throw new IllegalArgumentException(
                    "normal numbers come in pairs, and at most %s of them, not %s"
                            .formatted(MOST, count));
        }
        return Scratch.freed(
                () -> {
                    NDArray positions =
                            states.getManager()
                                    .arange(1, count + 1, 1, DataType.INT64)
                                    .toDevice(states.getDevice(), false);
                    // one by one: a kernel that the engine makes of several may round otherwise
                    JniUtils.setGraphExecutorOptimize(false);
                    try {
                        return Functions.NORMAL.apply(states.expandDims(1), positions);
                    } finally {
                        JniUtils.setGraphExecutorOptimize(true);
                    }
                });
    }
}
