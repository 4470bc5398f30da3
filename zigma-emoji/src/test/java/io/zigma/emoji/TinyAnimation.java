package io.zigma.emoji;

import io.zigma.media.WebpAnimation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * An animated WebP of a red disc of 16 pixels that stands somewhere else on a clear canvas of 64 ×
 * 64 in every frame.
 */
final class TinyAnimation {

    /** 16 × 16, lossless: the disc is (220, 30, 40), around it everything is clear. */
    private static final String DISC =
            "UklGRjwAAABXRUJQVlA4TC8AAAAvD8ADEA8wHsM9KPMf8FATSYq0GSESkII0rCKB8L/wNET0PwCn4JTVZ7/VlGAnAAA=";

    static final int RED = 0xdc1e28;
    static final int SIDE = 64;

    private static final int DISC_SIDE = 16;

    private final WebpAnimation animation;

    TinyAnimation() {
        this(SIDE, SIDE);
    }

    TinyAnimation(int width, int height) {
        animation = new WebpAnimation(width, height);
    }

    /** Goes from the left edge to the right one and back, in steps that take equally long. */
    static TinyAnimation crossing(int frames) {
        TinyAnimation animation = new TinyAnimation();
        for (int i = 0; i < frames; i++) {
            double way = 1 - Math.abs(2.0 * i / frames - 1);
            animation.frame((int) (way * (SIDE - DISC_SIDE)), 24, 40);
        }
        return animation;
    }

    /** Adds a frame; places are even numbers, as the format has them. */
    TinyAnimation frame(int left, int top, int millis) {
        animation.frame(
                Base64.getDecoder().decode(DISC),
                DISC_SIDE,
                left,
                top,
                millis,
                WebpAnimation.DISPOSE | WebpAnimation.NO_BLEND);
        return this;
    }

    /** Returns the file. */
    byte[] bytes() {
        return animation.bytes();
    }

    /** Writes the file, and folders above it. */
    Path write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, bytes());
    }
}
