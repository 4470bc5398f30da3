package io.zigma.media;

import java.util.List;

/** What formats of videos have in common: a name, one ending, and frames one after another. */
abstract class VideoWriter implements MediaWriter {

    private final String name;
    private final String ending;

    /**
     * Makes a format.
     *
     * @param name such as {@code "GIF"}
     * @param ending of its files' names, in lower case with the dot
     */
    VideoWriter(String name, String ending) {
        this.name = name;
        this.ending = ending;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<String> endings() {
        return List.of(ending);
    }

    @Override
    public final boolean animates() {
        return true;
    }
}
