package io.zigma.train.data;

import io.zigma.base.Amount;
import io.zigma.io.ContentHash;
import io.zigma.media.PictureDecoder;
import io.zigma.media.PictureFormat;
import io.zigma.train.data.TarShard.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The pictures of {@link PictureShards}, in the order of the shards. */
final class ShardPictures extends DecodedFiles {

    private final ShardDescriptions descriptions;
    private final List<PictureTree.Leaf> files;
    private final List<PictureReading.Attempt> attempts;
    private final int[] kept;
    private final int[] starts;
    private final String contentHash;

    private ShardPictures(
            String name,
            PictureFormat format,
            ShardDescriptions descriptions,
            List<PictureTree.Leaf> files,
            List<PictureReading.Attempt> attempts,
            int[] shardOf,
            List<String> warnings) {
        super(name, format, skipped(files, attempts), warnings);
        this.descriptions = descriptions;
        this.files = files;
        this.attempts = attempts;
        this.kept =
                IntStream.range(0, files.size())
                        .filter(i -> attempts.get(i).failure() == null)
                        .toArray();
        this.starts =
                IntStream.range(0, kept.length)
                        .filter(i -> i == 0 || shardOf[kept[i]] != shardOf[kept[i - 1]])
                        .toArray();
        this.contentHash = hash();
    }

    private static List<SkippedFile> skipped(
            List<PictureTree.Leaf> files, List<PictureReading.Attempt> attempts) {
        return IntStream.range(0, files.size())
                .filter(i -> attempts.get(i).failure() != null)
                .mapToObj(i -> new SkippedFile(files.get(i).shown(), attempts.get(i).failure()))
                .toList();
    }

    /**
     * Opens shards: all headers are checked and every picture is decoded once.
     *
     * @param source what was named
     * @param shards the tar files
     * @param format what pictures are brought to
     * @throws DatasetException if a shard is damaged or hostile, or no picture can be read
     * @throws IOException if reading fails
     */
    static ShardPictures open(
            Path source, List<Path> shards, PictureFormat format, DatasetOptions options)
            throws IOException {
        List<ShardSample> samples = new ArrayList<>();
        List<PictureTree.Leaf> files = new ArrayList<>();
        List<Integer> shardOf = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            Path shard = shards.get(i);
            FileStamp stamp = FileStamp.of(shard);
            for (ShardSample sample : ShardSample.of(shard)) {
                Member picture = sample.picture();
                String shown = sample.shown(picture);
                samples.add(sample);
                shardOf.add(i);
                files.add(
                        new PictureTree.Leaf(
                                picture.name(), shown, shown, sample.source(picture), stamp));
            }
        }
        ShardDescriptions descriptions =
                ShardDescriptions.of(samples, options.labels(), options.everything());
        List<String> warnings = new ArrayList<>();
        PictureStore store = options.store(source);
        List<PictureReading.Attempt> attempts =
                new PictureReading(format, options, store).readAll(files, warnings::add);
        ShardPictures pictures =
                new ShardPictures(
                        FileNames.shown(source.toAbsolutePath().normalize().getFileName()),
                        format,
                        descriptions,
                        files,
                        attempts,
                        shardOf.stream().mapToInt(Integer::intValue).toArray(),
                        warnings);
        if (pictures.kept.length == 0) {
            throw new DatasetException(
                    "%s: none of its %s can be read; the first is %s"
                            .formatted(
                                    FileNames.shown(source),
                                    Amount.of(files.size(), "picture"),
                                    pictures.skipped().get(0)));
        }
        return pictures;
    }

    private String hash() {
        ContentHash hash = new ContentHash();
        for (int index : kept) {
            hash.add(attempts.get(index).sha256());
            int label = descriptions.label(index);
            hash.add(label < 0 ? "" : descriptions.labels().get(label));
            List<String> captions = descriptions.of(index).captions();
            hash.add("captions " + captions.size());
            captions.forEach(hash::add);
        }
        return hash.hex();
    }

    @Override
    public int size() {
        return kept.length;
    }

    @Override
    public List<String> labels() {
        return descriptions.labels();
    }

    @Override
    public int label(int index) {
        return descriptions.label(kept[index]);
    }

    @Override
    public boolean captioned() {
        return descriptions.captioned();
    }

    @Override
    public List<String> captions(int index) {
        return descriptions.of(kept[index]).captions();
    }

    @Override
    public Map<String, String> attributes(int index) {
        return descriptions.of(kept[index]).attributes();
    }

    @Override
    public int[] shardStarts() {
        return starts.clone();
    }

    @Override
    byte @Nullable [] inMemory(int index) {
        return attempts.get(kept[index]).decoded();
    }

    @Override
    byte[] decode(int index) throws IOException {
        return PictureDecoder.frame(files.get(kept[index]).source(), format()).pixels();
    }

    @Override
    String shown(int index) {
        return files.get(kept[index]).shown();
    }

    @Override
    public String contentHash() {
        return contentHash;
    }
}
