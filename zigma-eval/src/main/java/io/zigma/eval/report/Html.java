package io.zigma.eval.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Locale;
import javax.imageio.ImageIO;

/** What every part of a page needs: text that is no markup, and pictures within the page. */
final class Html {

    private Html() {}

    /** Escapes text for markup and for attributes between double quotes. */
    static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /**
     * Returns a picture that needs no file.
     *
     * @param picture grey or RGB
     * @param magnification how many pixels of the screen a pixel gets on each side
     * @param description for those who cannot see it
     */
    static String image(BufferedImage picture, int magnification, String description) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException("a picture could not be packed", e);
        }
        return String.format(
                Locale.ROOT,
                "<img width=\"%d\" height=\"%d\" alt=\"%s\" src=\"data:image/png;base64,%s\"/>",
                picture.getWidth() * magnification,
                picture.getHeight() * magnification,
                text(description),
                Base64.getEncoder().encodeToString(png.toByteArray()));
    }
}
