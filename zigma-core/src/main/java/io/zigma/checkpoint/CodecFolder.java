package io.zigma.checkpoint;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.codec.CodecKind;
import io.zigma.codec.CodecNetwork;
import io.zigma.codec.CodecReference;
import io.zigma.codec.CodecSpec;
import io.zigma.codec.Codecs;
import io.zigma.codec.LatentPreview;
import io.zigma.codec.SampleCodec;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.Fields;
import io.zigma.io.JsonText;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder that holds a codec: {@code config.json} and {@code weights.safetensors}. Models name it
 * by its hash, so that it may lie anywhere and have any name.
 */
public final class CodecFolder {

    /** Name of the file that describes the codec. */
    public static final String CONFIG = NetworkFormat.CONFIG;

    /** Name of the file that holds its weights. */
    public static final String WEIGHTS = "weights.safetensors";

    /** Name of the file with the projection for previews, which a codec need not have. */
    public static final String PREVIEW = "preview.json";

    private static final NetworkFormat FOLDER =
            new NetworkFormat("zigma-codec", 1, "codec", "zigma import", WEIGHTS);
    private static final String KIND = "kind";
    private static final String SHAPE = "codec";
    private static final String SOURCE = "source";

    private final Path folder;
    private final CodecSpec spec;
    private final String weightsHash;
    private final JsonObject source;

    private CodecFolder(Path folder, CodecSpec spec, String weightsHash, JsonObject source) {
        this.folder = folder;
        this.spec = spec;
        this.weightsHash = weightsHash;
        this.source = source;
    }

    /**
     * Returns whether a folder holds a codec's description, valid or not.
     *
     * @param folder a folder
     * @return true if its {@code config.json} is of this format
     */
    public static boolean isIn(Path folder) {
        try {
            return FOLDER.isIn(folder);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads the description of a codec.
     *
     * @param folder the codec's folder
     * @return the codec, its weights not yet read
     * @throws CheckpointException if the folder is missing or holds no valid description
     * @throws IOException if reading fails
     */
    public static CodecFolder open(Path folder) throws IOException {
        Fields json = FOLDER.read(folder, KIND, SHAPE, SOURCE);
        CodecKind kind = json.parsed(KIND, Codecs.REGISTRY::get);
        try {
            return new CodecFolder(
                    folder,
                    kind.read(json.object(SHAPE)),
                    NetworkFormat.weightsHash(json),
                    json.object(SOURCE).json());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "%s: %s".formatted(folder.resolve(CONFIG), e.getMessage()), e);
        }
    }

    /**
     * Writes a codec, the weights first and the description last.
     *
     * @param folder an existing folder
     * @param spec the codec's shape
     * @param weights all tensors of its network
     * @param source where it comes from: facts for readers
     * @return the new codec
     * @throws IOException if writing fails
     */
    public static CodecFolder write(
            Path folder, CodecSpec spec, SafetensorsWriter weights, JsonObject source)
            throws IOException {
        String hash = FOLDER.writeWeights(folder, weights);
        JsonObject json = new JsonObject();
        json.addProperty(KIND, spec.kind());
        json.add(SHAPE, spec.json());
        json.add(SOURCE, source);
        NetworkFormat.writeDescription(folder, FOLDER.description(json, hash));
        return new CodecFolder(folder, spec, hash, source);
    }

    /**
     * Returns where the codec is.
     *
     * @return the folder as it was given
     */
    public Path path() {
        return folder;
    }

    /**
     * Returns the codec's shape.
     *
     * @return what its description says
     */
    public CodecSpec spec() {
        return spec;
    }

    /**
     * Returns the hash of the weights file.
     *
     * @return SHA-256 in 64 hexadecimal digits
     */
    public String weightsHash() {
        return weightsHash;
    }

    /**
     * Returns where the codec comes from.
     *
     * @return facts for readers
     */
    public JsonObject source() {
        return source;
    }

    /**
     * Returns what models name the codec by: its folder's name, and the hash of its weights and
     * shape. The scale is part of the shape: with another the same weights give other latents.
     *
     * @return the reference
     */
    public CodecReference reference() {
        return new CodecReference(
                spec.kind(),
                String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
                new ContentHash()
                        .add(spec.kind())
                        .add(spec.json().toString())
                        .add(weightsHash)
                        .hex());
    }

    /**
     * Returns what the codec's latents look like without decoding them.
     *
     * @return the projection that was fitted when the codec was made; nothing if none was
     * @throws IOException if it cannot be read, is damaged, or is one of other latents
     */
    public Optional<LatentPreview> preview() throws IOException {
        Path file = folder.resolve(PREVIEW);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        LatentPreview preview = LatentPreview.read(Fields.read(file));
        try {
            SampleShape pixels = spec.pixelsOf(SampleShape.image(preview.latentChannels(), 1, 1));
            if (pixels.channels() == preview.pixelChannels()) {
                return Optional.of(preview);
            }
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
        throw new CheckpointException("%s: is of pictures of other channels".formatted(file));
    }

    /**
     * Stores what the codec's latents look like, beside what it has; its hash stays.
     *
     * @param preview the projection
     * @throws IOException if it cannot be written
     */
    public void writePreview(LatentPreview preview) throws IOException {
        AtomicFile.writeText(folder.resolve(PREVIEW), JsonText.of(preview.json()));
    }

    /**
     * Loads the codec.
     *
     * @param device where to compute
     * @return a codec that the caller closes
     * @throws IOException if the weights are missing, damaged, or do not fit the description
     */
    public SampleCodec load(Device device) throws IOException {
        CodecNetwork network = spec.network();
        return FOLDER.load(
                folder,
                weightsHash,
                network.namedParameters(),
                NDManager.newBaseManager(device),
                manager -> {
                    network.initialize(manager);
                    return network.codec(manager);
                });
    }

    /**
     * Counts the codec's parameters.
     *
     * @return numbers in all tensors
     */
    public long parameters() {
        return spec.network().namedParameters().values().stream()
                .mapToLong(parameter -> parameter.getShape().size())
                .sum();
    }
}
