package io.zigma.emoji;

import java.util.List;

/**
 * What a picture shows.
 *
 * @param icon its name in the icon sets
 * @param name what captions call it, without an article
 * @param tags other words for it, more general ones mostly
 * @param mirrored true if it may be mirrored left to right
 */
public record Thing(String icon, String name, List<String> tags, boolean mirrored) {

    /** Copies the tags. */
    public Thing {
        tags = List.copyOf(tags);
    }
}
