package io.zigma.train.encode;

import io.zigma.base.SampleShape;
import io.zigma.codec.LatentPreview;
import io.zigma.io.AtomicFile;
import io.zigma.io.ContentHash;
import io.zigma.text.TextEncoder;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Encodes the pictures or clips of a data set as latents in tar shards. Memory holds a few
 * pictures, however many there are.
 *
 * <p>A shard is written whole or not at all, and {@value #SUMS} lists those that are done. Started
 * again with the same data and settings, it encodes what is missing or damaged, and the bytes are
 * those of an encoding that was never interrupted.
 */
public final class LatentEncoding {

    /** The finished shards, as {@code sha256sum} writes and checks them. */
    public static final String SUMS = "SHA256SUMS";

    private static final Pattern SUM = Pattern.compile("([0-9a-f]{64})  ([0-9]{6,9}\\.tar)");

    private final Path folder;
    private final ImageDataset data;
    private final SampleEncoder encoder;
    private final EncodingWork work;
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
     * Prepares an encoding in this process.
     *
     * @param folder where shards are written
     * @param data pictures, with or without classes and captions
     * @param encoder encodes; what it uses stays the caller's
     * @throws IllegalArgumentException if the data are latents already, the codec does not encode
     *     pictures of that size, or there are no captions to encode
     */
    public LatentEncoding(Path folder, ImageDataset data, SampleEncoder encoder) {
        this(folder, data, encoder, EncodingWork.of(encoder));
    }

    /**
     * Prepares an encoding that others do.
     *
     * @param folder where shards are written
     * @param data pictures, with or without classes and captions
     * @param encoder what the others encode with; makes the preview
     * @param work who encodes
     * @throws IllegalArgumentException if the data are latents already, the codec does not encode
     *     pictures of that size, or there are no captions to encode
     */
    public LatentEncoding(
            Path folder, ImageDataset data, SampleEncoder encoder, EncodingWork work) {
        this.folder = folder;
        this.data = data;
        this.encoder = encoder;
        this.work = work;
        if (data.codec().isPresent()) {
            throw new IllegalArgumentException(
                    "%s holds latents already; give the pictures".formatted(data.name()));
        }
        if (encoder.texts().isPresent()
                && (!data.captioned() || encoder.settings().textTokens() < 2)) {
            throw new IllegalArgumentException(
                    "%s has no captions for a text encoder; leave it out".formatted(data.name()));
        }
        pixels = data.sample();
        sample = encoder.sampleOf(pixels);
    }

    /**
     * Requests the encoding to stop after the pictures under way; what was finished of shards
     * stays. Any thread may call this.
     */
    public void stop() {
        stopping = true;
    }

    /** A shard: the sum that is listed for it, if any, and whether that is the sum of its file. */
    private record Part(String name, Span pictures, String listed, boolean whole) {}

    /**
     * Encodes all pictures that are not encoded yet.
     *
     * @param known what latents of this codec look like, if the codec's folder says it; else a
     *     preview is fitted to some of the pictures
     * @param listener called with the progress
     * @return what the folder holds; nothing if it was asked to stop
     * @throws IOException if the folder holds something else, or cannot be written, or a picture
     *     cannot be encoded
     */
    public Optional<LatentIndex> run(Optional<LatentPreview> known, ProgressListener listener)
            throws IOException {
        Files.createDirectories(folder);
        requireOurs();
        try (RunLock lock = RunLock.take(folder)) {
            List<Part> parts = parts();
            List<LatentIndex.Shard> shards = new ArrayList<>();
            try (EncodingWork.Members members = work.encode(data, missing(parts))) {
                for (Part part : parts) {
                    String sum = part.whole() ? part.listed() : made(part, members, listener);
                    if (sum.isEmpty()) {
                        return Optional.empty();
                    }
                    Span of = part.pictures();
                    shards.add(new LatentIndex.Shard(part.name(), of.to() - of.from(), sum));
                    listener.progressed(of.to(), data.size());
                }
            }
            LatentIndex index = index(shards, known);
            index.write(folder);
            return Optional.of(index);
        }
    }

    private LatentIndex index(List<LatentIndex.Shard> shards, Optional<LatentPreview> known) {
        return new LatentIndex(
                encoder.reference(),
                pixels,
                sample,
                data.clips().orElse(null),
                data.name(),
                data.contentHash(),
                data.labels(),
                data.captioned(),
                encoder.settings().mirrored(),
                encoder.texts()
                        .map(
                                texts ->
                                        new LatentIndex.Texts(
                                                texts.reference(), encoder.settings().textTokens()))
                        .orElse(null),
                known.orElseGet(() -> encoder.preview(data)),
                shards);
    }

    private List<Part> parts() throws IOException {
        Map<String, String> sums = sums();
        int size = encoder.settings().samplesPerShard();
        List<Part> parts = new ArrayList<>();
        for (long from = 0; from < data.size(); from += size) {
            String name = String.format(Locale.ROOT, "%06d.tar", parts.size());
            Path file = folder.resolve(name);
            String sum = sums.getOrDefault(name, "");
            boolean whole = Files.isRegularFile(file) && ContentHash.ofFile(file).equals(sum);
            parts.add(
                    new Part(
                            name,
                            new Span((int) from, (int) Math.min(from + size, data.size())),
                            sum,
                            whole));
        }
        return parts;
    }

    private List<Span> missing(List<Part> parts) {
        return parts.stream()
                .filter(part -> !part.whole())
                .flatMap(part -> spans(part.pictures()).stream())
                .toList();
    }

    /** Divides a shard, from its beginning. */
    private List<Span> spans(Span shard) {
        int size = work.span(pixels);
        List<Span> spans = new ArrayList<>();
        for (long from = shard.from(); from < shard.to(); from += size) {
            spans.add(new Span((int) from, (int) Math.min(from + size, shard.to())));
        }
        return spans;
    }

    /** Makes a shard and returns its sum; nothing if the encoding is to stop. */
    private String made(Part part, EncodingWork.Members members, ProgressListener listener)
            throws IOException {
        Path file = folder.resolve(part.name());
        if (!write(file, spans(part.pictures()), members, listener)) {
            return "";
        }
        String made = ContentHash.ofFile(file);
        if (!made.equals(part.listed())) {
            Files.writeString(
                    folder.resolve(SUMS),
                    made + "  " + part.name() + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
        return made;
    }

    /** Hours of other work must neither be overwritten nor mixed with this. */
    private void requireOurs() throws IOException {
        Path file = folder.resolve(LatentIndex.IDENTITY);
        String identity =
                encoder.settings()
                        .identity(
                                data,
                                encoder.reference(),
                                encoder.texts().map(TextEncoder::reference))
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

    private boolean write(
            Path file, List<Span> spans, EncodingWork.Members members, ProgressListener listener)
            throws IOException {
        try {
            AtomicFile.write(
                    file,
                    channel -> {
                        OutputStream out =
                                new BufferedOutputStream(
                                        Channels.newOutputStream(channel), 1 << 16);
                        for (Span span : spans) {
                            if (stopping) {
                                throw new Stopped();
                            }
                            out.write(members.next());
                            listener.progressed(span.to(), data.size());
                        }
                        new TarWriter(out).finish();
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
}
