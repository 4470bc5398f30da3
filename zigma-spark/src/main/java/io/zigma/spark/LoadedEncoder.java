package io.zigma.spark;

import ai.djl.Device;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.codec.SampleCodec;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextEncoders;
import io.zigma.train.encode.EncodingSettings;
import io.zigma.train.encode.SampleEncoder;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The codec and the text encoder of an executor, each once on a device, for all its tasks at the
 * same time.
 */
final class LoadedEncoder implements AutoCloseable {

    private static final Map<Place, LoadedEncoder> LOADED = new HashMap<>();

    private final SampleCodec codec;
    private final @Nullable TextEncoder texts;
    private final SampleEncoder encoder;

    private LoadedEncoder(SampleCodec codec, @Nullable TextEncoder texts, SampleEncoder encoder) {
        this.codec = codec;
        this.texts = texts;
        this.encoder = encoder;
    }

    private record Place(Shared shared, Device device) {}

    /**
     * A folder that every executor gets.
     *
     * @param archive the name of its archive
     * @param name of the folder in there
     */
    record Folder(String archive, String name) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    /**
     * What every executor encodes with.
     *
     * @param codec the codec's folder
     * @param textName of the text encoder, empty for none
     * @param textHash of the text encoder
     * @param textFolder its folder, where it comes in no artifact
     * @param settings how
     * @param threads of the engine, which counts when the executor's engine starts
     */
    record Shared(
            Folder codec,
            String textName,
            String textHash,
            @Nullable Folder textFolder,
            EncodingSettings settings,
            int threads)
            implements Serializable {

        private static final long serialVersionUID = 1;

        private LoadedEncoder load(Device device) throws IOException {
            LoadedModel.startEngine(threads);
            CodecFolder folder = CodecFolder.open(SharedFiles.folder(codec.archive, codec.name));
            SampleCodec loaded = folder.load(device);
            try {
                TextEncoder texts = textName.isEmpty() ? null : texts(device);
                return new LoadedEncoder(
                        loaded,
                        texts,
                        new SampleEncoder(folder.reference(), loaded, settings, texts, device));
            } catch (IOException | RuntimeException e) {
                loaded.close();
                throw e;
            }
        }

        private TextEncoder texts(Device device) throws IOException {
            return TextEncoders.find(
                    new TextEncoderReference(textName, textHash),
                    device,
                    textFolder == null
                            ? List.of()
                            : List.of(SharedFiles.folder(textFolder.archive, textFolder.name)));
        }
    }

    /** Returns what encodes, loaded when it is asked for first. */
    static synchronized SampleEncoder of(Shared shared, Device device) throws IOException {
        Place place = new Place(shared, device);
        LoadedEncoder loaded = LOADED.get(place);
        if (loaded == null) {
            loaded = shared.load(device);
            LOADED.put(place, loaded);
        }
        return loaded.encoder;
    }

    /** Frees all; when no task uses one. */
    static synchronized void freeAll() {
        LOADED.values().forEach(LoadedEncoder::close);
        LOADED.clear();
    }

    @Override
    public void close() {
        codec.close();
        if (texts != null) {
            texts.close();
        }
    }
}
