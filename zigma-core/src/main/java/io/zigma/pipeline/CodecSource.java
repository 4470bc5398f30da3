package io.zigma.pipeline;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.checkpoint.CodecFolders;
import io.zigma.codec.CodecReference;
import io.zigma.codec.SampleCodec;
import io.zigma.condition.InvalidRequestException;
import io.zigma.op.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the codec of a model of latents comes from. It is loaded when the first sample is decoded
 * and then stays for the rest of the process, shared by all models that name it.
 *
 * @param place a codec's folder; null for the codec that the checkpoint names, wherever it is found
 *     by its hash
 * @param folders where that one may be: folders of codecs, or folders that hold such folders
 */
public record CodecSource(@Nullable Path place, List<Path> folders) {

    /** The codec that the checkpoint names. */
    public static final CodecSource NAMED = new CodecSource(null, List.of());

    private static final Map<String, SampleCodec> LOADED = new ConcurrentHashMap<>();

    /** Copies the list. */
    public CodecSource {
        folders = List.copyOf(folders);
    }

    /**
     * Names the codec.
     *
     * @param place its folder
     * @return the source
     */
    public static CodecSource at(Path place) {
        return new CodecSource(place, List.of());
    }

    /**
     * Returns the same source that also finds a codec near a checkpoint: in its folder as {@code
     * codec}, beside it, or in a folder {@code codecs}.
     *
     * @param checkpoint the checkpoint's folder
     * @return a changed copy
     */
    public CodecSource beside(Path checkpoint) {
        return new CodecSource(place, CodecFolders.placesOf(checkpoint));
    }

    /**
     * Finds the codec of a model, without loading it.
     *
     * @param config the model's checkpoint
     * @param model its name, for refusals
     * @return the codec's folder, or nothing for a model of pixels
     * @throws InvalidRequestException if no codec is named, it is not here, cannot be read, does
     *     not fit the model's samples, or is not the one that the model names; the message says
     *     what to do
     */
    public Optional<CodecFolder> find(CheckpointConfig config, String model) {
        Optional<CodecReference> wanted = config.codec();
        if (wanted.isPresent() && !wanted.get().isFolder()) {
            if (place != null) {
                throw new InvalidRequestException(
                        "%s makes pictures without a codec; leave out the codec '%s'"
                                .formatted(model, place));
            }
            return Optional.empty();
        }
        CodecFolder codec = place == null ? named(config, model) : given(wanted, model, place);
        try {
            codec.spec().pixelsOf(config.model().sample());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidRequestException(
                    "%s makes latents of %s, which the codec %s does not decode: %s"
                            .formatted(
                                    model, config.model().sample(), codec.path(), e.getMessage()),
                    e);
        }
        return Optional.of(codec);
    }

    private CodecFolder named(CheckpointConfig config, String model) {
        CodecReference wanted =
                config.codec()
                        .orElseThrow(
                                () ->
                                        new InvalidRequestException(
                                                ("%s makes latents of %s, not pictures, and names no codec that decodes them;"
                                                                + " name the codec's folder, or write the latents themselves into a .safetensors file")
                                                        .formatted(
                                                                model, config.model().sample())));
        try {
            return CodecFolders.find(wanted, folders)
                    .orElseThrow(
                            () ->
                                    new InvalidRequestException(
                                            ("%s makes latents of the codec %s of SHA-256 %s, which is not here; put it beside the model or into a folder codecs,"
                                                            + " name its folder (zigma generate and evaluate: --codec DIR), or list it in %s")
                                                    .formatted(
                                                            model,
                                                            wanted.name(),
                                                            shortened(wanted.hash()),
                                                            CodecFolders.VARIABLE)));
        } catch (IOException e) {
            throw new InvalidRequestException("%s: %s".formatted(model, e.getMessage()), e);
        }
    }

    private static CodecFolder given(Optional<CodecReference> wanted, String model, Path place) {
        CodecFolder codec;
        try {
            codec = CodecFolder.open(place);
        } catch (IOException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
        CodecReference found = codec.reference();
        if (wanted.isPresent() && !wanted.get().hash().equals(found.hash())) {
            throw new InvalidRequestException(
                    "%s makes latents of the codec %s of SHA-256 %s, and '%s' holds another, of %s; name the right one"
                            .formatted(
                                    model,
                                    wanted.get().name(),
                                    shortened(wanted.get().hash()),
                                    place,
                                    shortened(found.hash())));
        }
        return codec;
    }

    /**
     * Loads a codec, or returns the one that was loaded before.
     *
     * @param codec what {@link #find} found
     * @param device where to compute
     * @param precision of its convolutions; codecs of different precision are loaded apart
     * @return a codec that is the process's, not to be closed
     * @throws InvalidRequestException if its weights are missing or damaged
     */
    static SampleCodec load(CodecFolder codec, Device device, Precision precision) {
        // under a lock, so that two threads do not load it twice
        synchronized (LOADED) {
            String key = codec.reference().hash() + " on " + device + " in " + precision;
            SampleCodec before = LOADED.get(key);
            if (before != null) {
                return before;
            }
            try {
                SampleCodec loaded = codec.load(device);
                loaded.setPrecision(precision);
                LOADED.put(key, loaded);
                return loaded;
            } catch (IOException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        }
    }

    private static String shortened(String hash) {
        return hash.substring(0, 12) + "…";
    }
}
