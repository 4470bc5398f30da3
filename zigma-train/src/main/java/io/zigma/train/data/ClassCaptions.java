package io.zigma.train.data;

import io.zigma.io.ContentHash;
import java.util.List;

/** Pictures with classes whose captions are made of their classes' names. */
public final class ClassCaptions extends DatasetView {

    private static final String PLACE = "{}";

    private final List<String> templates;

    /**
     * Checks that every picture gets a caption that says what it is.
     *
     * @param data pictures with classes
     * @param templates texts in which {@code {}} stands for the name of the class
     * @throws IllegalArgumentException if there is no class or no template, or a template has no
     *     place for the name
     */
    public ClassCaptions(ImageDataset data, List<String> templates) {
        super(data);
        this.templates = List.copyOf(templates);
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
        String name = labels().get(label(index));
        return templates.stream().map(template -> template.replace(PLACE, name)).toList();
    }

    /** Returns the fingerprint of the data and of the templates. */
    @Override
    public String contentHash() {
        ContentHash hash = new ContentHash().add(whole().contentHash());
        templates.forEach(hash::add);
        return hash.hex();
    }
}
