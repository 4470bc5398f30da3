package io.zigma.train.data;

import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.codec.LatentPreview;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures or clips of one size, with or without class labels, that can be read by number from any
 * thread.
 */
public interface ImageDataset {

    /**
     * Returns a short name for messages and model cards.
     *
     * @return the folder's name by default
     */
    String name();

    /**
     * Returns how many pictures there are.
     *
     * @return at least 1
     */
    int size();

    /**
     * Returns the number of frames of every clip.
     *
     * @return at least 1 in a data set of clips, 0 in one of pictures, as in {@link
     *     io.zigma.base.SampleShape}
     */
    default int frames() {
        return 0;
    }

    /**
     * Returns how clips are read.
     *
     * @return empty in a data set of pictures
     */
    default Optional<ClipOptions> clips() {
        return Optional.empty();
    }

    /**
     * Returns the size of a sample.
     *
     * @return that of a picture or a clip
     */
    default SampleShape sample() {
        return new SampleShape(frames(), channels(), height(), width());
    }

    /**
     * Returns the number of colour channels.
     *
     * @return 1 for grey, 3 for red, green and blue; of latents as many as their codec has
     */
    int channels();

    /**
     * Returns the height of every picture.
     *
     * @return pixels
     */
    int height();

    /**
     * Returns the width of every picture.
     *
     * @return pixels
     */
    int width();

    /**
     * Returns the names of the classes.
     *
     * @return one name a class in the order of the class numbers, empty when there are no classes
     */
    List<String> labels();

    /**
     * Returns the class of a picture.
     *
     * @param index from 0 to {@link #size()} − 1
     * @return its class number, −1 when there are no classes
     */
    int label(int index);

    /**
     * Returns whether pictures have captions.
     *
     * @return true if {@link #captions} has one or more for every picture
     */
    default boolean captioned() {
        return false;
    }

    /**
     * Returns the captions of a picture, of which training takes another one at each visit.
     *
     * @param index from 0 to {@link #size()} − 1
     * @return at least one in a data set with captions, none in another
     */
    default List<String> captions(int index) {
        return List.of();
    }

    /**
     * Returns what else is said of a picture beside its captions, such as its author or its style.
     *
     * @param index from 0 to {@link #size()} − 1
     * @return texts by the names that the data set has for them; none where it says nothing else
     */
    default Map<String, String> attributes(int index) {
        return Map.of();
    }

    /**
     * Reads a picture as channels × height × width floats, a clip as so many for each frame, from
     * −1 (black) to 1 (white).
     *
     * @param index from 0 to {@link #size()} − 1
     * @param flipped true to mirror it left to right
     * @param target receives the picture
     * @param offset index of its first float in {@code target}
     * @throws java.io.UncheckedIOException if its file went away since the data set was opened
     */
    void read(int index, boolean flipped, float[] target, int offset);

    /**
     * Returns what encoded the pictures, where these are latents.
     *
     * @return the codec with its weights' hash; nothing where these are pixels
     */
    default Optional<CodecReference> codec() {
        return Optional.empty();
    }

    /**
     * Returns what latents look like without decoding them.
     *
     * @return the projection; nothing where these are pixels
     */
    default Optional<LatentPreview> preview() {
        return Optional.empty();
    }

    /**
     * Returns whether {@link #read} can mirror: latents are mirrored only if those of mirrored
     * pictures are stored too.
     *
     * @return true for pixels
     */
    default boolean canFlip() {
        return true;
    }

    /**
     * Returns the captions' tokens, where they are stored with the data.
     *
     * @return where they are read from
     */
    default Optional<StoredTexts> storedTexts() {
        return Optional.empty();
    }

    /**
     * Returns where the pictures of each shard begin. Reading is fastest within one after the
     * other.
     *
     * @return ascending indices, the first 0; just that where there are no shards
     */
    default int[] shardStarts() {
        return new int[] {0};
    }

    /**
     * Returns a fingerprint of pictures, labels and captions as they are stored, before any
     * resizing.
     *
     * @return SHA-256 as 64 lower-case hexadecimal digits
     */
    String contentHash();

    /**
     * Returns the files with names of pictures that were left out.
     *
     * @return in the order of their paths
     */
    default List<SkippedFile> skipped() {
        return List.of();
    }

    /**
     * Returns what else the user should know of the folder.
     *
     * @return one line each
     */
    default List<String> warnings() {
        return List.of();
    }
}
