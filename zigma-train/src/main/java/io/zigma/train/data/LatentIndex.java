package io.zigma.train.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.codec.LatentPreview;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.Fields;
import io.zigma.io.JsonText;
import io.zigma.media.ClipSampling;
import io.zigma.text.TextEncoderReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a folder of latents in shards says of them, in {@value #FILE}: the codec that made them and
 * decodes them, their size, and the hash of every shard.
 *
 * @param codec the codec
 * @param pixels size of the pictures or clips that were encoded
 * @param sample size of a latent
 * @param clips how clips were read; null for pictures
 * @param source the data set that was encoded
 * @param sourceHash its fingerprint
 * @param labels names of the classes, none where there are none
 * @param captioned whether every sample has a caption
 * @param mirrored whether the latent of the mirrored picture is stored beside each
 * @param texts which text encoder's tokens of the captions are stored; null for none
 * @param preview projection of latents to colours
 * @param shards in their order
 */
public record LatentIndex(
        CodecReference codec,
        SampleShape pixels,
        SampleShape sample,
        @Nullable ClipOptions clips,
        String source,
        String sourceHash,
        List<String> labels,
        boolean captioned,
        boolean mirrored,
        @Nullable Texts texts,
        LatentPreview preview,
        List<Shard> shards) {

    /** The name of the file. */
    public static final String FILE = "shards.json";

    /** The name of the file that says what is encoded, and how. */
    public static final String IDENTITY = "encoding.json";

    private static final int LARGEST_IDENTITY = 1 << 16;

    private static final String FORMAT = "zigma-latents";
    private static final int VERSION = 2;

    /** What programs read that knew no clips. */
    private static final int OF_PICTURES = 1;

    private static final String FRAMES = "frames";

    /** A folder has thousands of shards at most, each of a line. */
    private static final int LARGEST_FILE = 1 << 26;

    private static final Pattern SHARD = Pattern.compile("[0-9]{6,9}\\.tar");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * Tokens that are stored with captions.
     *
     * @param encoder what made them
     * @param tokens n, what captions were cut to
     */
    public record Texts(TextEncoderReference encoder, int tokens) {}

    /**
     * A tar file.
     *
     * @param name of the file in the folder
     * @param samples how many it has
     * @param sha256 of the file
     */
    public record Shard(String name, int samples, String sha256) {}

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no shard, or one is named in another way
     */
    public LatentIndex {
        labels = List.copyOf(labels);
        shards = List.copyOf(shards);
        Set<String> names = new HashSet<>();
        for (Shard shard : shards) {
            if (!SHARD.matcher(shard.name()).matches()
                    || !names.add(shard.name())
                    || !SHA_256.matcher(shard.sha256()).matches()
                    || shard.samples() < 1) {
                throw new IllegalArgumentException("'%s' is no shard".formatted(shard.name()));
            }
        }
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("there is no shard");
        }
        if (pixels.frames() != sample.frames()) {
            throw new IllegalArgumentException(
                    "clips of %s frames have latents of as many, not of %s"
                            .formatted(pixels.frames(), sample.frames()));
        }
        if (preview.latentChannels() != sample.channels()) {
            throw new IllegalArgumentException(
                    "the preview is of latents of %s channels, not %s"
                            .formatted(preview.latentChannels(), sample.channels()));
        }
    }

    /**
     * Returns whether a folder holds latents.
     *
     * @param folder any path
     * @return true if the file is there
     */
    public static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /**
     * Returns whether latents were begun to be encoded into a folder, whether or not all are there.
     *
     * @param folder any path
     * @return true if {@value #FILE} is there, or what is written before it
     */
    public static boolean isBegunIn(Path folder) {
        return isIn(folder) || isUnfinishedIn(folder);
    }

    /**
     * Returns whether latents were begun to be encoded into a folder, and not all are there yet.
     *
     * @param folder any path
     * @return true if {@value #IDENTITY} is there, which is written first, and not {@value #FILE},
     *     which is written last
     */
    static boolean isUnfinishedIn(Path folder) {
        Path file = folder.resolve(IDENTITY);
        try {
            return !isIn(folder)
                    && Files.isRegularFile(file)
                    && Files.size(file) < LARGEST_IDENTITY
                    && Files.readString(file, StandardCharsets.ISO_8859_1)
                            .contains("\"samples_per_shard\""); // other programs' files have not
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Returns how many samples there are.
     *
     * @return in all shards
     */
    public int size() {
        return Math.toIntExact(shards.stream().mapToLong(Shard::samples).sum());
    }

    /**
     * Returns the fingerprint of all samples.
     *
     * @return SHA-256 over codec, classes and shards
     */
    public String contentHash() {
        ContentHash hash = new ContentHash().add(codec.hash());
        labels.forEach(hash::add);
        hash.add("shards");
        shards.forEach(shard -> hash.add(shard.sha256()));
        return hash.hex();
    }

    /**
     * Writes the file.
     *
     * @param folder where the shards are
     * @throws IOException if it cannot be written
     */
    public void write(Path folder) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.addProperty("version", sample.isVideo() ? VERSION : OF_PICTURES);
        JsonObject named = new JsonObject();
        named.addProperty("kind", codec.kind());
        named.addProperty("name", codec.name());
        named.addProperty("hash", codec.hash());
        json.add("codec", named);
        json.add("pixels", write(pixels));
        json.add("sample", write(sample));
        if (clips != null) {
            json.addProperty(ClipSampling.FIELD, clips.toString());
        }
        json.addProperty("source", source);
        json.addProperty("source_sha256", sourceHash);
        JsonArray names = new JsonArray();
        labels.forEach(names::add);
        json.add("labels", names);
        json.addProperty("captioned", captioned);
        json.addProperty("mirrored", mirrored);
        if (texts != null) {
            JsonObject encoder = new JsonObject();
            encoder.addProperty("name", texts.encoder().name());
            encoder.addProperty("hash", texts.encoder().hash());
            encoder.addProperty("tokens", texts.tokens());
            json.add("text_encoder", encoder);
        }
        json.add("preview", preview.json());
        JsonArray files = new JsonArray();
        for (Shard shard : shards) {
            JsonObject file = new JsonObject();
            file.addProperty("name", shard.name());
            file.addProperty("samples", shard.samples());
            file.addProperty("sha256", shard.sha256());
            files.add(file);
        }
        json.add("shards", files);
        AtomicFile.writeText(folder.resolve(FILE), JsonText.of(json));
    }

    private static JsonObject write(SampleShape shape) {
        JsonObject json = new JsonObject();
        if (shape.isVideo()) {
            json.addProperty(FRAMES, shape.frames());
        }
        json.addProperty("channels", shape.channels());
        json.addProperty("height", shape.height());
        json.addProperty("width", shape.width());
        return json;
    }

    /**
     * Reads the file.
     *
     * @param folder a folder of latents
     * @return what it says
     * @throws CheckpointException if it is damaged; the message names the file
     * @throws IOException if it cannot be read
     */
    public static LatentIndex read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.size(file) > LARGEST_FILE) {
            throw new CheckpointException("%s is too large to describe shards".formatted(file));
        }
        Fields json = Fields.of(file.toString(), object(file));
        json.requireFormat("a folder of latents", FORMAT, VERSION);
        Fields codec = json.object("codec");
        try {
            return new LatentIndex(
                    new CodecReference(codec.text("kind"), codec.text("name"), codec.text("hash")),
                    shape(json.object("pixels")),
                    shape(json.object("sample")),
                    json.has(ClipSampling.FIELD)
                            ? ClipOptions.parse(json.text(ClipSampling.FIELD)).orElse(null)
                            : null,
                    json.text("source"),
                    json.text("source_sha256"),
                    json.texts("labels"),
                    json.flag("captioned"),
                    json.flag("mirrored"),
                    json.has("text_encoder") ? texts(json.object("text_encoder")) : null,
                    LatentPreview.read(json.object("preview")),
                    shards(file, json.json().get("shards")));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static JsonObject object(Path file) throws IOException {
        try {
            if (JsonParser.parseString(Files.readString(file)) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException | StackOverflowError e) {
            throw new CheckpointException("%s is damaged: it is no JSON".formatted(file), e);
        }
        throw new CheckpointException("%s is damaged: it is no JSON object".formatted(file));
    }

    private static SampleShape shape(Fields json) throws CheckpointException {
        return new SampleShape(
                json.has(FRAMES) ? json.integer(FRAMES) : 0,
                json.integer("channels"),
                json.integer("height"),
                json.integer("width"));
    }

    private static Texts texts(Fields json) throws CheckpointException {
        return new Texts(
                new TextEncoderReference(json.text("name"), json.text("hash")),
                json.integer("tokens"));
    }

    private static List<Shard> shards(Path file, @Nullable JsonElement list)
            throws CheckpointException {
        if (!(list instanceof JsonArray array)) {
            throw new CheckpointException("%s: the list of shards is missing".formatted(file));
        }
        List<Shard> shards = new ArrayList<>();
        for (JsonElement element : array) {
            if (!(element instanceof JsonObject object)) {
                throw new CheckpointException("%s: the list of shards is damaged".formatted(file));
            }
            Fields shard = Fields.of(file.toString(), object);
            shards.add(
                    new Shard(shard.text("name"), shard.integer("samples"), shard.text("sha256")));
        }
        return shards;
    }
}
