package io.zigma.emoji;

import io.zigma.emoji.AnimationPlan.Planned;
import io.zigma.io.ContentHash;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes the clips of animated emoji: they begin at any sixteenth of their loop, and size, place and
 * mirroring differ from clip to clip.
 */
final class AnimatedClips {

    private static final int ATTEMPTS = 10_000;
    private static final int PHASES = 16;

    private AnimatedClips() {}

    /**
     * Makes all clips of one animation.
     *
     * @param animation which
     * @param clips of it
     * @param options size and seed
     * @param folder of the set
     * @throws IOException if one cannot be written
     * @throws IllegalArgumentException if more clips are asked for than there can be
     */
    static void draw(Animation animation, List<Planned> clips, MovingOptions options, Path folder)
            throws IOException {
        List<Drawing> drawings = AnimationFrames.of(animation.frames()).drawings();
        Set<ByteBuffer> seen = new HashSet<>();
        Random random = Seeds.random(options.seed(), "animated/" + animation.source().points());
        for (Planned clip : clips) {
            Files.write(
                    folder.resolve(clip.part().folder()).resolve(SetFolder.fileName(clip.number())),
                    another(drawings, clip.shown(), options.size(), random, seen));
        }
    }

    /** Makes a clip that is none of those before it. */
    private static byte[] another(
            List<Drawing> drawings,
            AnimatedCombination shown,
            int size,
            Random random,
            Set<ByteBuffer> seen)
            throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Course course = Course.next(random, shown.animation().source().thing().mirrored());
            byte[] apng = MovingSet.apng(frames(drawings, course, size, shown.behind()));
            if (seen.add(ByteBuffer.wrap(ContentHash.of(apng)))) {
                return apng;
            }
        }
        throw new IllegalArgumentException(
                "there are not enough different clips of '%s'; ask for fewer"
                        .formatted(new AnimatedCaptions(true).full(shown)));
    }

    /** Makes the frames; nothing is cut off by the edge that the file has. */
    static List<BufferedImage> frames(
            List<Drawing> drawings, Course course, int size, int background) {
        double scale = course.scale(0.86, 1.0);
        double aside = course.aside() * (1 - scale) / 2;
        Pose pose = new Pose(scale, aside, course.turned() ? -aside : aside, 0);
        int first = course.phase() * drawings.size() / PHASES;
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < drawings.size(); i++) {
            Drawing drawing = drawings.get((first + i) % drawings.size());
            frames.add(new Mover(drawing, size).frame(pose, course.mirrored(), background));
        }
        return frames;
    }
}
