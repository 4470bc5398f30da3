package io.zigma.train;

import io.zigma.train.data.ImageDataset;
import java.util.List;

/**
 * Striped pictures whose captions say how far apart the stripes are, each in two ways.
 *
 * @param pictures what they show; its classes are its own
 */
public record CaptionedStripes(StripedImages pictures) implements ImageDataset {

    private static final List<String> WORDS = List.of("two", "three", "four");

    /** Twenty pictures with classes as well. */
    public CaptionedStripes() {
        this(TinyRuns.data());
    }

    @Override
    public boolean captioned() {
        return true;
    }

    @Override
    public List<String> captions(int index) {
        String period = WORDS.get(index % 3);
        return List.of("stripes every " + period, "every " + period + " columns a bright one");
    }

    @Override
    public String name() {
        return "captioned stripes";
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public int channels() {
        return pictures.channels();
    }

    @Override
    public int height() {
        return pictures.height();
    }

    @Override
    public int width() {
        return pictures.width();
    }

    @Override
    public List<String> labels() {
        return pictures.labels();
    }

    @Override
    public int label(int index) {
        return pictures.label(index);
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        pictures.read(index, flipped, target, offset);
    }

    @Override
    public String contentHash() {
        return pictures.contentHash();
    }
}
