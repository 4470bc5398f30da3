package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Whether an element of a batch gets the same numbers alone as in batches. */
final class BatchCheck {

    /** A batch repeats so many different elements. */
    private static final int DIFFERENT = 4;

    /** A dense layer's sizes; of length 0 the input is one row an image. */
    record Layer(int length, int inputs, int outputs) implements Comparable<Layer> {

        Shape input(int batch) {
            return length == 0 ? new Shape(batch, inputs) : new Shape(batch, length, inputs);
        }

        /** All batches of 1 to 16, or some of them where the products are large. */
        List<Integer> batches() {
            double work = 2.0 * Math.max(1, length) * inputs * outputs;
            return work > 1e9
                    ? List.of(2, 9)
                    : work > 1e8
                            ? List.of(2, 3, 16)
                            : IntStream.rangeClosed(1, 16).boxed().toList();
        }

        @Override
        public int compareTo(Layer other) {
            int byLength = Integer.compare(length, other.length);
            int byInputs = Integer.compare(inputs, other.inputs);
            return byLength != 0
                    ? byLength
                    : byInputs != 0 ? byInputs : Integer.compare(outputs, other.outputs);
        }

        @Override
        public String toString() {
            return length == 0
                    ? "(B, %s) to (B, %s)".formatted(inputs, outputs)
                    : String.format(
                            Locale.ROOT, "(B, %d, %d) to (B, %1$d, %d)", length, inputs, outputs);
        }
    }

    private BatchCheck() {}

    /** Returns where a layer by a path gives an element other numbers, or nothing. */
    static List<String> layer(DensePath path, Layer layer) {
        DenseChoice.force(path);
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape matrix = new Shape(layer.outputs(), layer.inputs());
            NDArray weight = ScanProblem.normal(manager, new Random(1), matrix, 0.1f);
            NDArray bias =
                    ScanProblem.normal(manager, new Random(2), new Shape(layer.outputs()), 1);
            return differences(
                    layer + " by " + path,
                    manager,
                    layer.input(1),
                    layer.batches(),
                    x -> DenseProduct.apply(x, weight, bias));
        } finally {
            DenseChoice.force(null);
        }
    }

    /** Returns for which batches an operation gives an element other numbers than alone. */
    static List<String> differences(
            String name,
            NDManager manager,
            Shape element,
            List<Integer> batches,
            Function<NDArray, NDArray> operation) {
        NDList elements = new NDList();
        NDList alone = new NDList();
        for (int i = 0; i < DIFFERENT; i++) {
            NDArray x = ScanProblem.normal(manager, new Random(10 + i), element, 1);
            elements.add(x);
            alone.add(GradientMode.off(() -> operation.apply(x)));
        }
        TreeSet<String> found = new TreeSet<>();
        for (int batch : batches) {
            NDList taken = new NDList();
            for (int i = 0; i < batch; i++) {
                taken.add(elements.get(i % DIFFERENT));
            }
            try (NDArray x = NDArrays.concat(taken, 0);
                    NDArray y = GradientMode.off(() -> operation.apply(x))) {
                for (int i = 0; i < batch; i++) {
                    try (NDArray own = y.get("{}:{}", i, i + 1)) {
                        if (!same(own, alone.get(i % DIFFERENT))) {
                            found.add("%s: element %s of %s".formatted(name, i, batch));
                        }
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    private static boolean same(NDArray a, NDArray b) {
        return a.getShape().equals(b.getShape()) && a.contentEquals(b);
    }
}
