package io.zigma.pipeline;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.InvalidRequestException;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextEncoders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a model's text encoder comes from. It is loaded when the first text is encoded and then
 * stays for the rest of the process, shared by all models that were trained with it.
 *
 * @param place a name that {@link TextEncoders} knows or a folder of the user's; null for the
 *     encoder that the checkpoint names, wherever it is found by its hash
 * @param folders where that one may be too: folders of encoders, or folders that hold such folders
 */
public record TextEncoderSource(@Nullable String place, List<Path> folders) {

    /** The encoder that the checkpoint names. */
    public static final TextEncoderSource NAMED = new TextEncoderSource(null, List.of());

    private static final Map<String, TextEncoder> LOADED = new ConcurrentHashMap<>();

    /** Copies the list. */
    public TextEncoderSource {
        folders = List.copyOf(folders);
    }

    /**
     * Names the encoder.
     *
     * @param place a name such as {@code minilm-l6}, or a folder
     * @return the source
     */
    public static TextEncoderSource at(String place) {
        return new TextEncoderSource(place, List.of());
    }

    /**
     * Returns the same source that also finds an encoder in a folder beside the checkpoint's:
     * models and their encoders lie in one place.
     *
     * @param checkpoint the checkpoint's folder
     * @return a changed copy
     */
    public TextEncoderSource beside(Path checkpoint) {
        Path parent = checkpoint.toAbsolutePath().normalize().getParent();
        return parent == null ? this : new TextEncoderSource(place, List.of(parent));
    }

    /**
     * Returns whether a model's texts can be encoded at all.
     *
     * @param config the model's checkpoint
     * @return false if neither the checkpoint nor anybody else names an encoder
     */
    boolean isKnown(CheckpointConfig config) {
        return place != null || config.textEncoder().isPresent();
    }

    /**
     * Loads the encoder, or returns the one that was loaded before.
     *
     * @param config the model's checkpoint
     * @param model its name, for refusals
     * @param device where to compute
     * @return an encoder that is the process's, not to be closed
     * @throws InvalidRequestException if it is not here, cannot be read, or is not the one that the
     *     model was trained with; the message says what to do
     */
    TextEncoder open(CheckpointConfig config, String model, Device device) {
        Optional<TextEncoderReference> wanted = config.textEncoder();
        TextEncoder encoder = loaded(wanted, model, device);
        if (wanted.isPresent() && !wanted.get().hash().equals(encoder.reference().hash())) {
            throw new InvalidRequestException(
                    ("%s was trained with the text encoder %s of SHA-256 %s, and '%s' holds %s of %s;"
                                    + " name the right one")
                            .formatted(
                                    model,
                                    wanted.get().name(),
                                    shortened(wanted.get().hash()),
                                    place,
                                    encoder.reference().name(),
                                    shortened(encoder.reference().hash())));
        }
        int size = config.model().conditioning().contextSize();
        if (encoder.size() != size) {
            throw new InvalidRequestException(
                    "%s takes tokens of %s numbers, the text encoder %s makes them of %s; use the one that it was trained with"
                            .formatted(model, size, encoder.reference().name(), encoder.size()));
        }
        return encoder;
    }

    private TextEncoder loaded(Optional<TextEncoderReference> wanted, String model, Device device) {
        if (place == null && wanted.isEmpty()) {
            throw new InvalidRequestException(
                    "%s does not contain the name of its text encoder; name it".formatted(model));
        }
        // under a lock, so that two threads do not load it twice
        synchronized (LOADED) {
            String key = (place == null ? wanted.get().hash() : place) + " on " + device;
            TextEncoder before = LOADED.get(key);
            if (before != null) {
                return before;
            }
            try {
                TextEncoder encoder =
                        place == null
                                ? TextEncoders.find(wanted.get(), device, folders)
                                : TextEncoders.open(place, device);
                LOADED.put(key, encoder);
                return encoder;
            } catch (IOException | IllegalArgumentException e) {
                throw new InvalidRequestException(
                        "%s: %s%s"
                                .formatted(
                                        model,
                                        e.getMessage(),
                                        place == null ? " (zigma: --text-encoder DIR)" : ""),
                        e);
            }
        }
    }

    private static String shortened(String hash) {
        return hash.substring(0, 12) + "…";
    }
}
