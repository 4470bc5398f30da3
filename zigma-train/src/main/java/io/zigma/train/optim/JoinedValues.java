package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** The numbers of several float32 arrays, one array after the other, as they are sent elsewhere. */
public final class JoinedValues {

    private JoinedValues() {}

    /**
     * Copies the numbers of arrays.
     *
     * @param arrays contiguous, on any device
     * @return all their numbers
     */
    public static float[] read(List<NDArray> arrays) {
        long size = arrays.stream().mapToLong(NDArray::size).sum();
        float[] values = new float[Math.toIntExact(size)];
        int at = 0;
        for (NDArray array : arrays) {
            int count = (int) array.size();
            if (Tiles.reaches(array)) {
                Tiles.memory(array).get(values, at, count);
            } else {
                System.arraycopy(array.toFloatArray(), 0, values, at, count);
            }
            at += count;
        }
        return values;
    }

    /**
     * Overwrites arrays, in place.
     *
     * @param values as {@link #read} returned them, or others
     * @param arrays as they were given to it
     */
    public static void write(float[] values, List<NDArray> arrays) {
        int at = 0;
        for (NDArray array : arrays) {
            int count = (int) array.size();
            if (Tiles.reaches(array)) {
                Tiles.memory(array).put(values, at, count);
            } else {
                float[] own = new float[count];
                System.arraycopy(values, at, own, 0, count);
                try (NDManager scope = array.getManager().newSubManager()) {
                    NamedArrays.overwrite(scope.create(own, array.getShape()), array);
                }
            }
            at += count;
        }
    }
}
