package io.zigma.train.data;

import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.io.ContentHash;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Classes without pictures, each as often as another: what a distillation needs of its data. Its
 * pictures are all black.
 */
public final class NoPictures implements ImageDataset {

    private final String name;
    private final SampleShape sample;
    private final List<String> labels;
    private final Optional<CodecReference> codec;

    /**
     * Makes the data set.
     *
     * @param name for messages and model cards
     * @param sample shape of its pictures
     * @param labels names of the classes, none for one picture without a class
     */
    public NoPictures(String name, SampleShape sample, List<String> labels) {
        this(name, sample, labels, Optional.empty());
    }

    /**
     * Makes the data set in the place of latents.
     *
     * @param name for messages and model cards
     * @param sample shape of its latents
     * @param labels names of the classes, none for one picture without a class
     * @param codec whose latents they would be; nothing in the place of pictures
     */
    public NoPictures(
            String name, SampleShape sample, List<String> labels, Optional<CodecReference> codec) {
        this.codec = codec;
        this.name = name;
        this.sample = sample;
        this.labels = List.copyOf(labels);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return Math.max(1, labels.size());
    }

    @Override
    public int channels() {
        return sample.channels();
    }

    @Override
    public int height() {
        return sample.height();
    }

    @Override
    public int width() {
        return sample.width();
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public int label(int index) {
        return labels.isEmpty() ? -1 : index;
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        Arrays.fill(target, offset, offset + channels() * height() * width(), -1);
    }

    @Override
    public Optional<CodecReference> codec() {
        return codec;
    }

    @Override
    public String contentHash() {
        ContentHash hash = new ContentHash().add("no pictures");
        labels.forEach(hash::add);
        return hash.hex();
    }
}
