package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.checkpoint.CheckpointException;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.SafetensorsFile;
import io.zigma.checkpoint.SafetensorsWriter;
import io.zigma.checkpoint.Software;
import io.zigma.model.Conditioning;
import io.zigma.model.ZigMa;
import io.zigma.model.ZigMaConfig;
import io.zigma.op.ReferencePath;
import io.zigma.sampler.SeededNoise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Inputs of a checkpoint's model and the outputs that they gave when it was made: {@code
 * reference.safetensors}. Whoever gets the checkpoint can compute them again and see that the model
 * is the same on their machine.
 *
 * <p>The file holds {@code in.x} (N, C, H, W), {@code in.t} (N), for a class-conditional model
 * {@code in.labels} (N), and {@code out.y} (N, C, H, W).
 */
public final class ReferenceOutputs {

    private static final String FORMAT = "zigma-reference";
    private static final String FORMAT_KEY = "format";
    private static final String TOLERANCE_KEY = "tolerance";
    private static final String X = "in.x";
    private static final String TIMES = "in.t";
    private static final String LABELS = "in.labels";
    private static final String OUTPUT = "out.y";

    /** Both ends of the path, where a time embedding is most likely to go wrong, and between. */
    private static final float[] RECORDED_TIMES = {0, 0.3f, 0.7f, 1};

    /**
     * Share of an output's largest value by which machines may differ. All is float32, which rounds
     * by 6e-8, and processors sum in different orders: the shipped Fashion-MNIST model moves by
     * 5e-7 between instruction sets from SSE to AVX-512 and between fused kernels and references.
     * Deeper models add more roundings, so there is room for 40 times that; the same share holds
     * between the official program's outputs and ours. A GPU that multiplies in fewer bits exceeds
     * it.
     */
    private static final double TOLERANCE = 2e-5;

    /** A file that tolerates more than this tests nothing. */
    private static final double LARGEST_TOLERANCE = 1e-2;

    private static final int MOST_INPUTS = 64;

    private final CheckpointFolder checkpoint;
    private final float[] x; // (N, C, H, W)
    private final float[] times; // (N)
    private final long[] labels; // (N), or none
    private final float[] outputs; // (N, C, H, W)
    private final double tolerance;

    private ReferenceOutputs(
            CheckpointFolder checkpoint,
            float[] x,
            float[] times,
            long[] labels,
            float[] outputs,
            double tolerance) {
        this.checkpoint = checkpoint;
        this.x = x;
        this.times = times;
        this.labels = labels;
        this.outputs = outputs;
        this.tolerance = tolerance;
    }

    /** Which implementation of the model's operations computes. */
    public enum Operations {
        /** The fused kernels where they serve, as everywhere else. */
        FUSED,
        /** The plain references, step by step in the engine's own operations; slow. */
        PLAIN
    }

    /**
     * Tells whether a checkpoint has recorded outputs.
     *
     * @param checkpoint an opened folder
     * @return true if the file is there, whatever it holds
     */
    public static boolean exist(CheckpointFolder checkpoint) {
        return Files.exists(file(checkpoint));
    }

    /**
     * Computes outputs and writes them into the checkpoint's folder; an older file is replaced.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @return what was written
     * @throws CheckpointException if the weights are missing or damaged, or the model's outputs are
     *     not numbers
     * @throws IOException if reading or writing fails
     */
    public static ReferenceOutputs record(CheckpointFolder checkpoint, Device device)
            throws IOException {
        ZigMaConfig model = checkpoint.config().model();
        float[] x = noise(model, RECORDED_TIMES.length);
        long[] labels = labels(model, RECORDED_TIMES.length);
        float[] outputs = compute(checkpoint, x, RECORDED_TIMES, labels, device, Operations.FUSED);
        requireNumbers(outputs, "%s: the model's output".formatted(checkpoint.path()));

        long[] shape = shape(model, RECORDED_TIMES.length);
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .metadata(FORMAT_KEY, FORMAT)
                        .metadata(TOLERANCE_KEY, Double.toString(TOLERANCE))
                        .metadata("zigma", Software.version())
                        .floats(X, shape, x)
                        .floats(TIMES, new long[] {RECORDED_TIMES.length}, RECORDED_TIMES);
        if (labels.length > 0) {
            writer.longs(LABELS, new long[] {labels.length}, labels);
        }
        writer.floats(OUTPUT, shape, outputs).write(file(checkpoint));
        return new ReferenceOutputs(checkpoint, x, RECORDED_TIMES, labels, outputs, TOLERANCE);
    }

    /**
     * Reads a checkpoint's recorded outputs.
     *
     * @param checkpoint an opened folder
     * @return inputs and outputs
     * @throws CheckpointException if the file is missing, or is not this model's
     * @throws IOException if it is damaged or cannot be read
     */
    public static ReferenceOutputs read(CheckpointFolder checkpoint) throws IOException {
        Path path = file(checkpoint);
        if (!Files.exists(path)) {
            throw new CheckpointException(
                    "%s has no %s; zigma verify -m %s --record makes it from what the model gives here and now"
                            .formatted(
                                    checkpoint.path(),
                                    CheckpointFolder.REFERENCE,
                                    checkpoint.path()));
        }
        ZigMaConfig model = checkpoint.config().model();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            double tolerance = tolerance(file);
            int count = requireTensors(file, model);
            long[] labels = file.names().contains(LABELS) ? file.longs(LABELS) : new long[0];
            requireLabels(path, labels, model);
            return new ReferenceOutputs(
                    checkpoint,
                    numbers(file, X),
                    requireTimes(path, numbers(file, TIMES), count),
                    labels,
                    numbers(file, OUTPUT),
                    tolerance);
        }
    }

    /**
     * Computes the outputs again.
     *
     * @param device where to compute
     * @param operations by which implementation
     * @return one difference for each recorded output, in order
     * @throws IOException if the weights are missing or damaged
     */
    public List<OutputDifference> recompute(Device device, Operations operations)
            throws IOException {
        float[] found = compute(checkpoint, x, times, labels, device, operations);
        int size = x.length / times.length;
        List<OutputDifference> differences = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            double largest = 0;
            double difference = 0;
            for (int j = i * size; j < (i + 1) * size; j++) {
                largest = Math.max(largest, Math.abs(outputs[j]));
                difference = Math.max(difference, Math.abs((double) found[j] - outputs[j]));
            }
            differences.add(
                    new OutputDifference(
                            times[i], label(i), difference, largest, tolerance * largest));
        }
        return differences;
    }

    /** The class of an input as requests number them. */
    private int label(int input) {
        boolean named =
                checkpoint.config().model().conditioning() instanceof Conditioning.ByClass byClass
                        && labels[input] < byClass.classes();
        return named ? (int) labels[input] : GenerationRequest.ANY;
    }

    private static Path file(CheckpointFolder checkpoint) {
        return checkpoint.path().resolve(CheckpointFolder.REFERENCE);
    }

    private static long[] shape(ZigMaConfig model, int count) {
        return new long[] {count, model.channels(), model.imageHeight(), model.imageWidth()};
    }

    private static float[] noise(ZigMaConfig model, int count) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape image = new Shape(model.channels(), model.imageHeight(), model.imageWidth());
            return SeededNoise.start(manager, image, LongStream.range(0, count).toArray())
                    .toFloatArray();
        }
    }

    /** Rows of the label table from the first to the last, the null class where there is one. */
    private static long[] labels(ZigMaConfig model, int count) {
        return model.conditioning() instanceof Conditioning.ByClass byClass
                ? IntStream.range(0, count)
                        .mapToLong(i -> (long) i * (byClass.rows() - 1) / (count - 1))
                        .toArray()
                : new long[0];
    }

    /** One image after another, so that a large model needs no more memory than for one. */
    private static float[] compute(
            CheckpointFolder checkpoint,
            float[] x,
            float[] times,
            long[] labels,
            Device device,
            Operations operations)
            throws IOException {
        int size = x.length / times.length;
        float[] outputs = new float[x.length];
        try (NDManager manager = NDManager.newBaseManager(device)) {
            ZigMa model = checkpoint.loadModel(manager);
            model.freezeParameters(true); // nothing to record, whichever operations compute
            ParameterStore parameters = new ParameterStore(manager, false);
            Shape image = new Shape(shape(checkpoint.config().model(), 1));
            for (int i = 0; i < times.length; i++) {
                int input = i;
                float[] values = Arrays.copyOfRange(x, i * size, (i + 1) * size);
                Supplier<float[]> forward =
                        () -> {
                            try (NDManager scope = manager.newSubManager()) {
                                NDArray label =
                                        labels.length == 0
                                                ? null
                                                : scope.create(new long[] {labels[input]});
                                return model.predict(
                                                parameters,
                                                scope.create(values, image),
                                                scope.create(new float[] {times[input]}),
                                                label,
                                                false)
                                        .toFloatArray(); // (1, C, H, W)
                            }
                        };
                float[] output =
                        operations == Operations.PLAIN ? ReferencePath.run(forward) : forward.get();
                System.arraycopy(output, 0, outputs, i * size, size);
            }
        }
        return outputs;
    }

    private static double tolerance(SafetensorsFile file) throws CheckpointException {
        if (!FORMAT.equals(file.metadata().get(FORMAT_KEY))) {
            throw new CheckpointException(
                    "%s holds no reference outputs: its format is not \"%s\""
                            .formatted(file.path(), FORMAT));
        }
        String text = file.metadata().getOrDefault(TOLERANCE_KEY, "");
        double tolerance;
        try {
            tolerance = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            tolerance = Double.NaN;
        }
        if (!(tolerance > 0 && tolerance <= LARGEST_TOLERANCE)) {
            throw new CheckpointException(
                    "%s: its tolerance must be above 0 and at most %s, not '%s'"
                            .formatted(file.path(), LARGEST_TOLERANCE, shortened(text)));
        }
        return tolerance;
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }

    /** Checks names and shapes, and returns the number of inputs. */
    private static int requireTensors(SafetensorsFile file, ZigMaConfig model) throws IOException {
        Set<String> expected = new TreeSet<>(Set.of(X, TIMES, OUTPUT));
        if (model.conditioning() instanceof Conditioning.ByClass) {
            expected.add(LABELS);
        }
        if (!file.names().equals(expected)) {
            throw new CheckpointException(
                    "%s does not fit %s: it holds %d tensors, this model needs %s"
                            .formatted(
                                    file.path(),
                                    CheckpointFolder.CONFIG,
                                    file.names().size(),
                                    expected));
        }
        long[] times = file.shape(TIMES);
        if (times.length != 1 || times[0] < 1 || times[0] > MOST_INPUTS) {
            throw new CheckpointException(
                    "%s: tensor %s has shape %s, it must be 1 to %d times"
                            .formatted(file.path(), TIMES, Arrays.toString(times), MOST_INPUTS));
        }
        int count = (int) times[0];
        requireShape(file, X, shape(model, count));
        requireShape(file, OUTPUT, shape(model, count));
        if (expected.contains(LABELS)) {
            requireShape(file, LABELS, new long[] {count});
        }
        return count;
    }

    private static void requireShape(SafetensorsFile file, String name, long[] shape)
            throws IOException {
        if (!Arrays.equals(file.shape(name), shape)) {
            throw new CheckpointException(
                    "%s: tensor %s has shape %s, this model needs %s"
                            .formatted(
                                    file.path(),
                                    name,
                                    Arrays.toString(file.shape(name)),
                                    Arrays.toString(shape)));
        }
    }

    private static float[] numbers(SafetensorsFile file, String name) throws IOException {
        float[] values = file.floats(name);
        requireNumbers(values, "%s: tensor %s".formatted(file.path(), name));
        return values;
    }

    private static void requireNumbers(float[] values, String where) throws CheckpointException {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(
                        "%s holds %s at place %d; reference outputs are finite numbers"
                                .formatted(where, values[i], i));
            }
        }
    }

    private static float[] requireTimes(Path path, float[] times, int count)
            throws CheckpointException {
        for (int i = 0; i < count; i++) {
            if (times[i] < 0 || times[i] > 1) {
                throw new CheckpointException(
                        "%s: tensor %s holds the time %s, times are from 0 to 1"
                                .formatted(path, TIMES, times[i]));
            }
        }
        return times;
    }

    private static void requireLabels(Path path, long[] labels, ZigMaConfig model)
            throws CheckpointException {
        for (long label : labels) {
            if (model.conditioning() instanceof Conditioning.ByClass byClass
                    && (label < 0 || label >= byClass.rows())) {
                throw new CheckpointException(
                        "%s: tensor %s holds %d, the model's label table ends at %d"
                                .formatted(path, LABELS, label, byClass.rows() - 1));
            }
        }
    }
}
