package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.engine.EngineStart;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import io.zigma.io.Software;
import io.zigma.nn.Pass;
import io.zigma.op.ReferencePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Inputs of a checkpoint's model and the outputs that they gave when it was made: {@code
 * reference.safetensors}. After a download they can be computed again to check that the model is
 * the same on another machine.
 *
 * <p>The file holds {@code in.x} (N, C, H, W), of videos (N, F, C, H, W), {@code in.t} (N), for a
 * class-conditional model {@code in.labels} (N), for a text-conditional one {@code in.text} (N, n,
 * size of a token), and {@code out.y} of the shape of {@code in.x}.
 */
public final class ReferenceOutputs {

    private static final String FORMAT = "zigma-reference";
    private static final String FORMAT_KEY = "format";
    private static final String TOLERANCE_KEY = "tolerance";
    private static final String OUTPUT = "out.y";

    /**
     * Fraction of an output's largest value by which machines may differ. All is float32, which
     * rounds by 6e-8, and processors sum in different orders: the shipped Fashion-MNIST model moves
     * by 5e-7 between instruction sets from SSE to AVX-512 and between fused kernels and
     * references. Deeper models add more roundings, so there is room for 40 times that; the same
     * fraction holds between the official program's outputs and ours.
     */
    private static final double TOLERANCE = 2e-5;

    /**
     * So much more may a GPU differ: its kernels take exponentials to about two units in the last
     * place, and sums in other orders. Products in TF32 or bfloat16 exceed it.
     */
    private static final double ON_A_GPU = 10;

    /** A file that tolerates more than this tests nothing. */
    private static final double LARGEST_TOLERANCE = 1e-2;

    private final CheckpointFolder checkpoint;
    private final ReferenceInputs inputs;
    private final float[] outputs; // of the shape of the inputs
    private final double tolerance;

    private ReferenceOutputs(
            CheckpointFolder checkpoint,
            ReferenceInputs inputs,
            float[] outputs,
            double tolerance) {
        this.checkpoint = checkpoint;
        this.inputs = inputs;
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
     * Returns whether a checkpoint has recorded outputs.
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
        ReferenceInputs inputs = ReferenceInputs.of(checkpoint.config().model());
        float[] outputs = compute(checkpoint, inputs, device, Operations.FUSED);
        ReferenceInputs.requireNumbers(
                outputs, "%s: the model's output".formatted(checkpoint.path()));

        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .metadata(FORMAT_KEY, FORMAT)
                        .metadata(TOLERANCE_KEY, Double.toString(TOLERANCE))
                        .metadata("zigma", Software.version());
        inputs.writeTo(writer);
        writer.floats(OUTPUT, ReferenceInputs.shape(inputs.model(), inputs.count()), outputs)
                .write(file(checkpoint));
        return new ReferenceOutputs(checkpoint, inputs, outputs, TOLERANCE);
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
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            double tolerance = tolerance(file);
            ReferenceInputs inputs =
                    ReferenceInputs.read(file, OUTPUT, checkpoint.config().model());
            return new ReferenceOutputs(
                    checkpoint, inputs, ReferenceInputs.numbers(file, OUTPUT), tolerance);
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
        float[] found = compute(checkpoint, inputs, device, operations);
        int size = inputs.size();
        List<OutputDifference> differences = new ArrayList<>();
        for (int i = 0; i < inputs.count(); i++) {
            double largest = 0;
            double difference = 0;
            for (int j = i * size; j < (i + 1) * size; j++) {
                largest = Math.max(largest, Math.abs(outputs[j]));
                difference = Math.max(difference, Math.abs((double) found[j] - outputs[j]));
            }
            differences.add(
                    new OutputDifference(
                            inputs.times()[i],
                            inputs.label(i),
                            difference,
                            largest,
                            tolerance(device, tolerance) * largest));
        }
        return differences;
    }

    /** Returns what fraction of an output's largest value is tolerated on a device. */
    static double tolerance(Device device, double recorded) {
        return device.isGpu() ? ON_A_GPU * recorded : recorded;
    }

    private static Path file(CheckpointFolder checkpoint) {
        return checkpoint.path().resolve(CheckpointFolder.REFERENCE);
    }

    /** One input after another, so that a large model needs no more memory than for one. */
    private static float[] compute(
            CheckpointFolder checkpoint,
            ReferenceInputs inputs,
            Device device,
            Operations operations)
            throws IOException {
        int size = inputs.size();
        float[] outputs = new float[inputs.count() * size];
        try (NDManager manager = EngineStart.newManager(device)) {
            Backbone model = checkpoint.loadModel(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            for (int i = 0; i < inputs.count(); i++) {
                int input = i;
                Supplier<float[]> forward =
                        () -> {
                            try (NDManager scope = manager.newSubManager()) {
                                return model.forward(
                                                pass,
                                                inputs.x(input, scope),
                                                inputs.time(input, scope),
                                                inputs.condition(input, scope))
                                        .toFloatArray();
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
}
