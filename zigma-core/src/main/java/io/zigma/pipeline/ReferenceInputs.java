package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.Condition;
import io.zigma.engine.EngineStart;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import io.zigma.sampler.SeededNoise;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What a model is given for its recorded outputs: noise, times, and classes or texts.
 *
 * @param model the model's shape
 * @param x (N, C, H, W) or (N, F, C, H, W)
 * @param times (N), from 0 to 1
 * @param labels rows of the label table (N), none for a model without classes
 * @param text tokens (N, n, size of a token), 0 behind a text's end; none for a model without texts
 */
record ReferenceInputs(BackboneSpec model, float[] x, float[] times, long[] labels, float[] text) {

    static final String X = "in.x";
    static final String TIMES = "in.t";
    static final String LABELS = "in.labels";
    static final String TEXT = "in.text";

    /** Both ends of the path, where a time embedding is most likely to go wrong, and between. */
    private static final float[] USUAL_TIMES = {0, 0.3f, 0.7f, 1};

    /** A model takes texts of any length; a short one makes the file small. */
    private static final int USUAL_TOKENS = 8;

    private static final int MOST_INPUTS = 64;

    /** Makes inputs for a model: any will do, normal noise is of the size that it knows. */
    static ReferenceInputs of(BackboneSpec model) {
        int count = USUAL_TIMES.length;
        long[] labels =
                model.conditioning().labelRows() > 0
                        ? IntStream.range(0, count) // the first row to the last, the null class
                                .mapToLong(
                                        i ->
                                                (long) i
                                                        * (model.conditioning().labelRows() - 1)
                                                        / (count - 1))
                                .toArray()
                        : new long[0];
        float[] text =
                model.conditioning().contextSize() > 0
                        ? noise(
                                new Shape(textTokens(model), model.conditioning().contextSize()),
                                count,
                                count)
                        : new float[0];
        if (model.conditioning().contextTokens() > 0) {
            shorten(text, count, textTokens(model));
        }
        return new ReferenceInputs(
                model, noise(model.sample().shape(), 0, count), USUAL_TIMES, labels, text);
    }

    /** Pads every text but the first, each two tokens more: a text ends where all is 0. */
    private static void shorten(float[] text, int count, int tokens) {
        int each = text.length / count;
        for (int i = 1; i < count; i++) {
            int length = Math.max(1, tokens - 2 * i) * each / tokens;
            Arrays.fill(text, i * each + length, (i + 1) * each, 0);
        }
    }

    /** Normal noise of seeds from a first one on. */
    private static float[] noise(Shape shape, long first, int count) {
        try (NDManager manager = EngineStart.newManager()) {
            return SeededNoise.start(
                            manager, shape, LongStream.range(first, first + count).toArray())
                    .toFloatArray();
        }
    }

    /** Reads inputs and checks that they, and nothing but an output, are in the file. */
    static ReferenceInputs read(SafetensorsFile file, String output, BackboneSpec model)
            throws IOException {
        int count = count(file);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(X, shape(model, count));
        shapes.put(TIMES, new long[] {count});
        shapes.put(output, shape(model, count));
        if (model.conditioning().labelRows() > 0) {
            shapes.put(LABELS, new long[] {count});
        } else if (model.conditioning().contextSize() > 0) {
            // as many tokens as whoever wrote it took
            long tokens = file.names().contains(TEXT) ? middle(file.shape(TEXT)) : USUAL_TOKENS;
            shapes.put(TEXT, new long[] {count, tokens, model.conditioning().contextSize()});
        }
        requireTensors(file, shapes);
        ReferenceInputs inputs =
                new ReferenceInputs(
                        model,
                        numbers(file, X),
                        numbers(file, TIMES),
                        shapes.containsKey(LABELS) ? file.longs(LABELS) : new long[0],
                        shapes.containsKey(TEXT) ? numbers(file, TEXT) : new float[0]);
        inputs.requireTimes(file);
        inputs.requireLabels(file);
        return inputs;
    }

    void writeTo(SafetensorsWriter writer) {
        int count = count();
        writer.floats(X, shape(model, count), x);
        writer.floats(TIMES, new long[] {count}, times);
        if (labels.length > 0) {
            writer.longs(LABELS, new long[] {count}, labels);
        }
        if (model.conditioning().contextSize() > 0) {
            writer.floats(
                    TEXT, new long[] {count, tokens(), model.conditioning().contextSize()}, text);
        }
    }

    int count() {
        return times.length;
    }

    /** Returns how many values one input of the model has, as many as its output. */
    int size() {
        return x.length / times.length;
    }

    /** Returns input i (1, C, H, W) or (1, F, C, H, W). */
    NDArray x(int i, NDManager manager) {
        float[] values = Arrays.copyOfRange(x, i * size(), (i + 1) * size());
        return manager.create(values, new Shape(shape(model, 1)));
    }

    /** Returns the time of input i (1). */
    NDArray time(int i, NDManager manager) {
        return manager.create(new float[] {times[i]});
    }

    /** Returns the condition of input i. */
    Condition condition(int i, NDManager manager) {
        if (labels.length > 0) {
            return Condition.ofLabels(manager.create(new long[] {labels[i]})); // (1)
        }
        if (text.length > 0) {
            int each = text.length / times.length;
            float[] values = Arrays.copyOfRange(text, i * each, (i + 1) * each);
            NDArray context =
                    manager.create(values, new Shape(1, tokens(), each / tokens())); // (1, n, d)
            float[] mask = mask(values);
            return mask[tokens() - 1] == 1
                    ? Condition.ofContext(context)
                    : new Condition(null, context, manager.create(mask, new Shape(1, mask.length)));
        }
        return Condition.NONE;
    }

    /** Returns 1 for each token of a text and 0 behind its end. */
    private float[] mask(float[] values) {
        float[] mask = new float[tokens()];
        int size = values.length / tokens();
        for (int j = 0; j < values.length; j++) {
            if (values[j] != 0) {
                Arrays.fill(mask, 0, j / size + 1, 1);
            }
        }
        return mask;
    }

    /** Returns the class of input i as requests number them. */
    int label(int i) {
        boolean named = labels.length > 0 && labels[i] < model.conditioning().classes();
        return named ? (int) labels[i] : GenerationRequest.ANY;
    }

    static long[] shape(BackboneSpec model, int count) {
        return new Shape(count).addAll(model.sample().shape()).getShape();
    }

    static float[] numbers(SafetensorsFile file, String name) throws IOException {
        float[] values = file.floats(name);
        requireNumbers(values, "%s: tensor %s".formatted(file.path(), name));
        return values;
    }

    static void requireNumbers(float[] values, String where) throws CheckpointException {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(
                        "%s holds %s at place %s; reference outputs are finite numbers"
                                .formatted(where, values[i], i));
            }
        }
    }

    private static int count(SafetensorsFile file) throws IOException {
        long[] times = file.shape(TIMES);
        if (times.length != 1 || times[0] < 1 || times[0] > MOST_INPUTS) {
            throw new CheckpointException(
                    "%s: tensor %s has shape %s, it must be 1 to %s times"
                            .formatted(file.path(), TIMES, Arrays.toString(times), MOST_INPUTS));
        }
        return (int) times[0];
    }

    private static void requireTensors(SafetensorsFile file, Map<String, long[]> shapes)
            throws IOException {
        Set<String> expected = new TreeSet<>(shapes.keySet());
        if (!file.names().equals(expected)) {
            throw new CheckpointException(
                    "%s does not fit %s: it holds %s tensors, this model needs %s"
                            .formatted(
                                    file.path(),
                                    CheckpointFolder.CONFIG,
                                    file.names().size(),
                                    expected));
        }
        for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
            if (!Arrays.equals(file.shape(entry.getKey()), entry.getValue())) {
                throw new CheckpointException(
                        "%s: tensor %s has shape %s, this model needs %s"
                                .formatted(
                                        file.path(),
                                        entry.getKey(),
                                        Arrays.toString(file.shape(entry.getKey())),
                                        Arrays.toString(entry.getValue())));
            }
        }
    }

    private void requireTimes(SafetensorsFile file) throws CheckpointException {
        for (float time : times) {
            if (time < 0 || time > 1) {
                throw new CheckpointException(
                        "%s: tensor %s holds the time %s, times are from 0 to 1"
                                .formatted(file.path(), TIMES, time));
            }
        }
    }

    private void requireLabels(SafetensorsFile file) throws CheckpointException {
        for (long label : labels) {
            if (label < 0 || label >= model.conditioning().labelRows()) {
                throw new CheckpointException(
                        "%s: tensor %s holds %s, the model's label table ends at %s"
                                .formatted(
                                        file.path(),
                                        LABELS,
                                        label,
                                        model.conditioning().labelRows() - 1));
            }
        }
    }

    private static long middle(long[] shape) {
        return shape.length == 3 ? shape[1] : USUAL_TOKENS;
    }

    /** Returns the length of the texts, n. */
    private int tokens() {
        return text.length / (count() * model.conditioning().contextSize());
    }

    /** A model may have positions for shorter texts only. */
    private static int textTokens(BackboneSpec model) {
        return Math.min(USUAL_TOKENS, model.conditioning().countedTokens());
    }
}
