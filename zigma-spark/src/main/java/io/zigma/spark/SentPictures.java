package io.zigma.spark;

import io.zigma.media.Pixels;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.encode.Span;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Some pictures or clips of a data set on their way to a task, with all that is said of them, under
 * their numbers in the data set: a byte a value where the values are levels of 8 bits, as those of
 * picture files are.
 */
final class SentPictures implements ImageDataset, Serializable {

    private static final long serialVersionUID = 1;

    private final String name;
    private final Span span;
    private final int frames;
    private final int channels;
    private final int height;
    private final int width;
    private final ArrayList<String> labels;
    private final boolean captioned;
    private final int[] classes;
    private final ArrayList<ArrayList<String>> captions = new ArrayList<>();
    private final ArrayList<HashMap<String, String>> attributes = new ArrayList<>();
    private final byte @Nullable [] levels;
    private final float @Nullable [] values;

    private SentPictures(ImageDataset data, Span span) {
        this.name = data.name();
        this.span = span;
        this.frames = data.frames();
        this.channels = data.channels();
        this.height = data.height();
        this.width = data.width();
        this.labels = new ArrayList<>(data.labels());
        this.captioned = data.captioned();
        this.classes = IntStream.range(span.from(), span.to()).map(data::label).toArray();
        for (int i = span.from(); i < span.to(); i++) {
            captions.add(new ArrayList<>(data.captions(i)));
            attributes.add(new HashMap<>(data.attributes(i)));
        }
        int each = sample().size();
        float[] read = new float[Math.multiplyExact(classes.length, each)];
        IntStream.range(0, classes.length)
                .parallel() // many may have to be decoded
                .forEach(i -> data.read(span.from() + i, false, read, i * each));
        this.levels = levels(read);
        this.values = levels == null ? read : null;
    }

    /**
     * Reads pictures.
     *
     * @param data has them
     * @param span which
     */
    static SentPictures of(ImageDataset data, Span span) {
        return new SentPictures(data, span);
    }

    /** Returns the levels that values come from; null where one comes from none. */
    private static byte @Nullable [] levels(float[] values) {
        byte[] levels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            byte level = (byte) Math.round((values[i] + 1) * 127.5f);
            if (Pixels.value(level) != values[i]) {
                return null;
            }
            levels[i] = level;
        }
        return levels;
    }

    /** Returns which pictures these are. */
    Span span() {
        return span;
    }

    private int place(int index) {
        return Objects.checkIndex(index - span.from(), classes.length);
    }

    @Override
    public String name() {
        return name;
    }

    /** {@inheritDoc} Only those of the span can be read. */
    @Override
    public int size() {
        return span.to();
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public int label(int index) {
        return classes[place(index)];
    }

    @Override
    public boolean captioned() {
        return captioned;
    }

    @Override
    public List<String> captions(int index) {
        return captions.get(place(index));
    }

    @Override
    public Map<String, String> attributes(int index) {
        return attributes.get(place(index));
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        int from = place(index) * sample().size();
        for (int row = 0; row < sample().size() / width; row++) {
            for (int x = 0; x < width; x++) {
                int source = from + row * width + (flipped ? width - 1 - x : x);
                target[offset + row * width + x] =
                        levels != null
                                ? Pixels.value(levels[source])
                                : Objects.requireNonNull(values)[source];
            }
        }
    }

    @Override
    public String contentHash() {
        throw new UnsupportedOperationException("a part of a data set has no fingerprint");
    }
}
