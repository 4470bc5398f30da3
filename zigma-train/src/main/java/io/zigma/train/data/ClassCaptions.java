package io.zigma.train.data;

import io.zigma.io.ContentHash;
import java.util.List;
import java.util.Map;

/**
 * Pictures with classes whose captions are made of their classes' names.
 *
 * @param data pictures with classes
 * @param templates texts in which {@code {}} stands for the name of the class
 */
public record ClassCaptions(ImageDataset data, List<String> templates) implements ImageDataset {

    private static final String PLACE = "{}";

    /**
     * Checks that every picture gets a caption that says what it is.
     *
     * @throws IllegalArgumentException if there is no class or no template, or a template has no
     *     place for the name
     */
    public ClassCaptions {
        templates = List.copyOf(templates);
        if (data.labels().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has no classes whose names could stand in captions".formatted(data.name()));
        }
        if (templates.isEmpty()) {
            throw new IllegalArgumentException("captions need a template such as 'a photo of {}'");
        }
        for (String template : templates) {
            if (!template.contains(PLACE)) {
                throw new IllegalArgumentException(
                        "a template needs {} where the name of the class stands, as in 'a photo of {}'; '%s' has none"
                                .formatted(template));
            }
        }
    }

    @Override
    public boolean captioned() {
        return true;
    }

    @Override
    public List<String> captions(int index) {
        String name = data.labels().get(data.label(index));
        return templates.stream().map(template -> template.replace(PLACE, name)).toList();
    }

    @Override
    public Map<String, String> attributes(int index) {
        return data.attributes(index);
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public int channels() {
        return data.channels();
    }

    @Override
    public int height() {
        return data.height();
    }

    @Override
    public int width() {
        return data.width();
    }

    @Override
    public List<String> labels() {
        return data.labels();
    }

    @Override
    public int label(int index) {
        return data.label(index);
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        data.read(index, flipped, target, offset);
    }

    /** Returns the fingerprint of the data and of the templates. */
    @Override
    public String contentHash() {
        ContentHash hash = new ContentHash().add(data.contentHash());
        templates.forEach(hash::add);
        return hash.hex();
    }

    @Override
    public List<SkippedFile> skipped() {
        return data.skipped();
    }

    @Override
    public List<String> warnings() {
        return data.warnings();
    }
}
