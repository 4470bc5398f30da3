package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Applies an operation to each element of a batch separately where the engine would round
 * differently for a larger batch, so that an element gets the same numbers alone as in any batch.
 *
 * <p>A library of matrix products chooses its kernels by the number of rows, and the kernels differ
 * in the order in which they sum. An elementwise loop handles whole vectors with one exponential
 * and the remaining elements with another, and where the remainder begins depends on how many there
 * are. The same operation on the same shape with the same memory alignment gives the same numbers.
 *
 * <p>This applies to processors and where no gradients are recorded; otherwise the batch is
 * computed as one.
 */
public final class EachSequence {

    /** The engine's own memory is aligned to so many floats; slices may not be. */
    private static final long ALIGNMENT = 16;

    /** A multiple of the floats that the engine's loops over elements take at once. */
    private static final long WHOLE_VECTORS = 64;

    /** Up to so many elements, the engine uses one thread. */
    private static final long ONE_THREAD = 32768;

    private EachSequence() {}

    /**
     * Applies an operation to every element of a batch.
     *
     * @param x (B, …)
     * @param operation from (1, …) to (1, …), or (B, …) where the batch is taken as one
     * @return (B, …), in the manager of x
     */
    public static NDArray of(NDArray x, Function<NDArray, NDArray> operation) {
        return of(List.of(x), parts -> operation.apply(parts.get(0)));
    }

    /**
     * Applies an operation to every element of several arrays' batch.
     *
     * @param arrays each (B, …), with the same B
     * @param operation from one (1, …) of each to (1, …), or from (B, …) to (B, …)
     * @return (B, …), in the manager of the first array
     */
    public static NDArray of(List<NDArray> arrays, Function<List<NDArray>, NDArray> operation) {
        if (!matters(arrays.get(0))) {
            return operation.apply(arrays);
        }
        return Scratch.freed(
                () -> {
                    long batch = arrays.get(0).getShape().get(0);
                    List<NDList> split = new ArrayList<>();
                    for (NDArray array : arrays) {
                        split.add(array.split(batch, 0));
                    }
                    NDList results = new NDList();
                    for (int i = 0; i < batch; i++) {
                        List<NDArray> parts = new ArrayList<>();
                        for (NDList slices : split) {
                            parts.add(aligned(slices.get(i)));
                        }
                        results.add(operation.apply(parts));
                    }
                    return NDArrays.concat(results, 0);
                });
    }

    /**
     * Applies an operation to every row of a matrix, once for equal rows: all images of a batch are
     * at the same time, and many are of the same class.
     *
     * @param x (B, D) in float32
     * @param operation from (1, D) to (1, …), or from (B, D) to (B, …)
     * @return (B, …), in the manager of x
     */
    static NDArray distinct(NDArray x, Function<NDArray, NDArray> operation) {
        if (!matters(x)) {
            return operation.apply(x);
        }
        return Scratch.freed(
                () -> {
                    int batch = Math.toIntExact(x.getShape().get(0));
                    float[] values = x.toFloatArray();
                    int size = values.length / batch;
                    NDList rows = x.split(batch, 0);
                    Map<FloatBuffer, NDArray> known = new HashMap<>();
                    NDList results = new NDList();
                    for (int i = 0; i < batch; i++) {
                        NDArray row = rows.get(i);
                        results.add(
                                known.computeIfAbsent(
                                        FloatBuffer.wrap(values, i * size, size),
                                        same -> operation.apply(aligned(row))));
                    }
                    return NDArrays.concat(results, 0);
                });
    }

    /**
     * Applies a function of single numbers, such as an activation.
     *
     * @param x (B, …)
     * @param function from any shape to the same, each number by itself
     * @return (B, …), in the manager of x
     */
    public static NDArray elementwise(NDArray x, Function<NDArray, NDArray> function) {
        boolean whole =
                matters(x)
                        && x.size() <= ONE_THREAD
                        && x.size() / x.getShape().get(0) % WHOLE_VECTORS == 0;
        return whole ? function.apply(x) : of(x, function);
    }

    /** Returns whether the elements of a batch have to be computed one by one. */
    static boolean matters(NDArray x) {
        return x.getShape().dimension() > 0
                && x.getShape().get(0) > 1
                && x.getDevice().equals(Device.cpu())
                && !GradientTape.fixesValues();
    }

    private static NDArray aligned(NDArray slice) {
        return slice.size() % ALIGNMENT == 0 ? slice : slice.duplicate();
    }
}
