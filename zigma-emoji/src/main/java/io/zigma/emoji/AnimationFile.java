package io.zigma.emoji;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file with an animated emoji.
 *
 * @param folder that was named, in which the file is
 * @param file the file
 * @param points its emoji: code points in hexadecimal, joined by hyphens
 * @param thing what it shows
 * @param listed true if the thing is one of those that also move as still drawings
 * @param tone of the skin; null for the yellow that is no tone
 */
record AnimationFile(
        Path folder,
        Path file,
        String points,
        Thing thing,
        boolean listed,
        @Nullable SkinTone tone) {

    /**
     * Returns whether training never sees the animation. A thing that is not in the list is seen
     * nowhere else: nobody could ask for it as something new, so none of those is kept apart.
     */
    boolean heldOut() {
        return listed && HeldOut.animated(thing);
    }

    /** Returns what captions call it. */
    String name() {
        return Optional.ofNullable(tone)
                .map(seen -> thing.name() + " with " + seen.words())
                .orElse(thing.name());
    }
}
