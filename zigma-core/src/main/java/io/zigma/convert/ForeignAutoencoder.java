package io.zigma.convert;

import com.google.gson.JsonObject;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.checkpoint.TensorDifference;
import io.zigma.checkpoint.WeightsFile;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.AutoencoderTensors;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import io.zigma.io.ShapedTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * An autoencoder in a file of another program, recognised by the names of its tensors, and what
 * diffusers' {@code config.json} beside it says that the tensors do not.
 */
public final class ForeignAutoencoder {

    /** Of a latent diffusion model that takes the scale from its first batch (CompVis). */
    private static final String SCALE_TENSOR = "scale_factor";

    private static final String CONFIG = "config.json";
    private static final String CLASS = "AutoencoderKL";

    private final Path file;
    private final AutoencoderTensors tensors;
    private final Map<String, ReadableTensor> state;
    private final Optional<Fields> described;

    private ForeignAutoencoder(
            Path file,
            AutoencoderTensors tensors,
            Map<String, ReadableTensor> state,
            Optional<Fields> described) {
        this.file = file;
        this.tensors = tensors;
        this.state = state;
        this.described = described;
    }

    /**
     * Finds an autoencoder.
     *
     * @param checkpoint an open file
     * @param file its path
     * @return the autoencoder, or nothing if the file holds none
     * @throws IOException if what describes it is damaged, or says that it cannot be used
     */
    public static Optional<ForeignAutoencoder> in(ForeignCheckpoint checkpoint, Path file)
            throws IOException {
        for (Map<String, ReadableTensor> state : checkpoint.states()) {
            Optional<AutoencoderTensors> tensors = AutoencoderTensors.in(state);
            if (tensors.isPresent()) {
                return Optional.of(
                        new ForeignAutoencoder(file, tensors.get(), state, described(file)));
            }
        }
        return Optional.empty();
    }

    /** Diffusers' description of this file, if there is one. */
    private static Optional<Fields> described(Path file) throws IOException {
        Path config = Files.isDirectory(file) ? file.resolve(CONFIG) : file.resolveSibling(CONFIG);
        if (!Files.isRegularFile(config)) {
            return Optional.empty();
        }
        Fields json;
        try {
            json = Fields.read(config);
        } catch (CheckpointException e) {
            return Optional.empty(); // some other program's
        }
        if (!json.json().has("_class_name") || !json.text("_class_name").equals(CLASS)) {
            return Optional.empty();
        }
        if (json.has("act_fn") && !json.text("act_fn").equals("silu")) {
            throw new CheckpointException(
                    "%s: act_fn is '%s', and only autoencoders with silu can be used"
                            .formatted(config, json.text("act_fn")));
        }
        for (String each : List.of("latents_mean", "latents_std")) {
            if (json.has(each)) {
                throw new CheckpointException(
                        "%s: %s scales each channel of a latent by itself, which this program does not do"
                                .formatted(config, each));
            }
        }
        return Optional.of(json);
    }

    /**
     * Returns where in the file the autoencoder is.
     *
     * @return such as {@code first_stage_model.*}; empty where it is alone
     */
    public String place() {
        return tensors.prefix().isEmpty() ? "" : tensors.prefix() + "*";
    }

    /**
     * Returns how many channels a latent has.
     *
     * @return 4 in Stable Diffusion 1
     * @throws CheckpointException if the tensors are damaged
     */
    public int latentChannels() throws CheckpointException {
        try {
            return tensors.latentChannels();
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Returns what samples are multiplied by.
     *
     * @return the scale, or nothing if neither the file nor a description beside it says
     * @throws IOException if it is damaged
     */
    public OptionalDouble scale() throws IOException {
        if (described.isPresent() && described.get().has("scaling_factor")) {
            return OptionalDouble.of(described.get().number("scaling_factor"));
        }
        ReadableTensor tensor = state.get(SCALE_TENSOR);
        if (tensor != null && tensor.shape().stream().allMatch(side -> side == 1)) {
            return OptionalDouble.of(tensor.floats()[0]);
        }
        return OptionalDouble.empty();
    }

    /**
     * Returns what is subtracted from a latent before it is scaled.
     *
     * @return the shift, or nothing if no description beside the file says
     * @throws IOException if it is damaged
     */
    public OptionalDouble shift() throws IOException {
        return described.isPresent() && described.get().has("shift_factor")
                ? OptionalDouble.of(described.get().number("shift_factor"))
                : OptionalDouble.empty();
    }

    /**
     * Returns the number of groups of the norms.
     *
     * @return groups, or nothing if no description beside the file says
     * @throws IOException if it is damaged
     */
    public OptionalInt groups() throws IOException {
        return described.isPresent() && described.get().has("norm_num_groups")
                ? OptionalInt.of(described.get().integer("norm_num_groups"))
                : OptionalInt.empty();
    }

    /**
     * Infers the autoencoder's shape and checks that all of its tensors are there and no others.
     *
     * @param groups groups of the norms
     * @param scale what samples are multiplied by
     * @param shift what is subtracted before
     * @return the shape
     * @throws CheckpointException if tensors are missing, surplus or of other shapes, or the values
     *     cannot be meant
     */
    public AutoencoderConfig config(int groups, double scale, double shift)
            throws CheckpointException {
        AutoencoderConfig config;
        try {
            config = tensors.config(groups, scale, shift);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
        Map<String, ShapedTensor> found = new LinkedHashMap<>();
        tensors.shapes()
                .forEach(
                        (name, sides) -> {
                            List<Long> shape = Arrays.stream(sides).boxed().toList();
                            found.put(name, () -> shape);
                        });
        List<TensorDifference> differences =
                TensorDifference.between(config.network().namedParameters(), found);
        if (!differences.isEmpty()) {
            throw new CheckpointException(
                    "%s does not fit an autoencoder of the shape of its first tensors, %s"
                            .formatted(file, TensorDifference.inWords(differences)));
        }
        return config;
    }

    /**
     * Writes the codec, whole or not at all. The engine is not needed.
     *
     * @param config its shape
     * @param folder where to; it must not exist, or be empty
     * @param source where it comes from: facts for readers
     * @return the new codec
     * @throws IOException if an element is not finite, the folder is taken, or reading or writing
     *     fails; nothing is left behind then
     */
    public CodecFolder convert(AutoencoderConfig config, Path folder, JsonObject source)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        config.network()
                .namedParameters()
                .forEach(
                        (name, parameter) ->
                                writer.floats(
                                        name,
                                        SafetensorsType.F32,
                                        parameter.getShape().getShape(),
                                        () -> values(name)));
        try {
            NewFolder.of(folder).fill(staged -> CodecFolder.write(staged, config, writer, source));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return CodecFolder.open(folder);
    }

    private float[] values(String name) {
        try {
            String official = tensors.names().get(name);
            float[] values = state.get(official).floats();
            WeightsFile.requireFinite(file, official, values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
