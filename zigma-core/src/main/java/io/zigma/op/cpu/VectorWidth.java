package io.zigma.op.cpu;

/** How long the vectors are that Java computes with here. */
public final class VectorWidth {

    private VectorWidth() {}

    /**
     * Returns the length of the longest vectors of floats.
     *
     * @return bits, a power of two
     */
    public static int bits() {
        return VectorMath.SPECIES.vectorBitSize();
    }
}
