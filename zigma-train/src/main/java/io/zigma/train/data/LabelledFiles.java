package io.zigma.train.data;

import io.zigma.io.ContentHash;
import io.zigma.media.PictureFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decoded files in classes, with what is said of each in files beside it. */
abstract class LabelledFiles extends DecodedFiles {

    private final List<? extends Sample> samples;
    private final List<String> labels;
    private final String contentHash;

    /** A sample that can be read. */
    interface Sample {

        /** Returns the number of its class, or {@link PictureFiles#NO_CLASS}. */
        int label();

        /** Returns its bytes if they are in memory, else null. */
        byte @Nullable [] decoded();

        /** Returns what is said of it; null where nothing is said of any. */
        @Nullable Captioned captioned();
    }

    /**
     * Makes a data set.
     *
     * @param name for messages and model cards
     * @param format of every picture or frame
     * @param samples at least one, in their order
     * @param labels names of the classes
     * @param hash of all that was read
     * @param findings what was left out, and what else is to be known
     * @param shown the path of the data set in warnings
     */
    LabelledFiles(
            String name,
            PictureFormat format,
            List<? extends Sample> samples,
            List<String> labels,
            ContentHash hash,
            Findings findings,
            String shown) {
        super(name, format, findings.skipped(), findings.warnings(shown));
        this.samples = List.copyOf(samples);
        this.labels = List.copyOf(labels);
        this.contentHash = hash.hex();
    }

    /**
     * Adds a file to the hash of a data set.
     *
     * @param hash of the data set
     * @param folder of the file's class
     * @param sha256 of the file
     * @param captioned what is said of it, if anything is
     */
    static void add(ContentHash hash, String folder, byte[] sha256, @Nullable Captioned captioned) {
        hash.add(folder);
        hash.add(sha256);
        if (captioned != null) {
            hash.add("captions " + captioned.captions().size());
            captioned.captions().forEach(hash::add);
        }
    }

    @Override
    public final int size() {
        return samples.size();
    }

    @Override
    public final List<String> labels() {
        return labels;
    }

    @Override
    public final int label(int index) {
        return samples.get(index).label();
    }

    @Override
    public final boolean captioned() {
        return samples.get(0).captioned() != null;
    }

    @Override
    public final List<String> captions(int index) {
        Captioned captioned = samples.get(index).captioned();
        return captioned == null ? List.of() : captioned.captions();
    }

    @Override
    public final Map<String, String> attributes(int index) {
        Captioned captioned = samples.get(index).captioned();
        return captioned == null ? Map.of() : captioned.attributes();
    }

    @Override
    final byte @Nullable [] inMemory(int index) {
        return samples.get(index).decoded();
    }

    @Override
    public final String contentHash() {
        return contentHash;
    }
}
