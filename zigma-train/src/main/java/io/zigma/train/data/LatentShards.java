package io.zigma.train.data;

import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.codec.LatentPreview;
import io.zigma.io.ContentHash;
import io.zigma.text.TextEncoderReference;
import io.zigma.train.data.TarShard.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder of latents in tar shards, as {@code zigma encode} makes it: {@link LatentIndex} and one
 * {@code .npy} a sample, with class, captions, tokens and the mirrored picture's latent beside it.
 */
public final class LatentShards implements DatasetKind {

    /** The latent of a picture. */
    public static final String LATENT = "latent.npy";

    /** The latent of the mirrored picture. */
    public static final String MIRRORED = "mirrored.npy";

    @Override
    public String name() {
        return "latents";
    }

    @Override
    public String description() {
        return "a folder of latents (zigma encode)";
    }

    @Override
    public boolean recognises(Path source) {
        return LatentIndex.isBegunIn(source);
    }

    /**
     * Returns the ending of the tokens of a caption.
     *
     * @param caption number of the caption, from 0
     * @return such as {@code text0.npy}
     */
    public static String tokens(int caption) {
        return "text" + caption + ".npy";
    }

    @Override
    public ImageDataset open(Path source, DatasetOptions options) throws IOException {
        String shown = FileNames.shown(source);
        if (LatentIndex.isUnfinishedIn(source)) {
            throw new DatasetException(
                    "%s: holds a part of the latents, as their encoding did not end or is still under way; zigma encode with the same options makes the rest"
                            .formatted(shown));
        }
        if (options.format() != null) {
            throw new DatasetException(
                    "%s: holds latents, not pictures, which have the size that they were encoded at; leave size and channels out, or give the pictures"
                            .formatted(shown));
        }
        if (options.split() != Split.TRAIN) {
            throw new DatasetException(
                    "%s: latents have no test part; encode the test pictures into a folder of their own"
                            .formatted(shown));
        }
        LatentIndex index = LatentIndex.read(source);
        List<ShardSample> samples = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        int done = 0;
        for (LatentIndex.Shard shard : index.shards()) {
            starts.add(samples.size());
            Path file = source.resolve(shard.name());
            samples.addAll(checked(file, shard, index));
            done++;
            options.listener().read(done, index.shards().size());
        }
        ShardDescriptions descriptions =
                ShardDescriptions.of(
                        samples,
                        options.labels().isEmpty() ? index.labels() : options.labels(),
                        options.everything() || index.labels().isEmpty());
        return new Latents(
                FileNames.shown(source.toAbsolutePath().normalize().getFileName()),
                index,
                samples,
                starts.stream().mapToInt(Integer::intValue).toArray(),
                descriptions);
    }

    private static List<ShardSample> checked(Path file, LatentIndex.Shard shard, LatentIndex index)
            throws IOException {
        String shown = FileNames.shown(file);
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(
                    "%s: is missing, and %s lists it; encode the pictures again into this folder"
                            .formatted(shown, LatentIndex.FILE));
        }
        List<ShardSample> samples = ShardSample.of(file); // what is wrong with it is named first
        for (ShardSample sample : samples) {
            if (!sample.members().containsKey(LATENT)
                    || index.mirrored() && !sample.members().containsKey(MIRRORED)) {
                throw new DatasetException(
                        "%s: sample %s has no %s"
                                .formatted(
                                        shown,
                                        sample.key(),
                                        sample.members().containsKey(LATENT) ? MIRRORED : LATENT));
            }
        }
        if (!ContentHash.ofFile(file).equals(shard.sha256())) {
            throw new DatasetException(
                    "%s: is damaged or was exchanged: %s has another SHA-256; remove it and encode the pictures again into this folder"
                            .formatted(shown, LatentIndex.FILE));
        }
        return samples;
    }

    /** The latents, read from the shards whenever they are asked for. */
    private static final class Latents implements ImageDataset, StoredTexts {

        private final String name;
        private final LatentIndex index;
        private final List<ShardSample> samples;
        private final int[] starts;
        private final ShardDescriptions descriptions;
        private final Map<String, Place> texts = new HashMap<>();

        /** Where the tokens of a text are. */
        private record Place(int sample, int caption) {}

        Latents(
                String name,
                LatentIndex index,
                List<ShardSample> samples,
                int[] starts,
                ShardDescriptions descriptions) {
            this.name = name;
            this.index = index;
            this.samples = samples;
            this.starts = starts;
            this.descriptions = descriptions;
            for (int i = 0; i < samples.size() && index.texts() != null; i++) {
                List<String> captions = descriptions.of(i).captions();
                for (int k = 0; k < captions.size(); k++) {
                    if (samples.get(i).members().containsKey(LatentShards.tokens(k))) {
                        texts.putIfAbsent(captions.get(k), new Place(i, k));
                    }
                }
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int size() {
            return samples.size();
        }

        @Override
        public int frames() {
            return index.sample().frames();
        }

        @Override
        public Optional<ClipOptions> clips() {
            return Optional.ofNullable(index.clips());
        }

        @Override
        public int channels() {
            return index.sample().channels();
        }

        @Override
        public int height() {
            return index.sample().height();
        }

        @Override
        public int width() {
            return index.sample().width();
        }

        @Override
        public List<String> labels() {
            return descriptions.labels();
        }

        @Override
        public int label(int at) {
            return descriptions.label(at);
        }

        @Override
        public boolean captioned() {
            return descriptions.captioned();
        }

        @Override
        public List<String> captions(int at) {
            return descriptions.of(at).captions();
        }

        @Override
        public Map<String, String> attributes(int at) {
            return descriptions.of(at).attributes();
        }

        @Override
        public Optional<CodecReference> codec() {
            return Optional.of(index.codec());
        }

        @Override
        public Optional<LatentPreview> preview() {
            return Optional.of(index.preview());
        }

        @Override
        public boolean canFlip() {
            return index.mirrored();
        }

        @Override
        public int[] shardStarts() {
            return starts.clone();
        }

        @Override
        public void read(int at, boolean flipped, float[] target, int offset) {
            if (flipped && !index.mirrored()) {
                throw new IllegalStateException(
                        "%s has no latents of mirrored pictures".formatted(name));
            }
            SampleShape sample = index.sample();
            long[] shape = sample.shape().getShape();
            Objects.checkFromIndexSize(offset, sample.size(), target.length);
            float[] values = values(samples.get(at), flipped ? MIRRORED : LATENT, shape);
            System.arraycopy(values, 0, target, offset, values.length);
        }

        private static float[] values(ShardSample sample, String ending, long[] shape) {
            Member member = sample.members().get(ending);
            try {
                NpyTensor read =
                        member == null
                                ? null
                                : NpyTensor.read(TarShard.content(sample.shard(), member))
                                        .orElse(null);
                if (read == null || !fits(read.shape(), shape)) {
                    throw new DatasetException(
                            "%s: sample %s: its %s is damaged"
                                    .formatted(
                                            FileNames.shown(sample.shard()), sample.key(), ending));
                }
                return read.values();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A wanted side of −1 is any. */
        private static boolean fits(long[] found, long[] wanted) {
            if (found.length != wanted.length) {
                return false;
            }
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i] >= 0 && found[i] != wanted[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Optional<StoredTexts> storedTexts() {
            return index.texts() == null ? Optional.empty() : Optional.of(this);
        }

        @Override
        public TextEncoderReference encoder() {
            return stored().encoder();
        }

        @Override
        public int tokens() {
            return stored().tokens();
        }

        private LatentIndex.Texts stored() {
            LatentIndex.@Nullable Texts stored = index.texts();
            if (stored == null) {
                throw new IllegalStateException("%s has no tokens of captions".formatted(name));
            }
            return stored;
        }

        @Override
        public Optional<float[]> read(String text) {
            Place place = texts.get(text);
            return place == null
                    ? Optional.empty()
                    : Optional.of(
                            values(
                                    samples.get(place.sample()),
                                    LatentShards.tokens(place.caption()),
                                    new long[] {-1, -1}));
        }

        @Override
        public String contentHash() {
            return index.contentHash();
        }
    }
}
