package io.zigma.eval.report;

import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;

/** What every part of a page needs: text that is no markup, and pictures within the page. */
final class Html {

    /** Clips are played at eight frames a second. */
    private static final Duration FRAME = Duration.ofMillis(125);

    private Html() {}

    /** Escapes text for markup and for attributes between double quotes. */
    static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /**
     * Returns a picture, or a clip that plays, without a file.
     *
     * @param frames grey or RGB; one for a picture
     * @param magnification how many pixels of the screen a pixel gets on each side
     * @param description for those who cannot see it
     */
    static String image(List<BufferedImage> frames, int magnification, String description) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            if (frames.size() == 1) {
                ImageIO.write(frames.get(0), "png", png);
            } else {
                MediaFormats.APNG.write(png, new MediaContent(frames, FRAME, FRAME, Map.of()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a picture could not be packed", e);
        }
        return String.format(
                Locale.ROOT,
                "<img width=\"%d\" height=\"%d\" alt=\"%s\" src=\"data:image/png;base64,%s\"/>",
                frames.get(0).getWidth() * magnification,
                frames.get(0).getHeight() * magnification,
                text(description),
                Base64.getEncoder().encodeToString(png.toByteArray()));
    }
}
