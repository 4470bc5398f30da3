package io.zigma.train.data;

import io.zigma.base.SampleShape;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files that were decoded once when the data set was opened. Their bytes are in memory while there
 * is room; the others are decoded again whenever they are read.
 */
abstract class DecodedFiles extends FormattedPictures {

    private final List<SkippedFile> skipped;
    private final List<String> warnings;

    /**
     * Makes a data set.
     *
     * @param name for messages and model cards
     * @param format of every picture or frame
     * @param skipped files that were left out
     * @param warnings what else is to be known
     */
    DecodedFiles(
            String name, PictureFormat format, List<SkippedFile> skipped, List<String> warnings) {
        super(name, format);
        this.skipped = List.copyOf(skipped);
        this.warnings = List.copyOf(warnings);
    }

    /** Returns the bytes of a sample if they are in memory, else null. */
    abstract byte @Nullable [] inMemory(int index);

    /** Decodes a sample again: planes of bytes, as many as frames times channels. */
    abstract byte[] decode(int index) throws IOException;

    /** Returns the path of a sample for messages. */
    abstract String shown(int index);

    @Override
    public final void read(int index, boolean flipped, float[] target, int offset) {
        SampleShape sample = sample();
        Objects.checkFromIndexSize(offset, sample.size(), target.length);
        byte[] bytes = bytes(index);
        int planes = sample.frameCount() * sample.channels();
        int plane = height() * width();
        for (int i = 0; i < planes; i++) {
            int at = i * plane;
            Pixels.copy(bytes, at, height(), width(), flipped, target, offset + at);
        }
    }

    private byte[] bytes(int index) {
        byte @Nullable [] decoded = inMemory(index);
        if (decoded != null) {
            return decoded;
        }
        try {
            return decode(index);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s: could be read before, now: %s".formatted(shown(index), e.getMessage()), e);
        }
    }

    @Override
    public final List<SkippedFile> skipped() {
        return skipped;
    }

    @Override
    public final List<String> warnings() {
        return warnings;
    }
}
