package io.zigma.train.data;

import io.zigma.media.PictureFormat;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a data set is opened.
 *
 * @param format size and channels to bring pictures to; null for those that the files have, where
 *     all files have the same
 * @param labels names of the classes in the order of their numbers, where the files have numbers
 *     only; empty for the data set's own names
 * @param split which part to open, where there are parts
 * @param cacheBytes how much memory decoded pictures may take
 * @param everything true to read all pictures in a folder and below it, without classes
 * @param listener called with the progress of reading
 * @param cache where shrunken pictures are stored between runs, null to store none
 * @param clips how clips are read, null for pictures
 */
public record DatasetOptions(
        @Nullable PictureFormat format,
        List<String> labels,
        Split split,
        long cacheBytes,
        boolean everything,
        ReadingListener listener,
        @Nullable PictureCache cache,
        @Nullable ClipOptions clips) {

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if a label is blank or given twice, or the memory is
     *     negative
     */
    public DatasetOptions {
        labels = List.copyOf(labels);
        HashSet<String> seen = new HashSet<>();
        for (String label : labels) {
            if (label.isBlank() || !seen.add(FileNames.composed(label))) {
                throw new IllegalArgumentException(
                        "class names must be different and not blank; '%s' is not"
                                .formatted(label));
            }
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException(
                    "memory for decoded pictures cannot be %s bytes".formatted(cacheBytes));
        }
    }

    /**
     * Returns the options that leave everything to the data set: its own size and labels, the
     * training part, a quarter of the heap for decoded pictures, nothing stored between runs.
     *
     * @return the options
     */
    public static DatasetOptions defaults() {
        return new DatasetOptions(
                null,
                List.of(),
                Split.TRAIN,
                Runtime.getRuntime().maxMemory() / 4,
                false,
                ReadingListener.NONE,
                null,
                null);
    }

    /** Opens the stored pictures of a data set, before it is read. */
    PictureStore store(Path source) {
        return cache == null || format == null ? PictureStore.NONE : cache.open(source, format);
    }

    /**
     * Returns these options with another format.
     *
     * @param format size and channels to bring pictures to
     * @return a copy
     */
    public DatasetOptions withFormat(PictureFormat format) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options with names for numbered classes.
     *
     * @param labels names of the classes in the order of their numbers
     * @return a copy
     */
    public DatasetOptions withLabels(List<String> labels) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options with another part of the data set.
     *
     * @param split which part to open
     * @return a copy
     */
    public DatasetOptions withSplit(Split split) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options with another bound on memory.
     *
     * @param cacheBytes how much memory decoded pictures may take
     * @return a copy
     */
    public DatasetOptions withCacheBytes(long cacheBytes) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options with or without classes.
     *
     * @param everything true to read all pictures in a folder and below it
     * @return a copy
     */
    public DatasetOptions withEverything(boolean everything) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options with another listener.
     *
     * @param listener called with the progress of reading
     * @return a copy
     */
    public DatasetOptions withListener(ReadingListener listener) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options with a cache.
     *
     * @param cache where shrunken pictures are stored
     * @return a copy
     */
    public DatasetOptions withCache(PictureCache cache) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }

    /**
     * Returns these options for clips.
     *
     * @param clips how they are read
     * @return a copy
     */
    public DatasetOptions withClips(ClipOptions clips) {
        return new DatasetOptions(
                format, labels, split, cacheBytes, everything, listener, cache, clips);
    }
}
