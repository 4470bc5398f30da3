package io.zigma.emoji;

import java.nio.file.Path;
import java.util.List;

/**
 * An animated emoji that moves.
 *
 * @param source where it comes from
 * @param frames where its frames are, as {@link AnimationFrames#write} has written them
 * @param motion how much moves, above 0
 * @param onWhite true if it is seen on white
 * @param backgrounds on which else it is seen
 */
record Animation(
        AnimationFile source,
        Path frames,
        double motion,
        boolean onWhite,
        List<Colour> backgrounds) {

    Animation {
        backgrounds = List.copyOf(backgrounds);
    }
}
