package io.zigma.train.encode;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.codec.LatentPreview;
import io.zigma.codec.SampleCodec;
import io.zigma.engine.EngineStart;
import io.zigma.io.AtomicFile;
import io.zigma.io.ContentHash;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextFeatures;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import io.zigma.train.data.LatentShards;
import io.zigma.train.data.NpyTensor;
import io.zigma.train.run.RunLock;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the pictures of a data set as latents in tar shards. Memory holds a few pictures, however
 * many there are.
 *
 * <p>A shard is written whole or not at all, and {@value #SUMS} lists those that are done. Started
 * again with the same data and settings, it encodes what is missing or damaged, and the bytes are
 * those of an encoding that was never interrupted.
 */
public final class LatentEncoding {

    /** The finished shards, as {@code sha256sum} writes and checks them. */
    public static final String SUMS = "SHA256SUMS";

    private static final String IDENTITY = "encoding.json";

    /** Pictures that are encoded at once. */
    private static final int BATCH = 8;

    /** Pictures that a preview is fitted to. */
    private static final int FITTED = 64;

    private static final Pattern SUM = Pattern.compile("([0-9a-f]{64})  ([0-9]{6,9}\\.tar)");

    private final Path folder;
    private final ImageDataset data;
    private final CodecReference reference;
    private final SampleCodec codec;
    private final EncodingSettings settings;
    private final @Nullable TextEncoder texts;
    private final Device device;
    private final SampleShape pixels;
    private final SampleShape sample;

    private volatile boolean stopping;

    /** Called with the progress. */
    @FunctionalInterface
    public interface ProgressListener {

        /**
         * Called after some pictures.
         *
         * @param done pictures that are encoded
         * @param total all pictures
         */
        void progressed(int done, int total);
    }

    /**
     * Prepares an encoding.
     *
     * @param folder where shards are written
     * @param data pictures, with or without classes and captions
     * @param reference names the codec
     * @param codec encodes; stays the caller's
     * @param settings how
     * @param texts encodes captions; stays the caller's; null where their tokens are not stored
     * @param device where to compute
     * @throws IllegalArgumentException if the data are latents already, the codec does not encode
     *     pictures of that size, or there are no captions to encode
     */
    public LatentEncoding(
            Path folder,
            ImageDataset data,
            CodecReference reference,
            SampleCodec codec,
            EncodingSettings settings,
            @Nullable TextEncoder texts,
            Device device) {
        this.folder = folder;
        this.data = data;
        this.reference = reference;
        this.codec = codec;
        this.settings = settings;
        this.texts = texts;
        this.device = device;
        if (data.codec().isPresent()) {
            throw new IllegalArgumentException(
                    "%s holds latents already; give the pictures".formatted(data.name()));
        }
        if (texts != null && (!data.captioned() || settings.textTokens() < 2)) {
            throw new IllegalArgumentException(
                    "%s has no captions for a text encoder; leave it out".formatted(data.name()));
        }
        pixels = SampleShape.image(data.channels(), data.height(), data.width());
        sample = codec.sampleOf(pixels);
    }

    /**
     * Requests the encoding to stop after the pictures under way; what was finished of shards
     * stays. Any thread may call this.
     */
    public void stop() {
        stopping = true;
    }

    /**
     * Encodes all pictures that are not encoded yet.
     *
     * @param known what latents of this codec look like, if the codec's folder says it; else a
     *     preview is fitted to some of the pictures
     * @param listener called with the progress
     * @return what the folder holds; nothing if it was asked to stop
     * @throws IOException if the folder holds something else, or cannot be written
     */
    public Optional<LatentIndex> run(Optional<LatentPreview> known, ProgressListener listener)
            throws IOException {
        Files.createDirectories(folder);
        requireOurs();
        try (RunLock lock = RunLock.take(folder)) {
            Map<String, String> sums = sums();
            int size = settings.samplesPerShard();
            List<LatentIndex.Shard> shards = new ArrayList<>();
            for (int from = 0; from < data.size(); from += size) {
                int to = (int) Math.min((long) from + size, data.size());
                String name = String.format(Locale.ROOT, "%06d.tar", shards.size());
                Path file = folder.resolve(name);
                String sum = sums.get(name);
                if (sum == null
                        || !Files.isRegularFile(file)
                        || !ContentHash.ofFile(file).equals(sum)) {
                    if (!write(file, from, to, listener)) {
                        return Optional.empty();
                    }
                    String made = ContentHash.ofFile(file);
                    if (!made.equals(sum)) {
                        Files.writeString(
                                folder.resolve(SUMS),
                                made + "  " + name + "\n",
                                StandardOpenOption.CREATE,
                                StandardOpenOption.APPEND);
                    }
                    sum = made;
                }
                shards.add(new LatentIndex.Shard(name, to - from, sum));
                listener.progressed(to, data.size());
                if (data.size() - to <= 0) {
                    break; // the next start may be beyond the numbers
                }
            }
            LatentIndex index =
                    new LatentIndex(
                            reference,
                            pixels,
                            sample,
                            data.name(),
                            data.contentHash(),
                            data.labels(),
                            data.captioned(),
                            settings.mirrored(),
                            texts == null
                                    ? null
                                    : new LatentIndex.Texts(
                                            texts.reference(), settings.textTokens()),
                            known.isPresent() ? known.get() : preview(),
                            shards);
            index.write(folder);
            return Optional.of(index);
        }
    }

    /** Hours of other work must neither be overwritten nor mixed with this. */
    private void requireOurs() throws IOException {
        Path file = folder.resolve(IDENTITY);
        String identity =
                settings.identity(
                                data,
                                reference,
                                Optional.ofNullable(texts).map(TextEncoder::reference))
                        .toString();
        if (Files.isRegularFile(file)) {
            if (!Files.readString(file).strip().equals(identity)) {
                throw new IOException(
                        "%s holds latents of other pictures or settings; name another folder, or remove it"
                                .formatted(folder));
            }
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.anyMatch(path -> !path.getFileName().toString().startsWith("."))) {
                throw new IOException(
                        "%s holds something else; name another folder".formatted(folder));
            }
        }
        AtomicFile.writeText(file, identity + "\n");
    }

    /** A line that a power cut left unfinished counts as none. */
    private Map<String, String> sums() throws IOException {
        Path file = folder.resolve(SUMS);
        Map<String, String> sums = new HashMap<>();
        if (Files.isRegularFile(file)) {
            for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
                Matcher matcher = SUM.matcher(line);
                if (matcher.matches()) {
                    sums.put(matcher.group(2), matcher.group(1));
                }
            }
        }
        return sums;
    }

    /** Thrown out of a half-written file, which then is not there. */
    private static final class Stopped extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private boolean write(Path file, int from, int to, ProgressListener listener)
            throws IOException {
        try {
            AtomicFile.write(
                    file,
                    channel -> {
                        OutputStream out =
                                new BufferedOutputStream(
                                        Channels.newOutputStream(channel), 1 << 16);
                        TarWriter tar = new TarWriter(out);
                        for (int at = from; at < to; at += BATCH) {
                            if (stopping) {
                                throw new Stopped();
                            }
                            int end = Math.min(at + BATCH, to);
                            addAll(tar, at, end);
                            listener.progressed(end, data.size());
                        }
                        tar.finish();
                        out.flush();
                    });
            return true;
        } catch (Stopped e) {
            return false;
        } catch (IOException e) {
            if (e.getCause() instanceof Stopped) {
                return false;
            }
            throw e;
        }
    }

    private void addAll(TarWriter tar, int from, int to) throws IOException {
        float[] latents = encoded(from, to, false);
        float[] mirrored = settings.mirrored() ? encoded(from, to, true) : new float[0];
        List<String> captions = new ArrayList<>();
        for (int i = from; i < to && texts != null; i++) {
            captions.addAll(data.captions(i));
        }
        List<NpyTensor> tokens = tokens(captions);
        int used = 0;
        for (int i = from; i < to; i++) {
            String key = String.format(Locale.ROOT, "%09d.", i);
            tar.add(key + LatentShards.LATENT, bytes(latents, i - from, i));
            if (settings.mirrored()) {
                tar.add(key + LatentShards.MIRRORED, bytes(mirrored, i - from, i));
            }
            if (!data.labels().isEmpty()) {
                tar.add(key + "cls", text(Integer.toString(data.label(i))));
            }
            List<String> own = data.captions(i);
            boolean inLines = own.stream().allMatch(one -> one.equals(one.strip()) && isLine(one));
            if (data.captioned() && inLines) {
                tar.add(key + "txt", text(String.join("\n", own)));
            }
            if (!data.attributes(i).isEmpty() || !inLines) {
                tar.add(key + "json", text(described(i, inLines ? List.of() : own)));
            }
            for (int k = 0; k < own.size() && texts != null; k++) {
                tar.add(key + LatentShards.tokens(k), tokens.get(used).bytes(true));
                used++;
            }
        }
    }

    private static boolean isLine(String caption) {
        return !caption.isEmpty() && caption.lines().count() == 1;
    }

    /** Attributes have a place of their own, where none is taken for a class or a caption. */
    private String described(int index, List<String> captions) {
        JsonObject json = new JsonObject();
        JsonObject attributes = new JsonObject();
        data.attributes(index).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> attributes.addProperty(entry.getKey(), entry.getValue()));
        json.add("attributes", attributes);
        if (!captions.isEmpty()) {
            JsonArray all = new JsonArray();
            captions.forEach(all::add);
            json.add("captions", all);
        }
        return json.toString();
    }

    private byte[] bytes(float[] latents, int number, int picture) throws IOException {
        int size = sample.size();
        long[] shape = {sample.channels(), sample.height(), sample.width()};
        try {
            return new NpyTensor(
                            shape, Arrays.copyOfRange(latents, number * size, (number + 1) * size))
                    .bytes(settings.half());
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the codec %s makes a latent of picture %s in which %s%s"
                            .formatted(
                                    reference.name(),
                                    picture,
                                    e.getMessage(),
                                    settings.half() ? "; encode as float32" : ""),
                    e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private float[] encoded(int from, int to, boolean flipped) {
        float[] pictures = new float[(to - from) * pixels.size()];
        for (int i = from; i < to; i++) {
            data.read(i, flipped, pictures, (i - from) * pixels.size());
        }
        return encoded(pictures, to - from);
    }

    private float[] encoded(float[] pictures, int count) {
        try (NDManager scope = EngineStart.newManager(device)) {
            NDArray batch =
                    scope.create(
                            pictures,
                            new Shape(count, pixels.channels(), pixels.height(), pixels.width()));
            return codec.encode(batch).toFloatArray(); // (B, c, h, w)
        }
    }

    /** The tokens of captions without their padding, (n, d) each. */
    private List<NpyTensor> tokens(List<String> captions) {
        List<NpyTensor> all = new ArrayList<>();
        if (texts == null || captions.isEmpty()) {
            return all;
        }
        int n = settings.textTokens();
        int d = texts.size();
        try (NDManager scope = EngineStart.newManager(Device.cpu())) {
            TextFeatures features = texts.encode(scope, captions, n);
            float[] context = features.context().toFloatArray(); // (B, n, d)
            float[] mask = features.mask().toFloatArray(); // (B, n)
            for (int i = 0; i < captions.size(); i++) {
                int real = 0;
                while (real < n && mask[i * n + real] != 0) {
                    real++;
                }
                all.add(
                        new NpyTensor(
                                new long[] {real, d},
                                Arrays.copyOfRange(context, i * n * d, (i * n + real) * d)));
            }
        }
        return all;
    }

    private LatentPreview preview() {
        LatentPreview.Fit fit = new LatentPreview.Fit(sample.channels(), pixels.channels());
        int count = Math.min(FITTED, data.size());
        float[] picture = new float[pixels.size()];
        for (int i = 0; i < count; i++) {
            data.read((int) ((long) i * data.size() / count), false, picture, 0);
            fit.add(encoded(picture, 1), sample, picture, pixels);
        }
        return fit.solve();
    }
}
