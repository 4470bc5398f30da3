package io.zigma.op.cpu;

/**
 * Sums of equally long parts in their order in memory, so that the result does not depend on
 * threads.
 */
final class Parts {

    private Parts() {}

    /**
     * Adds all parts into the first.
     *
     * @param parts any number of parts, one after the other
     * @param size floats of a part
     * @return the same array, whose first {@code size} floats are the sums
     */
    static float[] sum(float[] parts, int size) {
        for (int part = size; part < parts.length; part += size) {
            for (int i = 0; i < size; i++) {
                parts[i] += parts[part + i];
            }
        }
        return parts;
    }
}
